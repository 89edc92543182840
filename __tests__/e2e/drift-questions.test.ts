/** @module-tag full */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type QuestionsDocument, questionsDocument } from "../../lib/review/render/questions.ts";
import { githubEnvironment, REPOSITORY, TOKEN } from "../support/pull-request.ts";
import { type PullsApi, startPullsApi } from "../support/pulls-api.ts";
import { hasRunnerTools, runJob } from "../support/workflow-run.ts";

const BOT = "github-actions[bot]";
/** In place of the command: it prints what the night has found, and ends as it is told to. */
const DRIFT = `
  const { CODE = "0", SAYS = "" } = process.env;
  if (!process.argv.includes("--json")) process.exit(9);
  process.stdout.write(SAYS);
  process.exit(Number(CODE));
`;

/** A question about somebody, as `npm run drift -- --json` prints it; __tests__/deploy/drift-questions.test.ts has what is asked. */
const about = (name: string, found: string, text = `{ "${name}": "${found}" }\n`) => ({
  about: "person" as const,
  name,
  found: [found],
  keep: ["kept"],
  undo: [],
  id: `${name}-1`,
  digest: Buffer.from(found).toString("hex"),
  texts: [{ name: "people/users.json", text }],
});
type Asked = ReturnType<typeof about>;

const night = (asked: readonly Asked[], later: readonly Asked[] = [], environment?: string) =>
  questionsDocument({ asked, later, left: [] }, environment);

/**
 * The steps of drift.yml that ask, by GitHub's evaluator and the very shell. GitHub's part is played by a server that keeps pull
 * requests, refs and git objects; Terraform is not started, and nothing is applied.
 */
describe.skipIf(!hasRunnerTools())("the pull requests about drift", () => {
  let api: PullsApi;
  let directory: string;
  beforeEach(async () => {
    api = await startPullsApi(REPOSITORY, TOKEN);
    directory = mkdtempSync(join(tmpdir(), "roster-questions-"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ scripts: { drift: "node drift.mjs" } }));
    writeFileSync(join(directory, "drift.mjs"), DRIFT);
    const git = (...words: string[]) => execaSync("git", words, { cwd: directory });
    git("init", "--quiet");
    git("add", ".");
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "first");
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await api.stop();
  });

  const run = async (
    document: QuestionsDocument,
    more: { code?: number; token?: string; environment?: string } = {},
  ) => {
    const { code = 0, token = TOKEN, environment = "" } = more;
    const done = await runJob({
      file: "drift.yml",
      job: "ask",
      only: ["Questions", "Ask by pull requests"],
      directory,
      contexts: { github: { token }, matrix: { environment, suffix: "" } },
      env: { ...githubEnvironment(api), CODE: String(code), SAYS: JSON.stringify(document) },
      actions: {},
    });
    return done;
  };
  const asks = async (...asked: Asked[]) => {
    const done = await run(night(asked));
    expect(done.status, done.output).toBe("success");
    return done;
  };
  const states = () => api.pulls.map(({ head, state }) => `${head.ref} ${state}`);

  test("one for each person, with the roster as it would be, and never twice", async () => {
    const done = await asks(about("mika", "disabled"), about("paul", "in ops"));
    expect(states()).toEqual(["drift/mika-1 open", "drift/paul-1 open"]);
    expect(api.pulls[0]).toMatchObject({
      title: "Keep what was changed by hand for mika?",
      body: expect.stringMatching(/^<!-- cognito-roster-question drift\/mika-1.*To undo it instead/s),
    });
    const head = execaSync("git", ["rev-parse", "HEAD"], { cwd: directory }).stdout;
    expect(api.branch("drift/mika-1")).toEqual({
      files: { "people/users.json": '{ "mika": "disabled" }\n' },
      message: "Keep what was changed by hand for mika?",
      parents: [head],
    });
    expect(done.summary).toContain("Asked: `drift/mika-1`");

    const again = await asks(about("mika", "disabled"), about("paul", "in ops"));
    expect(api.pulls).toHaveLength(2);
    expect(again.summary).toBe("");
  });

  test("is kept up to date when something else differs, or when it merges no more; closed when nothing does", async () => {
    await asks(about("mika", "disabled"));
    await asks(about("mika", "disabled, in ops"));
    expect(api.pulls).toMatchObject([{ body: expect.stringContaining("disabled, in ops"), state: "open" }]);
    expect(api.branch("drift/mika-1")?.files["people/users.json"]).toContain("disabled, in ops");

    api.change(1, { mergeable: false });
    await asks(about("mika", "disabled, in ops", "after a merge\n"));
    expect(api.branch("drift/mika-1")?.files["people/users.json"]).toBe("after a merge\n");

    await asks();
    expect(api.pulls).toMatchObject([
      { state: "closed", comments: [expect.stringContaining("Closed: this no longer differs")] },
    ]);
    expect(api.branches()).toEqual([]);
    // The same, done again by hand.
    await asks(about("mika", "disabled, in ops"));
    expect(states()).toEqual(["drift/mika-1 closed", "drift/mika-1 open"]);
  });

  test("closed by somebody, it is a no to this change, and to no other", async () => {
    await asks(about("mika", "disabled"));
    api.change(1, { state: "closed" });
    const declined = await asks(about("mika", "disabled"));
    expect(states()).toEqual(["drift/mika-1 closed"]);
    expect(declined.summary).toContain("not asked again: `drift/mika-1`");
    await asks(about("mika", "enabled"));
    expect(states()).toEqual(["drift/mika-1 closed", "drift/mika-1 open"]);
  });

  test("stays while it waits behind others, and where there was no answer", async () => {
    await asks(about("mika", "disabled"));
    const full = await run(night([about("anna", "in ops")], [about("mika", "disabled")]));
    expect(full.status, full.output).toBe("success");
    for (const [code, status] of [
      [3, "success"],
      [1, "failure"],
    ] as const)
      expect((await run(night([]), { code })).status).toBe(status);
    expect(states()).toEqual(["drift/mika-1 open", "drift/anna-1 open"]);
  });

  test("is nobody else's, whatever is written in it; it is found on any page, in its own environment", async () => {
    const [{ body = "" } = {}] = night([about("mika", "disabled")]).questions;
    const head = { ref: "drift/mika-1", repo: { full_name: REPOSITORY } };
    const own = { login: BOT, body, head };
    api.add({ ...own, login: "mallory" });
    api.add({ ...own, head: { ...head, repo: { full_name: "mallory/people" } } });
    api.add({ ...own, head: { ...head, ref: "drift/staging/mika-1" } });
    for (let count = 0; count < 100; count++) api.add({ login: "hanako" });
    await asks(about("mika", "disabled"));
    expect(api.pulls).toHaveLength(104);
    await asks(about("mika", "disabled"));
    expect(api.pulls).toHaveLength(104);
    const staging = await run(night([about("mika", "disabled")], [], "staging"), { environment: "staging" });
    expect(staging.status, staging.output).toBe("success");
    await asks();
    expect(states().filter((state) => state.endsWith("closed"))).toEqual(["drift/mika-1 closed"]);
    expect(api.pulls[103]?.state).toBe("closed");
  });

  test("that GitHub refuses makes the job fail, and the token is not told", async () => {
    const refused = await run(night([about("mika", "disabled")]), { token: "wrong-token" });
    expect(refused.status).toBe("failure");
    expect(refused.output).not.toContain("wrong-token");
    expect(api.pulls).toEqual([]);
  });
});
