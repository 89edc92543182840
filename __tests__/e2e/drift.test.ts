/** @module-tag full */
/** @module-tag long */

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
  DeleteGroupCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listMemberships } from "../../lib/directory/pool/groups.ts";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { config } from "../as-cloned/config.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const STATE = "terraform.cognito-roster.tfstate";

/**
 * A pool that others have changed, on real Terraform and moto, which is trusted for what it stores; it asks for an old
 * address as Cognito does: in vain. Every call is counted on its way. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("a user pool that was changed by other hands", () => {
  const USERS: Record<string, object> = {
    "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["ops"] },
    "taro@example.com": { groups: ["ops", "dev"] },
    "jiro@example.com": {},
    "saburo@example.com": { groups: ["dev"] },
    "guest@example.com": {},
    "leaver@example.com": { leaving: true },
  };
  let moto: RunningEmulator;
  let proxy: FaultyProxy;
  let project: Project;
  let ids: { readonly UserPoolId: string; readonly ClientId: string };
  let calls: string[] = [];
  const admin = () => emulatorClient(moto.endpoint);

  const everyone = async () => {
    const people = await listPeople(admin(), { userPoolId: ids.UserPoolId });
    const { of } = await listMemberships(admin(), { userPoolId: ids.UserPoolId });
    return new Map(
      people.map(({ username, sub, enabled, attributes }) => [
        attributes.email ?? "",
        { sub, enabled, attributes, groups: of.get(username) ?? [] },
      ]),
    );
  };
  const command = async (line: string, exitCode = 0) => {
    calls = [];
    const done = await project.run(`node scripts/run.mjs ${line} --json`);
    expect(done.exitCode, done.all).toBe(exitCode);
    return { ...done, document: JSON.parse(done.stdout || "{}") };
  };
  const deploy = () => command("deploy --yes");
  /** Beside what is made anew by every run: when they were written, by name. */
  const filesOf = () =>
    readdirSync(project.directory)
      .filter((name) => ![".cache", "cdktf.out"].includes(name))
      .map((name) => [name, lstatSync(join(project.directory, name)).mtimeMs]);
  const counts = () => {
    const count = (operation: string) => calls.filter((one) => one === operation).length;
    return {
      listUsers: count("ListUsers"),
      others: calls.length - count("ListUsers"),
      read: count("AdminGetUser"),
    };
  };

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startFaultyProxy(moto.endpoint, {
      faults: { throttle: 0, drop: 0, delay: 0 },
      random: () => 0.5,
      // Only Cognito's; others have other targets, or none.
      onCall: (operation) => void calls.push(operation),
    });
    project = await Project.withProvider(emulatorEnvironment(proxy.endpoint));
    project.writeRoster(USERS);
    await deploy();
    const { userPoolId, clientId } = await readDeployment({
      projectDirectory: project.directory,
      settings: config,
    });
    ids = { UserPoolId: userPoolId, ClientId: clientId };
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  let constant = 0;

  test("a plan asks for 6 people with one call, and for the rest with a few", async () => {
    const { document } = await command("plan");
    expect(document).toMatchObject({ entries: [], drift: { people: [], things: [] } });
    expect(counts()).toMatchObject({ listUsers: 1, read: 0 });
    constant = counts().others;
    // DescribeUserPool, GetUserPoolMfaConfig, DescribeUserPoolClient, ListUserPoolClients, ListGroups, ListResourceServers,
    // ListIdentityProviders, and GetGroup and ListUsersInGroup for each of the two groups.
    expect(constant).toBe(11);
  });

  let before: Awaited<ReturnType<typeof everyone>>;

  test("a plan shows what has drifted, and writes nothing", async () => {
    before = await everyone();
    const { UserPoolId, ClientId } = ids;
    const client = admin();
    const changed = { UserPoolId, Username: "hanako@example.com" };
    const attributes = { name: "Somebody", phone_number: "+819012345678" };
    await client.send(
      new AdminUpdateUserAttributesCommand({
        ...changed,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    await client.send(new AdminDisableUserCommand({ UserPoolId, Username: "jiro@example.com" }));
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: "taro@example.com" }));
    await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: "leaver@example.com" }));
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username: "stranger@example.com" }));
    await client.send(new DeleteGroupCommand({ UserPoolId, GroupName: "dev" }));
    await client.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, AccessTokenValidity: 5 }));
    const SoftwareTokenMfaConfiguration = { Enabled: true };
    const mfa = { UserPoolId, MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration } as const;
    await client.send(new SetUserPoolMfaConfigCommand(mfa));

    const state = project.read(STATE);
    const files = filesOf();
    const { document } = await command("plan");
    // A lock, or a copy of the state, would need a directory that can be written.
    expect(filesOf()).toEqual(files);
    expect(document.drift.people).toEqual([
      { username: "hanako@example.com", what: "differs", attributes: ["name"] },
      { username: "jiro@example.com", what: "differs", attributes: [], enabled: false, held: true },
      { username: "taro@example.com", what: "missing", attributes: [], invitation: "email", held: true },
    ]);
    const things = document.drift.things as { about: string; label: string; missing?: true }[];
    expect(things.map(({ about }) => about).sort()).toEqual(["client", "group", "pool"]);
    expect(things).toContainEqual({ about: "group", label: "dev", settings: [], missing: true });
    expect(things).toContainEqual(
      expect.objectContaining({
        about: "client",
        settings: [{ name: "access_token_validity", from: "60", to: "5" }],
      }),
    );
    expect(document.strangers).toEqual(["stranger@example.com"]);
    // What a deploy puts back: the same plan.
    expect(document.entries.map(({ address }: { address: string }) => address).sort()).toEqual([
      'aws_cognito_user.users["hanako@example.com"]',
      'aws_cognito_user_group.groups["dev"]',
      'aws_cognito_user_in_group.memberships["saburo@example.com in dev"]',
      "aws_cognito_user_pool.pool",
      "aws_cognito_user_pool_client.client",
    ]);
    expect(document.summary).toContain(
      "1 account disabled by hand stays disabled, 1 account deleted by hand stays deleted",
    );
    // The group that is gone has no members to ask for.
    expect(counts()).toEqual({ listUsers: 1, others: constant - 1, read: 0 });
    expect(project.read(STATE)).toBe(state);
  });

  test("a deploy shows what it puts back, and puts it back, also while somebody leaves with it; whoever is let in is named", async () => {
    project.writeRoster({ ...USERS, "guest@example.com": { leaving: true } });
    const { document } = await command("deploy --yes --enable jiro@example.com --recreate taro@example.com");
    expect(document.access).toEqual(["jiro@example.com", "saburo@example.com", "taro@example.com"]);
    const people = document.entries.filter((entry: { about: string }) => entry.about === "person");
    expect(
      people.map(({ username, what }: { username: string; what: string }) => `${username} ${what}`).sort(),
    ).toEqual([
      "guest@example.com leaves",
      "hanako@example.com changes",
      "jiro@example.com changes",
      "taro@example.com joins",
    ]);
    expect(document.drift.people).toHaveLength(3);

    const now = await everyone();
    for (const name of ["jiro@example.com", "saburo@example.com"])
      expect(now.get(name), name).toEqual(before.get(name));
    // No line names a phone number: it is the person's own.
    expect(now.get("hanako@example.com")?.attributes).toEqual({
      ...before.get("hanako@example.com")?.attributes,
      phone_number: "+819012345678",
    });
    const { sub, ...taro } = now.get("taro@example.com") ?? {};
    expect(sub).not.toBe(before.get("taro@example.com")?.sub);
    expect(taro).toMatchObject({ enabled: true, groups: ["dev", "ops"] });
    expect(now.get("guest@example.com")).toEqual({ ...before.get("guest@example.com"), enabled: false });
    // Whoever was leaving and is gone has left.
    expect([...now.keys()].sort()).toEqual(
      ["stranger@example.com", ...before.keys()].filter((name) => name !== "leaver@example.com").sort(),
    );

    expect((await command("plan")).document).toMatchObject({
      entries: [],
      drift: { people: [], things: [] },
    });
  });

  test("an e-mail address that was changed is put back, and nobody is created a second time", async () => {
    const was = await everyone();
    const name = "hanako@example.com";
    const UserAttributes = [{ Name: "email", Value: "elsewhere@example.com" }];
    const changed = { UserPoolId: ids.UserPoolId, Username: name, UserAttributes };
    await admin().send(new AdminUpdateUserAttributesCommand(changed));

    const { document } = await command("plan");
    expect(document.drift.people).toEqual([
      { username: name, what: "differs", attributes: ["email"], now: "elsewhere@example.com" },
    ]);
    expect(document.strangers).toEqual(["stranger@example.com"]);
    const refused = await project.run("node scripts/run.mjs plan --refresh");
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain(`${name} would be created a second time`);

    await deploy();
    expect(await everyone()).toEqual(was);
    expect((await command("plan")).document).toMatchObject({
      entries: [],
      drift: { people: [], things: [] },
    });
  });

  test("an account that was deleted and created anew by hand is refused, until it is allowed by name", async () => {
    const { UserPoolId } = ids;
    const name = "jiro@example.com";
    await admin().send(new AdminDeleteUserCommand({ UserPoolId, Username: name }));
    const UserAttributes = [
      { Name: "email", Value: name },
      { Name: "email_verified", Value: "true" },
    ];
    await admin().send(new AdminCreateUserCommand({ UserPoolId, Username: name, UserAttributes }));

    const state = project.read(STATE);
    // The second one knows as much as the first: nothing of it was read into the state.
    for (const line of ["deploy --yes", "plan --refresh"]) {
      const { document } = await command(line, 3);
      expect(document.summary, line).toBe(
        `REFUSED: "${name}" is now another account, with another sub than the deployed one`,
      );
      expect(project.read(STATE)).toBe(state);
    }
    const { document } = await command(`deploy --yes --allow-replace ${name}`);
    expect(document.exceptions).toEqual([expect.stringContaining(`--allow-replace ${name}`)]);
    expect((await command("plan")).document).toMatchObject({
      entries: [],
      drift: { people: [], things: [] },
    });
  });

  test("a plan asks for 130 people with three calls, and for the rest with as few as before", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 130 - 5 }, (_, index) => [`person${index}@example.com`, { groups: ["ops"] }]),
    );
    // Without the leaver, and with the stranger there are 130 in the pool.
    const { "leaver@example.com": _, ...others } = USERS;
    project.writeRoster({ ...others, "guest@example.com": { leaving: true }, ...many });
    await deploy();
    expect((await everyone()).size).toBe(131);
    await command("plan");
    // 127 of them are in ops: three calls instead of one.
    expect(counts()).toEqual({ listUsers: 3, others: constant + 2, read: 0 });
  });

  test("--refresh says first how many people Terraform reads, and reads them", async () => {
    const { stderr, document } = await command("plan --refresh");
    expect(stderr).toMatch(/Terraform reads 130 people one by one .*bills each/);
    expect(stderr.indexOf("bills each")).toBeLessThan(stderr.indexOf("Terraform: planning"));
    expect(counts().read).toBe(130);
    expect(document).toMatchObject({ entries: [], drift: { people: [], things: [] } });
  });
});
