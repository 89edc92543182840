/** @module-tag full */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { openTerminal } from "../support/terminal.ts";

/** Of the pool that there was, and of one beside it. */
const ENVIRONMENTS = `client: { name: "app" },
  environments: {
    dev: { destroyable: true, roster: "dev.json", pool: { name: "people-dev" } },
    prod: { stack: "cognito-roster", protected: true },
  },`;

/**
 * Two environments in one clone. moto is trusted for which pool a request reached, and whom each has. Each test goes on where the one
 * before it stopped.
 */
describe.skipIf(!inject("moto"))("environments in one clone", () => {
  let moto: RunningEmulator;
  let project: Project;
  const pools = { prod: "", dev: "" };
  const run = (command: string, env: NodeJS.ProcessEnv = {}) =>
    project.run(`node scripts/run.mjs ${command}`, { env: { ROSTER_ENV: "", ...env } });
  const file = (name: string) => join(project.directory, name);
  const state = (stack: string) => readFileSync(file(`terraform.${stack}.tfstate`), "utf8");
  const live = async (pool: string) =>
    (await livePeople(emulatorClient(moto.endpoint), pool)).map(({ email }) => email);

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.writeRoster({ "ann@example.com": {}, "bob@example.com": { groups: ["ops"] } });
    writeFileSync(file("dev.json"), '{ "users": { "dev@example.com": {}, "tester@example.com": {} } }');
    const first = await run("deploy --yes --json");
    expect(first.exitCode, first.all).toBe(0);
    pools.prod = JSON.parse(first.stdout).deployment.userPoolId;
    project.configure('client: { name: "app" },', ENVIRONMENTS);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("moving a repository over changes nobody", async () => {
    const plan = await run("plan --env prod --fail-on-drift");
    expect(plan.exitCode, plan.all).toBe(0);
    expect(plan.words).toContain("Nothing to do");
    expect(plan.words).toContain("Environment: prod");
  });

  test("none is taken by default, neither by a command nor by cdktf", async () => {
    for (const command of ["deploy --yes", "../main"]) {
      const none = await run(command);
      expect({ exitCode: none.exitCode, stdout: none.stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(none.words).toContain("Which environment? config.ts has dev, prod");
    }
    expect((await run("deploy --yes")).words).toContain("npm run deploy -- --env dev");
    const synthesized = await run("../main", { ROSTER_ENV: "dev" });
    expect(synthesized.exitCode, synthesized.all).toBe(0);
    expect(existsSync(file("cdktf.out/stacks/cognito-roster-dev/cdk.tf.json"))).toBe(true);
  });

  test("check is about all of them", async () => {
    const checked = await run("check");
    expect(checked.exitCode).toBe(0);
    expect(checked.words).toContain("dev.json: 2 people, no problems");
    expect(checked.words).toContain("users.json: 2 people, no problems");
  });

  test("what is deployed in one leaves the other as it was: pool, people, state", async () => {
    const before = state("cognito-roster");
    const deployed = await run("deploy --yes --json", { ROSTER_ENV: "dev" });
    expect(deployed.exitCode, deployed.all).toBe(0);
    pools.dev = JSON.parse(deployed.stdout).deployment.userPoolId;
    expect(pools.dev).not.toBe(pools.prod);
    expect(await live(pools.dev)).toEqual(["dev@example.com", "tester@example.com"]);
    expect(await live(pools.prod)).toEqual(["ann@example.com", "bob@example.com"]);
    expect(state("cognito-roster")).toBe(before);
    expect(state("cognito-roster-dev")).toContain(pools.dev);
    expect(deployed.stderr).not.toMatch(/npm run [\w-]+(?! -- --env dev)\b(?:$|\s)/);
  });

  test("a command reads the outputs of its own, whichever was planned last; protected asks for its name", async () => {
    const issued = await run("issue-password --env dev dev@example.com --out dev.passwords --json");
    expect(issued.exitCode, issued.all).toBe(0);
    expect(JSON.parse(issued.stdout).pool.id).toBe(pools.dev);
    expect(issued.words).toContain("environment dev");
    const prod = "issue-password --env prod ann@example.com --out ann.passwords --json";
    for (const [more, words] of [
      ["--yes", "There is no terminal to ask for the name of the environment"],
      ["--confirm dev", "--confirm doesn't match this environment"],
    ]) {
      const refused = await run(`${prod} ${more}`);
      expect(refused.exitCode).toBe(2);
      expect(refused.words).toContain(words);
    }
    expect(existsSync(file("ann.passwords"))).toBe(false);
    const confirmed = await run(`${prod} --confirm prod`);
    expect(confirmed.exitCode, confirmed.all).toBe(0);
    expect(JSON.parse(confirmed.stdout).pool.id).toBe(pools.prod);
  });

  test("on a terminal the name is typed: another one changes nothing", async () => {
    const inherited = Object.entries({ ...process.env, ...emulatorEnvironment(moto.endpoint), CI: "" });
    const env = Object.fromEntries(
      inherited.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    const args = ["scripts/run.mjs", "reset-mfa", "ann@example.com", "--env", "prod", "--yes"];
    const terminal = openTerminal(args, { ...env, ROSTER_ENV: "" }, [], project.directory);
    await terminal.shows(`User pool people (${pools.prod})`);
    await terminal.shows("Type prod to continue:");
    terminal.type("dev");
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain("That isn't its name. Nothing was changed");
  });

  test("a plan that was kept for one is refused in the other", async () => {
    const kept = await run("plan --env dev --out dev.tfplan");
    expect(kept.exitCode, kept.all).toBe(0);
    expect(kept.words).toContain("npm run deploy -- --env dev --plan dev.tfplan");
    const elsewhere = await run("deploy --env prod --yes --confirm prod --plan dev.tfplan");
    expect(elsewhere.exitCode, elsewhere.all).toBe(3);
    expect(elsewhere.words).toContain("dev.tfplan was made from another roster or config.ts");
  });

  test("destroy is refused where it is not destroyable, and where only this change makes it so", async () => {
    const refused = await run("destroy --env prod --confirm prod");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain("REFUSED: this stack isn't destroyable");
    project.configure("protected: true", "destroyable: true");
    const loosened = await run("destroy --env prod --confirm prod");
    expect(loosened.exitCode, loosened.all).toBe(3);
    expect(loosened.words).toContain("REFUSED: the deployed stack isn't destroyable yet");
    project.configure('"cognito-roster", destroyable: true', '"cognito-roster", protected: true');
  });

  test("destroy shows whom, takes the name, and does it; the other environment stays", async () => {
    const unnamed = await run("destroy --env dev");
    expect(unnamed.exitCode).toBe(2);
    expect(unnamed.words).toContain("There is no terminal to ask for the name of the environment");
    const destroyed = await run("destroy --env dev --confirm dev");
    expect(destroyed.exitCode, destroyed.all).toBe(0);
    expect(destroyed.words).toContain(
      "2 accounts are deleted, irreversibly: dev@example.com, tester@example.com",
    );
    expect(destroyed.words).toContain(`User pool people-dev (${pools.dev})`);
    expect(destroyed.words).toContain("terraform.cognito-roster-dev.tfstate");
    const client = emulatorClient(moto.endpoint);
    await expect(client.send(new DescribeUserPoolCommand({ UserPoolId: pools.dev }))).rejects.toThrow();
    expect(await live(pools.prod)).toEqual(["ann@example.com", "bob@example.com"]);
    const again = await run("destroy --env dev --confirm dev");
    expect(again.exitCode, again.all).toBe(0);
    expect(again.words).toContain("there is nothing to destroy");
  });
});
