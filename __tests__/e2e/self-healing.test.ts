/** @module-tag full */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CreateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/** The state knows less than the user pool, as after a killed apply or a lost answer. On real Terraform and moto. */
describe.skipIf(!inject("moto"))("a state that has lost somebody", () => {
  const USERS = {
    "hanako@example.com": { attributes: { name: "Hanako" }, groups: ["staff"] },
    "taro@example.com": { leaving: true },
  };
  let moto: RunningEmulator;
  let project: Project;
  let userPoolId: string;

  const deploy = (more = "") => project.run(`node scripts/run.mjs deploy --yes --json${more}`);
  const everyone = () => livePeople(emulatorClient(moto.endpoint), userPoolId);

  beforeAll(async () => {
    moto = await startMoto();
    project = new Project(emulatorEnvironment(moto.endpoint));
    project.writeRoster(USERS);
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    userPoolId = JSON.parse(deployed.stdout).deployment.userPoolId;
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("someone created behind Terraform's back is adopted as they are once they are named; a stranger is named, and left alone", async () => {
    const client = emulatorClient(moto.endpoint);
    for (const email of ["jiro@example.com", "stranger@example.com"]) {
      const UserAttributes = [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ];
      await client.send(
        new AdminCreateUserCommand({
          UserPoolId: userPoolId,
          Username: email,
          MessageAction: "SUPPRESS",
          UserAttributes,
        }),
      );
    }
    await client.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: userPoolId,
        Username: "jiro@example.com",
        Password: "Correct-horse-77!",
        Permanent: true,
      }),
    );
    await client.send(new CreateGroupCommand({ UserPoolId: userPoolId, GroupName: "ops" }));
    const before = await everyone();

    project.writeRoster({ ...USERS, "jiro@example.com": { groups: ["ops"] } });
    const deployed = await deploy(" --adopt jiro@example.com");
    expect(deployed.exitCode, deployed.all).toBe(0);
    const document = JSON.parse(deployed.stdout);
    expect(document.summary).toBe(
      "1 person is adopted, 1 other change — nothing irreversible, 1 would get access",
    );
    expect(document.strangers).toEqual(["stranger@example.com"]);
    expect(await everyone()).toEqual(before);
  });

  test("people who vanished from the state, one of them leaving, are taken back by name, and nobody notices", async () => {
    const before = await everyone();
    const lost = [
      'aws_cognito_user.users["hanako@example.com"]',
      'aws_cognito_user_in_group.memberships["hanako@example.com in staff"]',
      'aws_cognito_user.leaving["taro@example.com"]',
    ];
    await execa("terraform", ["state", "rm", ...lost], {
      cwd: join(project.directory, "cdktf.out", "stacks", "cognito-roster"),
    });
    const deployed = await deploy(" --adopt hanako@example.com --adopt taro@example.com");
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("Recording 1 group membership that exists already");
    const { summary, terraform } = JSON.parse(deployed.stdout);
    expect(summary).toBe("2 people are adopted — nothing irreversible, 1 would get access");
    expect(terraform).toEqual({ import: 2, add: 0, change: 0, destroy: 0 });
    expect(await everyone()).toEqual(before);

    const again = await project.run("node scripts/run.mjs plan");
    expect(again.words).toContain("Nothing to do");
  });

  test("a pool setting that Cognito can't change is refused at synth, with what it would cost", async () => {
    project.configure('name: "people"', 'name: "everybody"');
    const refused = await project.run("npm run --silent synth");
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('name: "people" → "everybody"');
    expect(refused.stderr).toContain("all 3 people");
  });

  test.each([
    ["empty", '{ "users": {} }'],
    ["truncated", '{ "users": { "hanako@example.com": {}, '],
    ["of no bytes", ""],
  ])("a roster that is %s never synthesizes", async (_, text) => {
    writeFileSync(join(project.directory, "users.json"), text);
    const refused = await project.run("npm run --silent synth");
    expect(refused.exitCode, refused.all).toBe(2);
    expect(refused.stderr).toContain("users.json");
  });
});
