import type { CommentsApi } from "./comments-api.ts";

export const REPOSITORY = "team/people";
export const PULL_REQUEST = 7;
/** What a run's own token is. */
export const TOKEN = "token-of-the-run";

/** What GitHub sets for every step. */
export function githubEnvironment(api: Pick<CommentsApi, "url">): NodeJS.ProcessEnv {
  return {
    GITHUB_API_URL: api.url,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_RUN_ID: "42",
  };
}

/**
 * What the expressions of a workflow see of a pull request.
 * @param head whose branch it is; a fork that is gone has none
 */
export function pullRequestContexts({
  sha = "",
  token = TOKEN,
  head,
  vars = { AWS_PLAN_ROLE_ARN: "arn:aws:iam::123456789012:role/plan", AWS_REGION: "us-east-1" },
}: {
  readonly sha?: string;
  readonly token?: string;
  readonly head: string | undefined;
  readonly vars?: object;
}) {
  const repo = head === undefined ? null : { full_name: head };
  const event = { pull_request: { number: PULL_REQUEST, head: { sha, repo } } };
  return { github: { repository: REPOSITORY, token, event }, vars };
}
