/** @module-tag full */
/** @module-tag long */

import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listMemberships } from "../../lib/directory/pool/groups.ts";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const STATE = "terraform.cognito-roster.tfstate";

/**
 * Who can get in, on real Terraform and moto, which is trusted for what it stores. Somebody with rights in AWS opens doors by
 * hand; each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("doors that were opened by hand", () => {
  const USERS: Record<string, { groups?: string[]; attributes?: object; leaving?: boolean }> = {
    "mika@example.com": {},
    "paul@example.com": {},
    "mei@example.com": { groups: ["eng"] },
    "root@example.com": { groups: ["admins"] },
  };
  let moto: RunningEmulator;
  let project: Project;
  let UserPoolId: string;
  const admin = () => emulatorClient(moto.endpoint);
  const command = async (line: string, exitCode = 0) => {
    const done = await project.run(`node scripts/run.mjs ${line} --json`);
    expect(done.exitCode, done.all).toBe(exitCode);
    return JSON.parse(done.stdout || "{}");
  };
  const everyone = async () => {
    const people = await listPeople(admin(), { userPoolId: UserPoolId });
    const { of } = await listMemberships(admin(), { userPoolId: UserPoolId });
    return new Map(
      people.map((one) => [one.attributes.email ?? "", { ...one, groups: of.get(one.username) ?? [] }]),
    );
  };
  const person = (Username: string) => ({ UserPoolId, Username });
  const create = (email: string) =>
    admin().send(
      new AdminCreateUserCommand({
        ...person(email),
        UserAttributes: [
          { Name: "email", Value: email },
          { Name: "email_verified", Value: "true" },
        ],
      }),
    );

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure("  pool: {", "  groups: { admins: { privileged: true }, eng: {} },\n  pool: {");
    project.writeRoster(USERS);
    await command("deploy --yes");
    ({ userPoolId: UserPoolId } = await readDeployment({
      projectDirectory: project.directory,
      settings: config,
    }));
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("who was disabled or deleted by hand stays so beside another change, counted and with the command that lets them in", async () => {
    await admin().send(new AdminDisableUserCommand(person("mika@example.com")));
    await admin().send(new AdminDeleteUserCommand(person("paul@example.com")));
    project.writeRoster({ ...USERS, "mei@example.com": { groups: ["eng"], attributes: { name: "Mei" } } });
    const state = project.read(STATE);
    const planned = await command("plan");
    expect(planned.summary).toBe(
      "1 person changes — nothing irreversible, 1 account disabled by hand stays disabled, 1 account deleted by hand stays deleted",
    );
    expect(JSON.stringify(planned.lines)).toContain("npm run deploy -- --enable mika@example.com");
    expect(JSON.stringify(planned.lines)).toContain("npm run deploy -- --recreate paul@example.com");
    expect(project.read(STATE)).toBe(state);
    await command("deploy --yes");
    const now = await everyone();
    expect(now.get("mika@example.com")?.enabled).toBe(false);
    expect(now.has("paul@example.com")).toBe(false);
  });

  test("a change of an account that is gone is refused, and so is nothing when its line goes: nobody is lost", async () => {
    const { "paul@example.com": _, ...others } = USERS;
    project.writeRoster({ ...USERS, "paul@example.com": { attributes: { name: "Paul" } } });
    expect((await command("plan", 3)).summary).toContain("was deleted outside this repository");
    project.writeRoster({ ...others, "mei@example.com": { groups: ["eng"], attributes: { name: "Mei" } } });
    expect(await command("deploy --yes")).toMatchObject({ entries: [], refused: [] });
    expect(project.read(STATE)).not.toContain("paul@example.com");
  });

  test("groups: who was put in comes out, who was taken out comes back, strangers and shadows are named", async () => {
    await admin().send(new AdminAddUserToGroupCommand({ ...person("mika@example.com"), GroupName: "eng" }));
    await admin().send(
      new AdminRemoveUserFromGroupCommand({ ...person("mei@example.com"), GroupName: "eng" }),
    );
    await create("stranger@example.com");
    await admin().send(
      new AdminAddUserToGroupCommand({ ...person("stranger@example.com"), GroupName: "eng" }),
    );
    await admin().send(new CreateGroupCommand({ UserPoolId, GroupName: "shadow" }));
    const planned = await command("plan");
    expect(planned.summary).toBe(
      "2 people change — nothing irreversible, 1 would get access, 1 account disabled by hand stays disabled, 1 person outside the roster is in a group, 1 group is declared nowhere",
    );
    expect(planned.access).toEqual(["mei@example.com"]);
    expect(planned.drift.groups).toEqual([{ name: "shadow", members: 0 }]);
    await command("deploy --yes");
    const now = await everyone();
    expect(now.get("mika@example.com")?.groups).toEqual([]);
    expect(now.get("mei@example.com")?.groups).toEqual(["eng"]);
    expect(now.get("stranger@example.com")?.groups).toEqual(["eng"]);
    expect((await command("plan")).entries).toEqual([]);
  });

  test("a privileged group has no way in that the change does not name", async () => {
    for (const name of ["mika@example.com", "stranger@example.com"]) {
      await admin().send(new AdminAddUserToGroupCommand({ ...person(name), GroupName: "admins" }));
    }
    const { refused } = await command("deploy --yes", 3);
    expect(refused.map(({ message }: { message: string }) => message).sort()).toEqual([
      '"mika@example.com" was added to the privileged group "admins" outside this repository',
      '"stranger@example.com", who is not in the roster, was added to the privileged group "admins" outside this repository',
    ]);
    for (const name of ["mika@example.com", "stranger@example.com"]) {
      await admin().send(new AdminRemoveUserFromGroupCommand({ ...person(name), GroupName: "admins" }));
    }
  });

  test("an account that exists is not taken over for its name, until it is named", async () => {
    const { "paul@example.com": _, ...others } = USERS;
    const roster = {
      ...others,
      "mei@example.com": { groups: ["eng"], attributes: { name: "Mei" } },
      "stranger@example.com": { groups: ["admins"] },
    };
    await admin().send(
      new AdminSetUserPasswordCommand({
        ...person("stranger@example.com"),
        Password: "Own-Password-1!",
        Permanent: true,
      }),
    );
    project.writeRoster(roster);
    const refused = await command("deploy --yes", 3);
    expect(refused.refused[0]).toEqual({
      message:
        '"stranger@example.com" already exists in the user pool, and this repository didn\'t create it',
      hint: expect.stringContaining("Someone signs in with it,"),
    });
    expect((await everyone()).get("stranger@example.com")?.groups).toEqual(["eng"]);
    const named = await command("deploy --yes --adopt stranger@example.com");
    expect(named.summary).toContain("1 person is adopted");
    expect(named.access).toEqual(["stranger@example.com"]);
    expect(await command("plan")).toMatchObject({ strangers: [] });
    // In eng by hand, and no line names it.
    await command("deploy --yes");
    expect((await everyone()).get("stranger@example.com")?.groups).toEqual(["admins"]);
  });

  test("what a person set themselves stays, also when their line changes twice; what a line gives up goes", async () => {
    const client = admin();
    const own = [
      { Name: "nickname", Value: "Mei-Mei" },
      { Name: "phone_number", Value: "+819012345678" },
    ];
    await client.send(
      new AdminUpdateUserAttributesCommand({ ...person("mei@example.com"), UserAttributes: own }),
    );
    const { "paul@example.com": _, ...others } = USERS;
    const roster = (name?: string) => ({
      ...others,
      "stranger@example.com": { groups: ["admins"], attributes: { nickname: "S" } },
      "mei@example.com": { groups: ["eng"], ...(name && { attributes: { name } }) },
    });
    for (const name of ["Mei A", "Mei B"]) {
      project.writeRoster(roster(name));
      expect((await command("deploy --yes")).summary).not.toContain("irreversible, 1 would");
    }
    project.writeRoster(roster());
    const planned = await command("plan");
    expect(planned.entries).toEqual([
      expect.objectContaining({
        username: "mei@example.com",
        attributes: [{ name: "name", what: "removed" }],
      }),
    ]);
    await command("deploy --yes");
    expect((await everyone()).get("mei@example.com")?.attributes).toEqual({
      email: "mei@example.com",
      email_verified: "true",
      nickname: "Mei-Mei",
      phone_number: "+819012345678",
    });
  });

  test("a plan that was kept is refused once the pool has changed under it", async () => {
    const { "paul@example.com": _, ...others } = USERS;
    project.writeRoster({
      ...others,
      "stranger@example.com": { groups: ["admins", "eng"], attributes: { nickname: "S" } },
    });
    await command("plan --out kept.tfplan");
    await admin().send(new AdminDeleteUserCommand(person("stranger@example.com")));
    await create("stranger@example.com");
    const { summary } = await command("deploy --yes --plan kept.tfplan", 3);
    expect(summary).toBe("REFUSED: the user pool changed after this plan was made: stranger@example.com");
    expect((await everyone()).get("stranger@example.com")?.groups).toEqual([]);
  });

  test("who is which account is only forgotten when somebody accepts it: not by a declined deploy, not by --refresh, not by plain cdktf", async () => {
    const state = project.read(STATE);
    for (const line of ["plan --allow-replace stranger@example.com", "plan --refresh"]) {
      await project.run(`node scripts/run.mjs ${line}`);
      expect(project.read(STATE), line).toBe(state);
    }
    const plain = await project.run("npx cdktf deploy --auto-approve");
    expect(plain.exitCode, plain.all).not.toBe(0);
    expect(plain.words).toContain("another account now has this name,");
    expect((await everyone()).get("stranger@example.com")?.groups).toEqual([]);
    expect((await command("plan", 3)).summary).toContain("is now another account");
    await command("deploy --yes --allow-replace stranger@example.com");
    expect((await everyone()).get("stranger@example.com")?.groups).toEqual(["admins", "eng"]);
    expect((await command("plan")).entries).toEqual([]);
  });
});
