/** @module-tag full */
/** @module-tag long */

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { SHARD_SUFFIXES } from "../../lib/stack/synth/shards.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

type Entry = { groups?: string[]; leaving?: true };

/** On the real Terraform and moto, which is trusted for who is in a pool, and under which sub. */
describe.skipIf(!inject("moto"))("a roster that outgrows one block, and shrinks again", () => {
  let moto: RunningEmulator;
  let project: Project;
  let subs: ReadonlyMap<string, string>;

  const roster = (count: number, more: Record<string, Entry> = {}) => ({
    ...Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`p${i}@example.com`, { groups: ["all"] }]),
    ),
    ...more,
  });
  const deploy = async (users: Record<string, Entry>) => {
    project.writeRoster(users);
    const deployed = await project.run("node scripts/run.mjs deploy --yes");
    expect(deployed.exitCode, deployed.all).toBe(0);
    return deployed;
  };
  const subsNow = async () => {
    const { userPoolId } = await readDeployment({
      projectDirectory: project.directory,
      settings: config,
      env: { ...process.env, ...emulatorEnvironment(moto.endpoint) },
    });
    const people = await listPeople(emulatorClient(moto.endpoint), { userPoolId });
    return new Map(people.map(({ attributes, sub }) => [attributes.email ?? "", sub]));
  };
  const expectSameSubs = async () => {
    const now = await subsNow();
    for (const [email, sub] of now) expect(subs.get(email) ?? sub, email).toBe(sub);
    return now;
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    // 199 people in a group each: 398 of the 400 that one block takes.
    await deploy(roster(198, { "gone@example.com": { leaving: true } }));
    subs = await subsNow();
    expect(subs.size).toBe(199);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("crossing the threshold is a plan with nothing in it but whom the roster adds", async () => {
    project.writeRoster(roster(201, { "gone@example.com": { leaving: true } }));
    const { summary, text } = await project.plan();
    expect(text).toMatch(/p7@example\.com"\] has moved to aws_cognito_user\.users_\d\d\["p7@example\.com"\]/);
    expect(summary).toBe("Plan: 6 to add, 0 to change, 0 to destroy.");
  });

  test("the same by our own commands, which show nobody a block's name; everyone keeps their sub", async () => {
    const deployed = await deploy(roster(201, { "gone@example.com": { leaving: true } }));
    expect(deployed.words).toContain("3 people join");
    expect(deployed.all).not.toMatch(/(users|leaving|memberships)_\d\d/);
    expect((await expectSameSubs()).size).toBe(202);
    expect((await project.plan()).summary).toBe("No changes.");
  });

  test("among the blocks people leave and return, untouched", async () => {
    await deploy(
      roster(200, { "p200@example.com": { leaving: true }, "gone@example.com": { groups: ["all"] } }),
    );
    expect((await expectSameSubs()).size).toBe(202);
  });

  test("a deleted line is refused by Terraform, also where the roster shrinks below the threshold by it", async () => {
    project.writeRoster(roster(20));
    await expect(project.plan()).rejects.toThrow(
      expect.objectContaining({ why: expect.stringContaining("Instance cannot be destroyed") }),
    );
  });

  test("crossing it back is a plan with nothing in it: 0 to add, 0 to change, 0 to destroy", async () => {
    // Nobody goes: without their groups they are few enough.
    const users = (groups: string[]) =>
      Object.fromEntries(
        Object.keys(roster(200, { "p200@example.com": {}, "gone@example.com": {} })).map((name) => [
          name,
          { groups, ...(name === "p200@example.com" ? { leaving: true as const } : {}) },
        ]),
      );
    project.writeRoster(users([]));
    const { summary, text } = await project.plan();
    expect(text).toMatch(
      /aws_cognito_user\.users_\d\d\["p7@example\.com"\] has moved to aws_cognito_user\.users\["p7@/,
    );
    // The group and its memberships, which the roster no longer has, and nothing else.
    expect(summary).toBe("Plan: 0 to add, 0 to change, 202 to destroy.");
    expect(
      text.match(/# .* will be destroyed/g)?.filter((line) => !line.includes("aws_cognito_user_in_group.")),
    ).toEqual(['# aws_cognito_user_group.groups["all"] will be destroyed']);
    await deploy(users([]));
    expect((await expectSameSubs()).size).toBe(202);
    const { text: after } = await project.plan();
    expect(after).toContain("No changes.");
    for (const suffix of SHARD_SUFFIXES) expect(after).not.toContain(`users${suffix}[`);
  });
});
