/** @module-tag full */

import {
  AdminListGroupsForUserCommand,
  AdminUpdateUserAttributesCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient, livePeople } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";

/**
 * Somebody gets a new address and keeps the account, by real deploys. moto 5.2.1 is trusted for this: in a pool that people
 * enter by e-mail it finds them by the address that they have now, and by their sub; that groups hold, and that nobody else may
 * have the address. Not for the password and MFA, which no call here touches. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("a changed e-mail address", () => {
  const HANAKO = { attributes: { name: "Hanako" }, groups: ["staff", "ops"] };
  const OTHERS = { "taro@example.com": { groups: ["staff"] } };
  let moto: RunningEmulator;
  let proxy: RetouchingProxy;
  let project: Project;
  let userPoolId: string;
  let sub: string;

  const run = (command: string) => project.run(`node scripts/run.mjs ${command}`);
  const deploy = () => run("deploy --yes --json");
  const everyone = () => livePeople(emulatorClient(moto.endpoint), userPoolId);
  const subOf = async (address: string) => (await everyone()).find(({ email }) => email === address)?.sub;
  const groupsOf = async (address: string) => {
    const command = new AdminListGroupsForUserCommand({ UserPoolId: userPoolId, Username: address });
    const { Groups = [] } = await emulatorClient(moto.endpoint).send(command);
    return Groups.map(({ GroupName }) => GroupName).sort();
  };
  /** What was asked of Cognito that makes, removes or regroups somebody, since this many calls. */
  const harm = (since: number) =>
    proxy.calls
      .slice(since)
      .map(({ operation }) => operation)
      .filter((operation) =>
        /^Admin(Create|Delete|Disable)User$|^Admin(Add|Remove)User(To|From)Group$/.test(operation),
      );

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startRetouchingProxy(moto.endpoint);
    project = await Project.withProvider(emulatorEnvironment(proxy.endpoint));
    project.writeRoster({ "old@example.com": HANAKO, ...OTHERS });
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    userPoolId = JSON.parse(deployed.stdout).deployment.userPoolId;
    sub = (await subOf("old@example.com")) ?? "";
    expect(sub).not.toBe("");
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("without formerly is refused with what to write", async () => {
    project.writeRoster({ "new@example.com": HANAKO, ...OTHERS });
    const refused = await deploy();
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain('"formerly": "old@example.com"');
  });

  test("with it is refused by Terraform alone, which would make another account", async () => {
    project.writeRoster({ "new@example.com": { ...HANAKO, formerly: "old@example.com" }, ...OTHERS });
    const why = /Terraform alone can't change an address without deleting[\s\S]*prevent_destroy/;
    await expect(project.plan()).rejects.toMatchObject({ why: expect.stringMatching(why) });
  });

  test("is told, keeps the account and its groups at every moment, and is settled by it", async () => {
    const since = proxy.calls.length;
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    const document = JSON.parse(deployed.stdout);
    expect(document.summary).toBe("1 person gets a new address — nothing irreversible");
    expect(document.lines[0].what.join("; ")).toContain("is old@example.com under a new address");
    expect(await subOf("new@example.com")).toBe(sub);
    expect(await groupsOf("new@example.com")).toEqual(["ops", "staff"]);
    expect(await everyone()).toHaveLength(2);
    expect(harm(since)).toEqual([]);
  });

  test("formerly can be taken out, which changes nothing", async () => {
    project.writeRoster({ "new@example.com": HANAKO, ...OTHERS });
    const plan = await run("plan");
    expect(plan.words).toContain("Nothing to do");
  });

  test("goes on where a deploy was killed behind the call, and does what else the line says", async () => {
    const client = emulatorClient(moto.endpoint);
    const UserAttributes = [
      { Name: "email", Value: "newer@example.com" },
      { Name: "email_verified", Value: "true" },
    ];
    await client.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: userPoolId, Username: sub, UserAttributes }),
    );
    const line = { attributes: { name: "Hanako II" }, groups: ["staff"], formerly: "new@example.com" };
    project.writeRoster({ "newer@example.com": line, ...OTHERS });
    const since = proxy.calls.length;
    const deployed = await deploy();
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(await subOf("newer@example.com")).toBe(sub);
    expect(await groupsOf("newer@example.com")).toEqual(["staff"]);
    expect(harm(since)).toEqual(["AdminRemoveUserFromGroup"]);
    const plan = await run("plan");
    expect(plan.words).toContain("Nothing to do");
  });
});
