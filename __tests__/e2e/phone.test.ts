/** @module-tag full */

import {
  AdminUpdateUserAttributesCommand,
  DescribeUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const HANAKO = "+819012345678";
const TARO = "+819087654321";
const ROSTER = { [HANAKO]: { attributes: { name: "Hanako" } }, [TARO]: { email: "taro@example.com" } };
const TEMPORARY = "Temporary-pass-1!";
const OWN = "Correct-horse-77!";

/**
 * People who are known by their phone number. moto 5.2.1 is trusted for finding somebody by the number, for refusing wrong
 * passwords, and for what it stores; not for sending SMS, nor for the pool after UpdateUserPool, which forgets how people sign in:
 * so no deploy here changes the pool.
 */
describe.skipIf(!inject("moto"))("a pool that people enter by phone number", () => {
  let moto: RunningEmulator;
  let project: Project;
  let userPoolId: string;
  const client = () => emulatorClient(moto.endpoint);
  const run = async (command: string, lines: readonly string[] = []) => {
    const result = await project.run(`node scripts/run.mjs ${command}`, {
      ...(lines.length > 0 && { input: `${lines.join("\n")}\n` }),
    });
    expect(result.exitCode, result.all).toBe(0);
    return result;
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider({
      ...emulatorEnvironment(moto.endpoint),
      TF_VAR_temporary_passwords: JSON.stringify({ [HANAKO]: TEMPORARY }),
    });
    project.configure(
      'pool: { name: "people" }',
      'pool: { name: "people", signInWith: "phone", sms: { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" } }',
    );
    project.writeRoster(ROSTER);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("they join, invited by SMS, and a second plan has nothing to do", async () => {
    const deployed = await run("deploy --yes --json");
    const { deployment } = JSON.parse(deployed.stdout);
    userPoolId = deployment.userPoolId;
    expect(deployed.words).toContain(`${HANAKO} joins, invited by SMS`);
    const { UserPool } = await client().send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
    expect(UserPool).toMatchObject({
      UsernameAttributes: ["phone_number"],
      AutoVerifiedAttributes: ["phone_number"],
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_phone_number", Priority: 1 }] },
    });
    const people = await listPeople(client(), { userPoolId });
    expect(people.map(({ attributes }) => attributes)).toEqual(
      expect.arrayContaining([
        { name: "Hanako", phone_number: HANAKO, phone_number_verified: "true" },
        {
          email: "taro@example.com",
          email_verified: "true",
          phone_number: TARO,
          phone_number_verified: "true",
        },
      ]),
    );
    expect((await run("plan")).words).toContain("Nothing to do");
  });

  test("they sign in by it for the first time, and again", async () => {
    await run(`first-login ${HANAKO} --password-stdin --flow password`, [TEMPORARY, OWN]);
    await run(`sign-in ${HANAKO} --password-stdin --flow password`, [OWN]);
    const { people } = JSON.parse((await run("status --json")).stdout);
    expect(people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ username: HANAKO, state: "confirmed", invite: "sms" }),
        expect.objectContaining({ username: TARO, state: "invited", invite: "sms" }),
      ]),
    );
  });

  test("what was imported from it is the same roster", async () => {
    const { stdout } = await run(`import-users --user-pool-id ${userPoolId} --json`);
    const { roster, config } = JSON.parse(stdout);
    expect(roster.users).toEqual(ROSTER);
    expect(config).toContain('signInWith: "phone"');
    expect(config).not.toMatch(/recovery|autoVerify|usernameAttributes/);
  });

  test("a number that was changed by hand is told, and put back by a deploy", async () => {
    const [hanako] = await listPeople(client(), { userPoolId, filter: `phone_number = "${HANAKO}"` });
    await client().send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: userPoolId,
        Username: hanako?.username,
        UserAttributes: [{ Name: "phone_number", Value: "+815011112222" }],
      }),
    );
    const told = await run("deploy --yes");
    expect(told.words).toMatch(/phone_number.* changed outside/);
    const people = await listPeople(client(), { userPoolId, filter: `phone_number = "${HANAKO}"` });
    expect(people).toEqual([expect.objectContaining({ sub: hanako?.sub })]);
  });
});
