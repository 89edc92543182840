import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { COMMENT_LIMIT } from "../../lib/review/render/markdown.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly issue_url: string;
  readonly user: { readonly login: string };
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly merged_at: string | null;
  /** GitHub's, once it has tried. */
  readonly mergeable: boolean | null;
  readonly head: { readonly ref: string; readonly repo: { readonly full_name: string } };
  readonly comments: readonly string[];
  /** Who was asked to review it, people and teams. */
  readonly reviewers: readonly string[];
}

export interface PullsApi {
  /** For GITHUB_API_URL. */
  readonly url: string;
  readonly pulls: readonly Pull[];
  /** Somebody opens one. */
  add(pull: Partial<Pull> & { readonly login: string }): void;
  /** Somebody does something with one. */
  change(number: number, change: Partial<Pull>): void;
  /** What a branch says: its files that were changed, and its last commit's message and parents. */
  branch(name: string):
    | {
        readonly files: Readonly<Record<string, string>>;
        readonly message: string;
        readonly parents: readonly string[];
      }
    | undefined;
  branches(): readonly string[];
  /** How many commits were made. */
  commits(): number;
  stop(): Promise<void>;
}

interface Sent {
  readonly [field: string]: unknown;
}

const shaOf = (value: unknown) => createHash("sha1").update(JSON.stringify(value)).digest("hex");

/**
 * GitHub's pull requests and git objects of one repository, on loopback, as its documentation has them: pages of 30, or as many
 * as are asked for up to 100; a ref is changed only where there is one, and made only where there is none.
 */
export async function startPullsApi(repository: string, token: string): Promise<PullsApi> {
  const pulls: Pull[] = [];
  const objects = new Map<string, Sent>();
  const refs = new Map<string, string>();
  const root = `/repos/${repository}`;

  const add = ({ login, ...more }: Partial<Pull> & { readonly login: string }): Pull => {
    const number = pulls.length + 1;
    const pull: Pull = {
      number,
      url: `${url}${root}/pulls/${number}`,
      issue_url: `${url}${root}/issues/${number}`,
      user: { login },
      title: "",
      body: null,
      state: "open",
      merged_at: null,
      mergeable: true,
      head: { ref: `branch-${number}`, repo: { full_name: repository } },
      comments: [],
      reviewers: [],
      ...more,
    };
    pulls.push(pull);
    return pull;
  };
  const store = (object: Sent) => {
    const sha = shaOf(object);
    objects.set(sha, object);
    return { status: 201, answer: { sha } };
  };
  const refuse = (message: string, status = 422) => ({ status, answer: { message } });
  const change = (number: number, changed: Partial<Pull>) => {
    const found = pulls[number - 1];
    if (found === undefined) return refuse("Not Found", 404);
    pulls[number - 1] = { ...found, ...changed };
    return { status: 200, answer: pulls[number - 1] };
  };
  const list = (query: URLSearchParams) => {
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const page = Number(query.get("page") ?? 1);
    const head = query.get("head");
    const [owner] = repository.split("/");
    const found = pulls.filter(
      ({ state, head: { ref } }) =>
        state === (query.get("state") ?? "open") && (head === null || head === `${owner}:${ref}`),
    );
    return { status: 200, answer: found.slice((page - 1) * size, page * size) };
  };
  const withRef = (method: string | undefined, ref: string, sent: Sent) => {
    if (!refs.has(ref)) return refuse("Reference does not exist");
    if (method === "DELETE") {
      refs.delete(ref);
      return { status: 204, answer: undefined };
    }
    if (sent.force !== true) return refuse("Update is not a fast forward");
    refs.set(ref, String(sent.sha));
    return { status: 200, answer: {} };
  };

  const serve = async (request: IncomingMessage): Promise<{ status: number; answer: unknown }> => {
    if (request.headers.authorization !== `Bearer ${token}`) return refuse("Bad credentials", 401);
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const { method } = request;
    const written = await text(request);
    const sent: Sent = written === "" ? {} : JSON.parse(written);
    if (String(sent.body ?? "").length > COMMENT_LIMIT) return refuse("Body is too long");
    const path = pathname.slice(root.length);
    if (/^\/git\/(blobs|trees|commits)$/.test(path) && method === "POST") return store(sent);
    const [, prefix] = /^\/git\/matching-refs\/(.+)$/.exec(path) ?? [];
    if (prefix !== undefined) {
      const found = [...refs.keys()].filter((ref) => ref.startsWith(`refs/${prefix}`));
      return { status: 200, answer: found.map((ref) => ({ ref })) };
    }
    if (path === "/git/refs" && method === "POST") {
      const ref = String(sent.ref);
      if (refs.has(ref)) return refuse("Reference already exists");
      refs.set(ref, String(sent.sha));
      return { status: 201, answer: {} };
    }
    if (path.startsWith("/git/refs/")) return withRef(method, path.slice("/git/".length), sent);
    if (path === "/pulls") {
      if (method === "GET") return list(searchParams);
      if (!refs.has(`refs/heads/${sent.head}`)) return refuse("Validation Failed: head");
      const { head, ...rest } = sent;
      const login = "github-actions[bot]";
      return {
        status: 201,
        answer: add({ ...rest, login, head: { ref: String(head), repo: { full_name: repository } } }),
      };
    }
    const [, about, number, part] =
      /^\/(pulls|issues)\/(\d+)(?:\/(comments|requested_reviewers))?$/.exec(path) ?? [];
    const pull = pulls[Number(number) - 1];
    if (about === undefined || pull === undefined) return refuse("Not Found", 404);
    if (part === "requested_reviewers")
      return change(pull.number, {
        reviewers: [...(sent.reviewers as string[]), ...(sent.team_reviewers as string[])],
      });
    if (part === "comments") return change(pull.number, { comments: [...pull.comments, String(sent.body)] });
    return method === "PATCH" ? change(pull.number, sent) : { status: 200, answer: pull };
  };
  const { endpoint: url, stop } = await listenOnLoopback(async (request, response) => {
    const { status, answer } = await serve(request);
    response.writeHead(status).end(answer === undefined ? undefined : JSON.stringify(answer));
  });
  const branch: PullsApi["branch"] = (name) => {
    const commit = objects.get(refs.get(`refs/heads/${name}`) ?? "") as
      | { message: string; tree: string; parents: string[] }
      | undefined;
    if (commit === undefined) return undefined;
    const { tree } = objects.get(commit.tree) as { tree: { path: string; sha?: string; content?: string }[] };
    const files = tree.map(({ path, sha = "", content }) => [
      path,
      content ?? Buffer.from(String(objects.get(sha)?.content), "base64").toString(),
    ]);
    return { files: Object.fromEntries(files), message: commit.message, parents: commit.parents };
  };
  return {
    url,
    pulls,
    add: (pull) => void add(pull),
    change: (number, changed) => void change(number, changed),
    branch,
    commits: () => [...objects.values()].filter(({ tree }) => typeof tree === "string").length,
    branches: () => [...refs.keys()].map((ref) => ref.replace("refs/heads/", "")),
    stop,
  };
}
