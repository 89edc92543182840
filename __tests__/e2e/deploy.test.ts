/** @module-tag full */
/** @module-tag long */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inspect } from "node:util";
import { CognitoIdentityProviderClient, ListUsersCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { TerraformError } from "../../lib/terraform/errors.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { filesContaining } from "../support/written.ts";

/**
 * One pool's life with the plain cdktf CLI, the real Terraform and the real provider, on moto: it is trusted for what it
 * stores, for a clean second plan, and for refusing wrong and weak passwords as Cognito does, except by SRP, which it does not verify. Each test goes on where the
 * one before it stopped.
 */
describe.skipIf(!inject("moto"))("a pool's life with plain cdktf", () => {
  const TEMPORARY = "Temporary-Password-1!";
  const NEW = "New-Secure-Password-1!";
  // Everything that Terraform and cdktf could mistake for code of theirs.
  const NASTY =
    'a ${b} %{c} $${d} $%{ %%%{e} "q" \\n \\u0041 ${TfToken[TOKEN.1]} #{TfToken[TOKEN.2]} ~{ <x> 山田 花子';
  const CUSTOM =
    '{ team: { type: "string", maxLength: 30 }, level: { type: "number", min: 1 }, since: { type: "date" }, admin: { type: "boolean", immutable: true } }';
  const USERS = {
    "hanako@example.com": {
      attributes: { name: NASTY, team: "ops", level: "3", since: "2024-04-01", admin: "true" },
      groups: ["ops", "dev"],
    },
    "taro@example.com": { groups: ["ops"] },
    "ci-bot@example.com": { invite: "none" },
    "guest@example.com": { enabled: false },
  };
  const withTemporary = (password: string) => ({
    env: { TF_VAR_temporary_passwords: JSON.stringify({ "hanako@example.com": password }) },
  });
  let moto: RunningEmulator;
  let project: Project;

  const users = async () => {
    const { "cognito-roster": outputs } = JSON.parse(project.read("out.json"));
    const client = new CognitoIdentityProviderClient({
      endpoint: moto.endpoint,
      region: outputs.region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { Users = [] } = await client.send(new ListUsersCommand({ UserPoolId: outputs.user_pool_id }));
    const attribute = (user: (typeof Users)[0], name: string) =>
      user.Attributes?.find((one) => one.Name === name)?.Value;
    return new Map(
      Users.map((user) => [
        attribute(user, "email"),
        { ...user, of: (name: string) => attribute(user, name) },
      ]),
    );
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = new Project(emulatorEnvironment(moto.endpoint));
    project.configure('name: "people"', `name: "people", customAttributes: ${CUSTOM}`);
    project.writeRoster(USERS);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("cdktf deploy creates everyone and writes the outputs", async () => {
    const deployed = await project.run(
      "npx cdktf deploy --auto-approve --outputs-file out.json",
      withTemporary(TEMPORARY),
    );
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("Resources: 11 added, 0 changed, 0 destroyed");
    expect(JSON.parse(project.read("out.json"))["cognito-roster"]).toMatchObject({
      user_pool_id: expect.stringMatching(/^us-east-1_/),
      user_pool_client_id: expect.any(String),
      region: "us-east-1",
      password_policy: { minimum_length: 12, temporary_password_validity_days: 7 },
    });
    expect([...(await users()).keys()].sort()).toEqual(Object.keys(USERS).sort());
  });

  test("cdktf diff right after it has nothing to do", async () => {
    const diff = await project.run("npx cdktf diff", withTemporary(TEMPORARY));
    expect(diff.exitCode, diff.all).toBe(0);
    expect(diff.words).toContain("No changes.");
  });

  test("what looks like code in the roster reaches Cognito as the text it is", async () => {
    const hanako = (await users()).get("hanako@example.com");
    expect(hanako?.of("name")).toBe(NASTY);
    expect(hanako?.of("custom:team")).toBe("ops");
    expect(hanako?.of("custom:level")).toBe("3");
    expect(hanako?.of("email_verified")).toBe("true");
    expect((await users()).get("guest@example.com")?.Enabled).toBe(false);
  });

  test("an operator's temporary password is written to the state, and nowhere else", () => {
    const files = filesContaining(project.directory, TEMPORARY).map((file) =>
      relative(project.directory, file),
    );
    const state = "terraform.cognito-roster.tfstate";
    expect(files.filter((file) => !file.startsWith("__tests__") && !file.startsWith(state))).toEqual([]);
    expect(files).toContain(state);
  });

  test("a wrong temporary password is refused in words", async () => {
    const refused = await project.run(
      "npm run --silent first-login -- hanako@example.com --password-stdin --flow password",
      {
        input: `Wrong-Password-1!\n${NEW}\n`,
      },
    );
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Cognito refused the username or the password of hanako@example.com");
    expect(refused.all).not.toContain("Wrong-Password-1!");
    expect((await users()).get("hanako@example.com")?.UserStatus).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("a weak new password is refused before it is sent, with the policy that the outputs carry", async () => {
    const refused = await project.run(
      "npm run --silent first-login -- hanako@example.com --password-stdin --flow password",
      {
        input: `${TEMPORARY}\nweak\n`,
      },
    );
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("12 characters");
    expect((await users()).get("hanako@example.com")?.UserStatus).toBe("FORCE_CHANGE_PASSWORD");
  });

  test("first login and sign-in find the pool by the outputs of the deploy", async () => {
    const login = await project.run(
      "npm run --silent first-login -- hanako@example.com --password-stdin --flow password --json",
      {
        input: `${TEMPORARY}\n${NEW}\n`,
      },
    );
    expect(login.exitCode, login.stderr).toBe(0);
    expect(JSON.parse(login.stdout)).toMatchObject({ outcome: "confirmed" });
    expect((await users()).get("hanako@example.com")?.UserStatus).toBe("CONFIRMED");

    const signIn = await project.run(
      "npm run --silent sign-in -- hanako@example.com --password-stdin --flow password",
      {
        input: `${NEW}\n`,
      },
    );
    expect(signIn.exitCode, signIn.stderr).toBe(0);
    expect(signIn.all).not.toContain(NEW);
  });

  test("a second first login says that it is finished, and changes nothing", async () => {
    const before = (await users()).get("hanako@example.com");
    const again = await project.run(
      "npm run --silent first-login -- hanako@example.com --password-stdin --flow password",
      {
        input: `${NEW}\nAnother-Password-1!\n`,
      },
    );
    expect(again.exitCode).toBe(0);
    expect(again.all).toMatch(/already/i);
    const after = (await users()).get("hanako@example.com");
    expect(after?.UserStatus).toBe("CONFIRMED");
    expect(after?.UserLastModifiedDate).toEqual(before?.UserLastModifiedDate);
  });

  test("a temporary password that is still exported does not stand in the way of somebody who leaves", async () => {
    project.writeRoster({
      ...USERS,
      "hanako@example.com": { ...USERS["hanako@example.com"], leaving: true },
    });
    const { summary } = await project.plan(withTemporary(TEMPORARY));
    expect(summary).toBe("Plan: 0 to add, 1 to change, 0 to destroy.");
    project.writeRoster(USERS);
  });

  test("an edited temporary password plans no change, so nobody is thrown back to it", async () => {
    expect((await project.plan(withTemporary("Another-Temporary-1!"))).summary).toBe("No changes.");
  });

  test("a temporary password for someone who is not in the roster is refused, and not shown", async () => {
    const mistyped = { TF_VAR_temporary_passwords: '{"hanoko@example.com":"Mistyped-Name-1!"}' };
    const refusal = await project.plan({ env: mistyped }).catch((error) => error);
    expect(refusal).toBeInstanceOf(TerraformError);
    expect(refusal.why).toContain("isn't in the roster");
    expect(inspect(refusal)).not.toContain("Mistyped-Name-1!");
  });

  test("one more person plans exactly one more user", async () => {
    project.writeRoster({ ...USERS, "jiro@example.com": {} });
    const { summary, text } = await project.plan();
    expect(summary).toBe("Plan: 1 to add, 0 to change, 0 to destroy.");
    expect(text).toContain('aws_cognito_user.users["jiro@example.com"] will be created');
  });

  test("someone leaving moves and is disabled; nobody is destroyed", async () => {
    project.writeRoster({ ...USERS, "taro@example.com": { groups: ["ops"], leaving: true } });
    const { summary, text } = await project.plan();
    expect(summary).toBe("Plan: 0 to add, 1 to change, 0 to destroy.");
    expect(text).toContain('moved from aws_cognito_user.users["taro@example.com"]');
  });

  test("a deleted line is refused by Terraform itself", async () => {
    const { "taro@example.com": _, ...others } = USERS;
    project.writeRoster(others);
    await expect(project.plan()).rejects.toThrow(/Instance cannot be destroyed/);
  });

  test("cdktf destroy is refused, until the stack is configured destroyable", async () => {
    project.writeRoster(USERS);
    const refused = await project.run("npx cdktf destroy --auto-approve");
    expect(refused.exitCode).not.toBe(0);
    // cdktf 0.21 does not always show Terraform's reason; what counts is that everyone is still there.
    expect([...(await users()).keys()].sort()).toEqual(Object.keys(USERS).sort());

    project.configure('stack: "cognito-roster"', 'stack: "cognito-roster", destroyable: true');
    const deployed = await project.run("npx cdktf deploy --auto-approve");
    expect(deployed.exitCode, deployed.all).toBe(0);
    const destroyed = await project.run("npx cdktf destroy --auto-approve");
    expect(destroyed.exitCode, destroyed.all).toBe(0);
    const state = JSON.parse(
      readFileSync(join(project.directory, "terraform.cognito-roster.tfstate"), "utf8"),
    );
    expect(state.resources).toEqual([]);
  });
});
