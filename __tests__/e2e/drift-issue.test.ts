/** @module-tag full */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IssuesApi, startIssuesApi } from "../support/issues-api.ts";
import { githubEnvironment, REPOSITORY, TOKEN } from "../support/pull-request.ts";
import { hasRunnerTools, runJob } from "../support/workflow-run.ts";

const REPORT = "Report it in one issue";
const DRIFT = "<!-- cognito-roster-drift -->";
const BOT = "github-actions[bot]";
/** In place of the command: it writes the review, and ends as it is told to. */
const PLAN = `
  import { writeFileSync } from "node:fs";
  const argv = process.argv;
  if (!argv.includes("--fail-on-drift") || argv.includes("--show-values")) process.exit(9);
  const { CODE = "0", SAYS = "" } = process.env;
  if (CODE !== "1") writeFileSync(argv[argv.indexOf("--markdown") + 1], SAYS);
  process.exit(Number(CODE));
`;

/** The steps of drift.yml that plan and report. GitHub's part is played by a server that keeps issues. */
describe.skipIf(!hasRunnerTools())("the issue about drift", () => {
  let api: IssuesApi;
  let directory: string;
  beforeEach(async () => {
    api = await startIssuesApi(REPOSITORY, TOKEN);
    directory = mkdtempSync(join(tmpdir(), "roster-drift-"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ scripts: { plan: "node plan.mjs" } }));
    writeFileSync(join(directory, "plan.mjs"), PLAN);
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await api.stop();
  });
  const night = (CODE: number, SAYS = "", token = TOKEN) =>
    runJob({
      file: "drift.yml",
      job: "drift",
      only: ["Plan", REPORT],
      directory,
      contexts: { github: { token }, vars: {} },
      env: { ...githubEnvironment(api), GITHUB_SHA: "abc", CODE: String(CODE), SAYS },
      actions: {},
    });

  test("is opened once, kept up to date, and closed with a word when nothing differs any more", async () => {
    const opened = await night(4, "mika is disabled");
    expect(opened.status, opened.output).toBe("success");
    expect(opened.summary).toContain("mika is disabled");
    await night(4, "mika and paul");
    expect(api.issues).toHaveLength(1);
    expect(api.issues[0]).toMatchObject({
      title: "The user pool differs from what was deployed",
      state: "open",
      body: expect.stringMatching(new RegExp(`^${DRIFT}\n[^]*mika and paul[^]*For abc\\. \\[Log\\]`)),
    });
    await night(0, "Nothing to do");
    expect(api.issues[0]).toMatchObject({
      state: "closed",
      comments: [expect.stringContaining("Nothing differs")],
    });

    await night(0, "Nothing to do");
    expect(api.issues[0]?.comments).toHaveLength(1);
    await night(4, "paul again");
    expect(api.issues).toHaveLength(2);
  });

  test("also tells what a guard refuses", async () => {
    const refused = await night(3, "REFUSED: taro is another account now");
    expect(refused.status, refused.output).toBe("success");
    expect(api.issues[0]?.body).toContain("REFUSED: taro");
  });

  test("is nobody else's, nor a pull request, whatever is written in it; it is found on any page", async () => {
    api.add({ login: "mallory", body: `${DRIFT} not ours` });
    api.add({ login: BOT, body: `${DRIFT} a pull request`, pull_request: {} });
    api.add({ login: BOT, body: `not first: ${DRIFT}` });
    for (let count = 0; count < 197; count++) api.add({ login: "hanako" });
    await night(4, "first");
    expect(api.issues).toHaveLength(201);
    await night(4, "second");
    expect(api.issues).toHaveLength(201);
    expect(api.issues[200]?.body).toContain("second");
    await night(0);
    expect(api.issues.filter(({ state }) => state === "closed")).toHaveLength(1);
    expect(api.issues[0]?.body).toBe(`${DRIFT} not ours`);
  });

  test("stays as it is where there was no answer, and the job fails", async () => {
    await night(4, "mika is disabled");
    const failed = await night(1);
    expect(failed.status).toBe("failure");
    expect(failed.steps[REPORT]?.outcome).toBe("skipped");
    expect(api.issues).toMatchObject([{ state: "open", comments: [] }]);
  });

  test("that GitHub refuses makes the job fail, and the token is not told", async () => {
    const refused = await night(4, "mika", "wrong-token");
    expect(refused.status).toBe("failure");
    expect(refused.output).not.toContain("wrong-token");
    expect(api.issues).toEqual([]);
  });
});
