/** @module-tag full */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/**
 * A stack for each stage, in one directory. moto is trusted for which pool a request reached. Each test goes on where the one
 * before it stopped.
 */
describe.skipIf(!inject("moto"))("config.ts decides the pool", () => {
  let moto: RunningEmulator;
  let project: Project;
  let pool: { name: string; id: string; account: string; region: string };
  const run = (STAGE: string, command: string, env = {}) =>
    project.run(`node scripts/run.mjs ${command}`, { env: { STAGE, ...env } });

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure('"cognito-roster"', "`people-${process.env.STAGE}`");
    project.configure('name: "people"', "name: `people-${process.env.STAGE}`");
    project.writeRoster({ "ann@example.com": {} });
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("a deploy shows its name, id, account and region", async () => {
    const first = await run("dev", "deploy --yes --json");
    expect(first.exitCode, first.all).toBe(0);
    const { deployment } = JSON.parse(first.stdout);
    pool = { name: "people-dev", id: deployment.userPoolId, account: "123456789012", region: "us-east-1" };
    const same = await run("dev", "plan --fail-on-drift --json");
    expect(same.exitCode, same.all).toBe(0);
    const { name: poolName, id: userPoolId, account, region } = pool;
    expect(JSON.parse(same.stdout).preflight).toMatchObject({ poolName, userPoolId, account, region });
  });

  test("a password is issued in dev's pool, although prod was planned last, and the output says in which", async () => {
    const prod = await run("prod", "plan --fail-on-drift");
    expect(prod.exitCode, prod.all).toBe(4);
    const issued = await run("dev", "issue-password ann@example.com --out ann.txt --json");
    expect(issued.exitCode, issued.all).toBe(0);
    expect(JSON.parse(issued.stdout)).toMatchObject({ done: ["ann@example.com"], pool });
    expect(issued.words).toContain(
      `User pool people-dev (${pool.id}), AWS account 123456789012, region us-east-1`,
    );
    const elsewhere = await run("prod", "issue-password ann@example.com --out ann2.txt", {
      COGNITO_USER_POOL_ID: pool.id,
    });
    expect(elsewhere.words).toContain("from COGNITO_USER_POOL_ID, not from config.ts");
  });

  test("of a stack that was never deployed it says so, and which were", async () => {
    for (const stage of ["test", "prod"]) {
      const none = await run(stage, "issue-password ann@example.com --out ann3.txt");
      expect(none.exitCode).toBe(1);
      expect(none.words).toContain(
        `Nothing has been deployed from this directory for the stack people-${stage}`,
      );
      expect(none.words).toContain("Deployed from here: people-dev.");
    }
  });

  test("a roster edit that is not deployed is a difference, and a guard's refusal stays 3", async () => {
    project.writeRoster({ "ann@example.com": {}, "bob@example.com": {} });
    expect((await run("dev", "plan")).exitCode).toBe(0);
    expect((await run("dev", "plan --fail-on-drift")).exitCode).toBe(4);
    project.writeRoster({ "bob@example.com": {} });
    expect((await run("dev", "plan --fail-on-drift")).exitCode).toBe(3);
    expect(await livePeople(emulatorClient(moto.endpoint), pool.id)).toHaveLength(1);
    writeFileSync(join(project.directory, "adopt.json"), '{"userPoolId":"us-east-1_x","people":[]}');
    expect((await run("dev", "inputs")).stdout).toBe("config.ts\nusers.json\nadopt.json");
  });
});
