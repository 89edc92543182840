/** @module-tag full */

import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MARKER } from "../../lib/review/render/markdown.ts";
import { type CommentsApi, startCommentsApi } from "../support/comments-api.ts";
import {
  githubEnvironment,
  PULL_REQUEST,
  pullRequestContexts,
  REPOSITORY,
  TOKEN,
} from "../support/pull-request.ts";
import { COMMENT, hasRunnerTools, runJob } from "../support/workflow-run.ts";

/** The step that comments, by itself: there is no plan. GitHub's part is played by a server that keeps comments. */
describe.skipIf(!hasRunnerTools())("the comment on a pull request", () => {
  let api: CommentsApi;
  beforeEach(async () => {
    api = await startCommentsApi(REPOSITORY, PULL_REQUEST, TOKEN);
  });
  afterEach(async () => await api.stop());
  const comment = (sha: string, token = TOKEN) =>
    runJob({
      file: "plan.yml",
      job: "plan",
      only: [COMMENT],
      directory: tmpdir(),
      contexts: pullRequestContexts({ sha, token, head: REPOSITORY }),
      env: githubEnvironment(api),
      actions: {},
    });

  test("is found again among hundreds of others, and nobody else's is touched, whatever is written in it", async () => {
    api.add("mallory", `${MARKER} not ours`);
    api.add("github-actions[bot]", "another workflow's");
    for (let count = 0; count < 211; count++) api.add("hanako", `comment ${count}`);
    const begun = await comment("aaa");
    expect(begun.status, begun.output).toBe("success");
    expect(api.pages()).toEqual([1, 2, 3]);
    for (let count = 0; count < 90; count++) api.add("github-actions[bot]", `not first: ${MARKER}`);

    const others = api.comments.filter(({ body }) => !body.includes("aaa"));
    const updated = await comment("bbb");
    expect(updated.status, updated.output).toBe("success");
    expect(api.comments).toHaveLength(304);
    expect(api.comments.filter(({ body }) => !body.includes("bbb"))).toEqual(others);
    expect(api.comments[213]?.body.startsWith(MARKER)).toBe(true);
  });

  test("is looked for also where the last page is just full", async () => {
    for (let count = 0; count < 100; count++) api.add("hanako", `comment ${count}`);
    expect((await comment("aaa")).status).toBe("success");
    expect(api.pages()).toEqual([1, 2]);
    expect(api.comments).toHaveLength(101);
  });

  test("that GitHub refuses makes the job fail, and the token is not told", async () => {
    const refused = await comment("aaa", "wrong-token");
    expect(refused.status).toBe("failure");
    expect(refused.output).toContain("401");
    expect(refused.output).not.toContain("wrong-token");
    expect(api.comments).toEqual([]);
  });
});
