/** @module-tag full */
/** @module-tag long */

import { CreateGroupCommand, UpdateGroupCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listGroups, listMemberships } from "../../lib/directory/pool/groups.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

/** On real Terraform and moto, which is trusted for what it stores. Each test goes on where the one before it stopped. */
describe.skipIf(!inject("moto"))("groups that config.ts declares", () => {
  let moto: RunningEmulator;
  let project: Project;
  let UserPoolId: string;
  let config: string;
  const admin = () => emulatorClient(moto.endpoint);
  const groups = () => listGroups(admin(), { userPoolId: UserPoolId });

  /** config.ts as it was at first, with these groups. */
  const declare = (declared: object) => {
    project.configure(project.read("config.ts"), config);
    project.configure("client:", `groups: ${JSON.stringify(declared)},\n  client:`);
  };
  const command = async (line: string, exitCode = 0) => {
    const done = await project.run(`node scripts/run.mjs ${line} --json`);
    expect(done.exitCode, done.all).toBe(exitCode);
    return JSON.parse(done.stdout || "{}");
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    config = project.read("config.ts");
    project.writeRoster({ "hanako@example.com": { groups: ["ops"] }, "taro@example.com": {} });
    await command("deploy --yes");
    UserPoolId = (
      await readDeployment({ projectDirectory: project.directory, settings: { stack: "cognito-roster" } })
    ).userPoolId;
    await admin().send(new UpdateGroupCommand({ UserPoolId, GroupName: "ops", RoleArn: role("ByHand") }));
    await admin().send(
      new CreateGroupCommand({ UserPoolId, GroupName: "support", RoleArn: role("Support"), Precedence: 5 }),
    );
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  const ADMINS = { description: "Whoever may do all", precedence: 0, roleArn: role("Admin") };
  const DECLARED = {
    ops: {},
    admins: { ...ADMINS, privileged: true },
    support: { description: "Help desk" },
    empty: { precedence: 7 },
  };

  test("are all there are: a misspelt one is refused at its line, by check and by plan", async () => {
    declare(DECLARED);
    project.writeRoster({
      "hanako@example.com": { groups: ["ops"] },
      "taro@example.com": { groups: ["admin"] },
    });
    const { files } = await command("check", 2);
    expect(files[0].problems).toEqual([
      {
        location: { file: "users.json", line: 10, column: 9 },
        message: 'the group "admin" is not declared in config.ts',
        hint: 'Did you mean "admins"? If it is a new group, add it to "groups" in config.ts.',
      },
    ]);
    for (const line of ["plan", "synth"]) {
      const refused = await project.run(`node scripts/run.mjs ${line}`);
      expect(refused.exitCode).toBe(2);
      expect(refused.words).toContain('users.json:10:9 the group "admin" is not declared');
    }
  });

  test("are planned: what is new is created, what the pool has is taken over, and the rest stays", async () => {
    project.writeRoster({
      "hanako@example.com": { groups: ["ops"] },
      "taro@example.com": { groups: ["admins"] },
    });
    const { entries, terraform } = await command("plan");
    const about = (label: string) => entries.find((entry: { label?: string }) => entry.label === label);
    expect(about("admins")).toMatchObject({ what: "created" });
    expect(about("empty")).toMatchObject({ what: "created" });
    expect(about("support")).toMatchObject({ what: "adopted", settings: [{ name: "description" }] });
    expect(about("ops")).toBeUndefined();
    expect(entries).toContainEqual(
      expect.objectContaining({ what: "in", group: "admins", role: role("Admin"), privileged: true }),
    );
    expect(terraform).toEqual({ import: 1, add: 3, change: 1, destroy: 0 });
    const { words } = await project.run("node scripts/run.mjs plan");
    expect(words).toContain(`into admins (privileged; gives the role ${role("Admin")})`);
  });

  test("are deployed, with what is said of them; what is not said stays as the pool has it", async () => {
    await command("deploy --yes");
    expect(await groups()).toEqual([
      { name: "admins", ...ADMINS },
      { name: "empty", precedence: 7 },
      { name: "ops", roleArn: role("ByHand") },
      { name: "support", description: "Help desk", precedence: 5, roleArn: role("Support") },
    ]);
    const { entries, drift } = await command("plan");
    expect(entries).toEqual([]);
    // Told until it is declared.
    expect(drift.things).toMatchObject([{ label: "ops", settings: [{ name: "role_arn" }], held: true }]);
  });

  test("are put back where somebody changed them by hand", async () => {
    const changed = { RoleArn: role("Other"), Description: "Other", Precedence: 9 };
    await admin().send(new UpdateGroupCommand({ UserPoolId, GroupName: "admins", ...changed }));
    await admin().send(new UpdateGroupCommand({ UserPoolId, GroupName: "support", RoleArn: role("Other") }));
    const { drift, entries } = await command("plan");
    const about = (held?: true) =>
      drift.things
        .filter((one: { held?: true }) => one.held === held)
        .map(({ label, settings }: { label: string; settings: { name: string }[] }) => [
          label,
          settings.map(({ name }) => name),
        ]);
    expect(about()).toEqual([["admins", ["description", "precedence", "role_arn"]]]);
    expect(about(true)).toEqual([
      ["ops", ["role_arn"]],
      ["support", ["role_arn"]],
    ]);
    expect(entries).toMatchObject([{ about: "group", label: "admins", what: "changed" }]);
    await command("deploy --yes");
    const [admins, , , support] = await groups();
    expect(admins).toEqual({ name: "admins", ...ADMINS });
    expect(support?.roleArn).toBe(role("Other"));
  });

  test("stay as they are, members and role, when nobody declares them any more, and when somebody does again", async () => {
    project.configure(project.read("config.ts"), config);
    project.writeRoster({
      "hanako@example.com": { groups: ["ops", "support"] },
      "taro@example.com": { groups: ["admins"] },
    });
    const before = await groups();
    const { entries } = await command("plan");
    expect(entries).toContainEqual(
      expect.objectContaining({
        label: "admins",
        what: "moved",
        released: ["description", "precedence", "role_arn"],
      }),
    );
    await command("deploy --yes");
    // Nobody names "empty" any more, and nobody is in it.
    expect(await groups()).toEqual(before.filter(({ name }) => name !== "empty"));
    const { of } = await listMemberships(admin(), { userPoolId: UserPoolId });
    expect([...of.values()].flat().sort()).toEqual(["admins", "ops", "support"]);

    const { empty: _, ...declared } = DECLARED;
    declare(declared);
    expect(await command("plan")).toMatchObject({
      entries: [],
      terraform: { import: 0, add: 0, change: 0, destroy: 0 },
    });
  });

  test("that the pool had before are not deleted as a side effect, many deploys later", async () => {
    await admin().send(new CreateGroupCommand({ UserPoolId, GroupName: "guests" }));
    project.configure(project.read("config.ts"), config);
    const write = (hanako: object) =>
      project.writeRoster({
        "hanako@example.com": { groups: ["ops", "support"], ...hanako },
        "taro@example.com": { groups: ["admins"] },
      });
    write({ groups: ["ops", "support", "guests"] });
    await command("deploy --yes");
    write({ groups: ["ops", "support", "guests"], attributes: { name: "Hanako" } });
    await command("deploy --yes");
    write({ attributes: { name: "Hanako" } });
    const { refused } = await command("plan", 3);
    expect(refused).toMatchObject([
      { message: expect.stringMatching(/^the group "guests" would be deleted: it was adopted/) },
    ]);
    const [, address = ""] = /--allow-replace '(.*)'$/.exec(refused[0].hint) ?? [];
    await command(`deploy --yes --allow-replace ${address}`);
    expect((await groups()).map(({ name }) => name)).not.toContain("guests");
  });
});
