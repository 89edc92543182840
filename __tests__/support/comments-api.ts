import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { COMMENT_LIMIT } from "../../lib/review/render/markdown.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface Comment {
  readonly id: number;
  readonly url: string;
  readonly user: { readonly login: string };
  readonly body: string;
}

export interface CommentsApi {
  /** For GITHUB_API_URL. */
  readonly url: string;
  readonly comments: readonly Comment[];
  /** Somebody comments. */
  add(login: string, body: string): void;
  /** The pages that were asked for, since the last call of this. */
  pages(): number[];
  stop(): Promise<void>;
}

/** GitHub's comments of one pull request, on loopback: pages of 30, or as many as are asked for up to 100, oldest first. */
export async function startCommentsApi(
  repository: string,
  pullRequest: number,
  token: string,
): Promise<CommentsApi> {
  const comments: Comment[] = [];
  const asked: number[] = [];
  const add = (login: string, body: string): Comment => {
    const id = comments.length + 1;
    const comment = { id, url: `${url}/repos/${repository}/issues/comments/${id}`, user: { login }, body };
    comments.push(comment);
    return comment;
  };
  const serve = async (request: IncomingMessage): Promise<{ status: number; answer: unknown }> => {
    if (request.headers.authorization !== `Bearer ${token}`)
      return { status: 401, answer: { message: "Bad credentials" } };
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const sent = request.method === "GET" ? "" : JSON.parse(await text(request)).body;
    if (sent.length > COMMENT_LIMIT) return { status: 422, answer: { message: "Body is too long" } };
    if (pathname === `/repos/${repository}/issues/${pullRequest}/comments`) {
      // Whoever has the token of a workflow is this account.
      if (request.method === "POST") return { status: 201, answer: add("github-actions[bot]", sent) };
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
      const page = Number(searchParams.get("page") ?? 1);
      asked.push(page);
      return { status: 200, answer: comments.slice((page - 1) * size, page * size) };
    }
    const index = comments.findIndex((comment) => new URL(comment.url).pathname === pathname);
    const found = comments[index];
    if (found === undefined || request.method !== "PATCH")
      return { status: 404, answer: { message: "Not Found" } };
    if (found.user.login !== "github-actions[bot]") return { status: 403, answer: { message: "Forbidden" } };
    comments[index] = { ...found, body: sent };
    return { status: 200, answer: comments[index] };
  };
  const { endpoint: url, stop } = await listenOnLoopback(async (request, response) => {
    const { status, answer } = await serve(request);
    response.writeHead(status).end(JSON.stringify(answer));
  });
  return {
    url,
    comments,
    add: (login, body) => void add(login, body),
    pages: () => asked.splice(0),
    stop,
  };
}
