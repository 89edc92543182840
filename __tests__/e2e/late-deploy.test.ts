/** @module-tag full */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GithubTeam } from "../support/github-team.ts";
import { hasRunnerTools } from "../support/workflow-run.ts";

const REFUSAL = "Refuse what main does not say any more";

/** The steps of deploy.yml that need neither AWS nor GitHub, of an old run that is approved late. */
describe.skipIf(!hasRunnerTools())("an old run of deploy.yml, approved late", () => {
  let team: GithubTeam;
  const write = (file: string, text: string) => writeFileSync(join(team.project.directory, file), text);
  const commit = async (message: string, ...files: readonly string[]) => {
    await team.git("add", "--all", ...files);
    return team.commit(message);
  };
  const old = async () => {
    await team.git("checkout", "--quiet", "HEAD~1");
    const { steps } = await team.deploy(["actions/checkout", REFUSAL]);
    return steps[REFUSAL];
  };
  beforeEach(async () => {
    team = new GithubTeam({ api: { url: "http://127.0.0.1:9" }, plan: "", deploy: "" });
    team.project.configure('roster: "users.json"', 'roster: "team.json"');
    renameSync(join(team.project.directory, "users.json"), join(team.project.directory, "team.json"));
    await team.git("rm", "--quiet", "--cached", "--ignore-unmatch", "users.json");
    await commit("the team's own roster", "team.json", "config.ts");
  });
  afterEach(() => team.remove());

  test("is refused where the roster that config.ts names has changed since", async () => {
    write("team.json", '{"users":{"hanako@example.com":{"leaving":true}}}');
    await commit("Hanako leaves", "team.json");
    const refused = await old();
    expect(refused?.outcome, refused?.output).toBe("failure");
    expect(refused?.output).toContain("the run of the newer one deploys it");
  });

  test("is refused where only main has adopt.json", async () => {
    write("adopt.json", "{}");
    await commit("adopts a pool", "adopt.json");
    expect((await old())?.output).toContain("the run of the newer one deploys it");
  });

  test("is refused where a file that config.ts imports has changed", async () => {
    write("stage.ts", 'export const stage = "dev";\n');
    write(
      "config.ts",
      `import { stage } from "./stage.ts";\n${team.project.read("config.ts").replace('"cognito-roster"', "`people-${stage}`")}`,
    );
    await commit("stages", "config.ts", "stage.ts");
    write("stage.ts", 'export const stage = "prod";\n');
    await commit("another stage", "stage.ts");
    expect((await old())?.output).toContain("the run of the newer one deploys it");
  });

  test("goes on where nothing that is deployed has changed, and stops where the paths can't be had", async () => {
    write("README.md", "other words\n");
    await commit("words", "README.md");
    const same = await old();
    expect(same?.outcome, same?.output).toBe("success");
    write("config.ts", "throw new Error('broken');\n");
    await commit("broken", "config.ts");
    const { steps } = await team.deploy(["actions/checkout", REFUSAL]);
    expect(steps[REFUSAL]?.outcome).toBe("failure");
  });
});
