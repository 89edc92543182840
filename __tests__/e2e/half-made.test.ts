/** @module-tag full */
/** @module-tag long */

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Fault, type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const DEPLOY = "node scripts/run.mjs deploy --yes --json";
/** Terraform's own advice, which would have people deleted. */
const ADVICE = /prevent_destroy|cannot be destroyed/;

/**
 * What a deploy leaves half-made, and the next run, or the same, makes whole. On real Terraform and moto, which is trusted for
 * keeping what it was told; what fails is between the two.
 */
describe.skipIf(!inject("moto"))("a deploy that fails half-way", () => {
  let moto: RunningEmulator;
  let proxy: FaultyProxy;
  let project: Project;
  /** The next calls of these operations fail so. */
  const faults = new Map<string, Fault[]>();
  let userPoolId: string;
  const everyone = () => livePeople(emulatorClient(moto.endpoint), userPoolId);
  const names = (count: number) =>
    Array.from({ length: count }, (_, index) => `person-${String(index).padStart(2, "0")}@example.com`);
  const deploy = () => project.run(DEPLOY);

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startFaultyProxy(moto.endpoint, { faultOf: (operation) => faults.get(operation)?.shift() });
    project = await Project.withProvider(emulatorEnvironment(proxy.endpoint));
    project.configure('name: "people" },', 'name: "people", mfa: "optional" },');
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("the pool itself, made and not configured to its end: the next deploy finishes it", async () => {
    project.writeRoster({ "person-00@example.com": {} });
    faults.set("SetUserPoolMfaConfig", ["refuse"]);
    const failed = await deploy();
    expect(failed.exitCode, failed.all).toBe(1);
    expect(failed.words).toContain(
      "aws_cognito_user_pool.pool – these credentials aren't allowed to do that",
    );
    expect(failed.words).toMatch(/not applied yet: .*person-00@example.com/);

    const again = await deploy();
    expect(again.exitCode, again.all).toBe(0);
    expect(again.words).toContain("finishes an interrupted deploy:");
    expect(again.all).not.toMatch(ADVICE);
    ({ userPoolId } = JSON.parse(again.stdout).deployment);
    expect((await everyone()).map(({ email }) => email)).toEqual(["person-00@example.com"]);
  });

  test("lost answers and a server that was not well: the same deploy goes on to its end, everyone is there once", async () => {
    project.writeRoster(Object.fromEntries(names(40).map((name) => [name, { groups: ["all"] }])));
    faults.set("AdminCreateUser", ["drop", "throttle", "drop"]);
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("is continuing (1 of 3)");
    expect((await everyone()).map(({ email }) => email)).toEqual(names(40));
    const planned = await project.run("node scripts/run.mjs plan --fail-on-drift");
    expect(planned.exitCode, planned.all).toBe(0);
  });

  test("an invitation that could not be sent: everyone is there, and the deploy says whom to invite, with exit 1", async () => {
    const uninvited = "unheard@example.com";
    project.writeRoster({
      ...Object.fromEntries(names(40).map((name) => [name, { groups: ["all"] }])),
      [uninvited]: { groups: ["all"] },
    });
    faults.set("AdminCreateUser", ["undelivered"]);
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(1);
    expect(deployed.words).toContain(`Deployed, but 1 invitation could not be sent: ${uninvited}`);
    expect(deployed.words).toContain(`npm run invite -- ${uninvited}`);
    expect((await everyone()).map(({ email }) => email)).toContain(uninvited);
    const again = await deploy();
    expect(again.exitCode, again.all).toBe(0);
  });

  test("somebody who was to be disabled at once, and is not: told, and the next deploy does it", async () => {
    const robot = "robot@example.com";
    project.writeRoster({
      ...Object.fromEntries(names(40).map((name) => [name, { groups: ["all"] }])),
      "unheard@example.com": { groups: ["all"] },
      [robot]: { enabled: false, invite: "none" },
      "z@example.com": { groups: ["all", "late"] },
    });
    faults.set("AdminDisableUser", ["refuse"]);
    const failed = await deploy();
    expect(failed.exitCode, failed.all).toBe(1);
    expect(failed.words).toContain(`failed: ${robot} – these credentials aren't allowed to do that`);
    expect((await everyone()).find(({ email }) => email === robot)?.enabled).toBe(true);

    const plan = await project.run("node scripts/run.mjs plan");
    expect(plan.all).not.toMatch(ADVICE);
    const again = await deploy();
    expect(again.exitCode, again.all).toBe(0);
    expect(again.all).not.toMatch(ADVICE);
    expect((await everyone()).find(({ email }) => email === robot)?.enabled).toBe(false);
  });
});
