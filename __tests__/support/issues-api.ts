import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { COMMENT_LIMIT } from "../../lib/review/render/markdown.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface Issue {
  readonly url: string;
  readonly user: { readonly login: string };
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly comments: readonly string[];
  /** Pull requests are listed among the issues. */
  readonly pull_request?: object;
}

export interface IssuesApi {
  /** For GITHUB_API_URL. */
  readonly url: string;
  readonly issues: readonly Issue[];
  /** Somebody opens one. */
  add(issue: Partial<Issue> & { readonly login: string }): void;
  stop(): Promise<void>;
}

/** GitHub's issues of one repository, on loopback: pages of 30, or as many as are asked for up to 100. */
export async function startIssuesApi(repository: string, token: string): Promise<IssuesApi> {
  const issues: Issue[] = [];
  const path = `/repos/${repository}/issues`;
  const add = ({ login, ...more }: Partial<Issue> & { readonly login: string }): Issue => {
    const address = `${url}${path}/${issues.length + 1}`;
    const issue: Issue = {
      url: address,
      user: { login },
      title: "",
      body: null,
      state: "open",
      comments: [],
      ...more,
    };
    issues.push(issue);
    return issue;
  };
  const serve = async (request: IncomingMessage): Promise<{ status: number; answer: unknown }> => {
    if (request.headers.authorization !== `Bearer ${token}`)
      return { status: 401, answer: { message: "Bad credentials" } };
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const sent = request.method === "GET" ? {} : JSON.parse(await text(request));
    if (sent.body?.length > COMMENT_LIMIT) return { status: 422, answer: { message: "Body is too long" } };
    if (pathname === path) {
      if (request.method === "POST")
        return { status: 201, answer: add({ ...sent, login: "github-actions[bot]" }) };
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
      const page = Number(searchParams.get("page") ?? 1);
      const open = issues.filter(({ state }) => state === (searchParams.get("state") ?? "open"));
      return { status: 200, answer: open.slice((page - 1) * size, page * size) };
    }
    const [, number, about] = /^.*\/(\d+)(\/comments)?$/.exec(pathname) ?? [];
    const index = Number(number) - 1;
    const found = issues[index];
    if (found === undefined) return { status: 404, answer: { message: "Not Found" } };
    if (about) issues[index] = { ...found, comments: [...found.comments, sent.body] };
    else issues[index] = { ...found, ...sent };
    return { status: 200, answer: issues[index] };
  };
  const { endpoint: url, stop } = await listenOnLoopback(async (request, response) => {
    const { status, answer } = await serve(request);
    response.writeHead(status).end(JSON.stringify(answer));
  });
  return { url, issues, add: (issue) => void add(issue), stop };
}
