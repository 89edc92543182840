/** @module-tag full */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";
import { githubEnvironment, REPOSITORY, TOKEN } from "../support/pull-request.ts";
import { type PullsApi, startPullsApi } from "../support/pulls-api.ts";
import { hasRunnerTools, runJob } from "../support/workflow-run.ts";

const PROPOSE = "Propose it in one pull request";
const ROSTER = `{
  "users": {
    // Comments stay.
    "hanako@example.com": { "groups": ["ops", { "admins": { "until": "2026-01-31" } }], "owner": "@mika" },
    "taro@example.com": { "until": "2026-02-28", "owner": "the night shift" },
    "ken@example.com": { "until": "2026-02-28", "owner": "@team/night" }
  }
}
`;

/** ended.yml with the real command. GitHub's part is played by a server that keeps pull requests; no Terraform, no emulator. */
describe.skipIf(!hasRunnerTools())("the pull request that writes down what has ended", () => {
  let api: PullsApi;
  let project: Project;
  beforeEach(async () => {
    api = await startPullsApi(REPOSITORY, TOKEN);
    project = new Project();
    write(ROSTER);
    const config = join(project.directory, "config.ts");
    writeFileSync(config, readFileSync(config, "utf8").replace("users.json", "users.jsonc"));
  });
  afterEach(async () => {
    project.remove();
    await api.stop();
  });
  const write = (roster: string) => writeFileSync(join(project.directory, "users.jsonc"), roster);
  /** A day's run of main as it is then. */
  const daily = (ROSTER_DAY: string, token = TOKEN) =>
    runJob({
      file: "ended.yml",
      job: "ended",
      only: ["Write down what has ended", PROPOSE],
      directory: project.directory,
      contexts: { github: { token } },
      env: { ...process.env, ...githubEnvironment(api), GITHUB_SHA: "abc", ROSTER_DAY },
      actions: {},
    });

  test("is opened once, follows what ends, asks owners, and is closed when nothing is left", async () => {
    expect((await daily("2026-01-31")).status).toBe("success");
    expect(api.pulls).toEqual([]);

    const first = await daily("2026-02-01");
    expect(first.status, first.output).toBe("success");
    expect(api.pulls).toMatchObject([{ state: "open", head: { ref: "roster-ended" }, reviewers: ["mika"] }]);
    const withoutAdmins = ROSTER.replace(', { "admins": { "until": "2026-01-31" } }', "");
    expect(api.branch("roster-ended")?.files).toEqual({ "users.jsonc": withoutAdmins });
    expect(api.pulls[0]?.body).toContain("<code>hanako@example.com</code></td><td>leaves the group");

    // The next day main is the same: nothing is made a second time.
    write(ROSTER);
    await daily("2026-02-02");
    expect(api.commits()).toBe(1);

    write(ROSTER);
    const later = await daily("2026-03-01");
    expect(later.status, later.output).toBe("success");
    expect(api.pulls).toMatchObject([{ state: "open", reviewers: ["mika", "night"] }]);
    const written = withoutAdmins
      .replace(
        '"until": "2026-02-28", "owner": "the night shift"',
        '"owner": "the night shift", "leaving": true',
      )
      .replace('"until": "2026-02-28", "owner": "@team/night"', '"owner": "@team/night", "leaving": true');
    expect(api.branch("roster-ended")?.files).toEqual({ "users.jsonc": written });
    expect(api.commits()).toBe(2);

    // Merged, or extended by hand meanwhile.
    write(written);
    await daily("2026-03-02");
    expect(api.pulls).toMatchObject([{ state: "closed", comments: ["Nothing is left to write down."] }]);
    expect(api.branches()).toEqual([]);
  });

  test("that GitHub refuses makes the job fail, and the token is not told", async () => {
    const refused = await daily("2026-02-01", "wrong-token");
    expect(refused.status).toBe("failure");
    expect(refused.output).not.toContain("wrong-token");
    expect(api.pulls).toEqual([]);
  });
});
