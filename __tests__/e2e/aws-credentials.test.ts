/** @module-tag full */
/** @module-tag long */

import { AdminSetUserPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { expectClearError } from "../support/damage.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type Call, type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";

const PERSON = "hanako@example.com";
const PASSWORD = "A-lasting-One-7";
const ADMINS = "arn:aws:iam::123456789012:role/Admins";
const SETTINGS = `groups: { admins: { roleArn: "${ADMINS}" } },
  identityPool: { otherwise: "deny", principalTags: { team: "custom:team" } },
  client:`;

/** Which roles and tags an identity pool has: moto 5.2.1 has no such operations. */
function rolesAndTags() {
  const kept: Record<"Roles" | "Tags", object> = { Roles: {}, Tags: {} };
  const answer = ({ operation, input }: Call) => {
    const { IdentityPoolId, IdentityProviderName } = input;
    switch (operation) {
      case "SetIdentityPoolRoles":
        kept.Roles = { Roles: input.Roles, RoleMappings: input.RoleMappings };
        return { body: {} };
      case "GetIdentityPoolRoles":
        return { body: { IdentityPoolId, ...kept.Roles } };
      case "SetPrincipalTagAttributeMap":
        kept.Tags = { PrincipalTags: input.PrincipalTags, UseDefaults: input.UseDefaults };
        return { body: input };
      case "GetPrincipalTagAttributeMap":
        return { body: { IdentityPoolId, IdentityProviderName, ...kept.Tags } };
      default:
        return undefined;
    }
  };
  return { kept, answer };
}

/**
 * An identity pool by a real deploy, and credentials from it. moto is trusted for the user pool, for keeping the identity pool and the
 * IAM role, and for STS; it gives everyone the same keys, and the proxy in front of it keeps who gets which role. Each test goes on where
 * the one before it stopped.
 */
describe.skipIf(!inject("moto"))("AWS credentials from an identity pool", () => {
  let moto: RunningEmulator;
  let proxy: RetouchingProxy;
  let project: Project;
  const identity = rolesAndTags();
  const run = (line: string, input?: string) =>
    project.run(`node scripts/run.mjs ${line}`, input === undefined ? {} : { input });
  const document = async (line: string, exitCode = 0) => {
    const result = await run(`${line} --json`);
    expect(result.exitCode, result.all).toBe(exitCode);
    return JSON.parse(result.stdout);
  };

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startRetouchingProxy(moto.endpoint, { answer: identity.answer });
    project = await Project.withProvider(emulatorEnvironment(proxy.endpoint));
    project.writeRoster({ [PERSON]: { groups: ["admins"] } });
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("without an identity pool the command says what to add to config.ts", async () => {
    await document("deploy --yes");
    const person = { UserPoolId: await userPoolId(), Username: PERSON };
    await emulatorClient(moto.endpoint).send(
      new AdminSetUserPasswordCommand({ ...person, Password: PASSWORD, Permanent: true }),
    );
    expectClearError(
      await run(`aws-credentials ${PERSON} --password-stdin`, `${PASSWORD}\n`),
      1,
      "identityPool: {}",
    );
  });

  test("the plan says that people get AWS credentials and which role admins may assume, and the deploy sets just that", async () => {
    project.configure("client:", SETTINGS);
    const planned = await document("plan");
    expect(planned.summary).toContain("new ways in");
    expect(JSON.stringify(planned)).toContain(`admins may assume ${ADMINS}`);
    await document("deploy --yes");
    const created = proxy.calls.find(({ operation }) => operation === "CreateIdentityPool");
    expect(created?.input).toMatchObject({
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [{ ServerSideTokenCheck: true }],
    });
    const provider = `cognito-idp.us-east-1.amazonaws.com/${await userPoolId()}`;
    expect(identity.kept.Roles).toEqual({
      Roles: { authenticated: expect.stringContaining(":role/cognito-roster/cognito-authenticated-") },
      RoleMappings: {
        [`${provider}:${await output("user_pool_client_id")}`]: {
          Type: "Token",
          AmbiguousRoleResolution: "Deny",
        },
      },
    });
    expect(identity.kept.Tags).toMatchObject({ PrincipalTags: { team: "custom:team" } });
    expect((await document("plan")).summary).toMatch(/^Nothing to do/);
  });

  test("--json is what credential_process expects, and nothing else is printed", async () => {
    const result = await run(`aws-credentials ${PERSON} --password-stdin --json`, `${PASSWORD}\n`);
    expect(result.exitCode, result.all).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual({
      Version: 1,
      AccessKeyId: expect.any(String),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const asked = proxy.calls.find(({ operation }) => operation === "GetCredentialsForIdentity");
    expect(asked?.input).toMatchObject({
      Logins: { [`cognito-idp.us-east-1.amazonaws.com/${await userPoolId()}`]: expect.any(String) },
    });
  });

  test("on a terminal's lines it says whose they are, as STS says, and shows no secret", async () => {
    const { exitCode, stdout, all } = await run(
      `aws-credentials ${PERSON} --password-stdin`,
      `${PASSWORD}\n`,
    );
    expect(exitCode, all).toBe(0);
    expect(stdout).toContain(`✔ Temporary AWS credentials for ${PERSON}`);
    expect(stdout).toMatch(/role +arn:aws:/);
    expect(stdout).not.toMatch(/SECRET|Token/);
  });

  test("another role set by hand is in the next plan, and the deploy after it puts ours back", async () => {
    const ours = identity.kept.Roles;
    identity.kept.Roles = { ...ours, Roles: { authenticated: ADMINS } };
    expect((await document("plan --fail-on-drift", 4)).summary).not.toMatch(/^Nothing to do/);
    await document("deploy --yes");
    expect(identity.kept.Roles).toEqual(ours);
  });

  test("removed from config.ts it is only deleted by name, and people get no more credentials", async () => {
    project.configure('identityPool: { otherwise: "deny", principalTags: { team: "custom:team" } },', "");
    const { refused } = await document("plan", 3);
    expect(JSON.stringify(refused)).toContain("no one could get AWS credentials");
    const named = refused.map(({ hint }: { hint: string }) => /--allow-replace (\S+)/.exec(hint)?.[1]);
    await document(`deploy --yes ${named.map((address: string) => `--allow-replace ${address}`).join(" ")}`);
    expect(proxy.calls.map(({ operation }) => operation)).toContain("DeleteIdentityPool");
    expect((await document("plan")).summary).toMatch(/^Nothing to do/);
    const refusedNow = await run(`aws-credentials ${PERSON} --password-stdin`, `${PASSWORD}\n`);
    expectClearError(refusedNow, 1, "No identity pool has been deployed");
  });

  const output = async (name: string): Promise<string> =>
    JSON.parse(project.read("terraform.cognito-roster.tfstate")).outputs[name].value;
  const userPoolId = () => output("user_pool_id");
});
