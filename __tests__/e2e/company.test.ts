/** @module-tag full */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminListGroupsForUserCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const FUNCTION = "acme-claims";

/**
 * examples/company as its README starts it. moto 5.2.1 is trusted for keeping what it is given; it calls no function, sends no
 * mail, and asks for neither the SES identity nor the groups' roles.
 */
describe.skipIf(!inject("moto"))("one company's pool", () => {
  let moto: RunningEmulator;
  let project: Project;
  let deployment: { userPoolId: string; clients: Record<string, { clientId: string }> };

  const cognito = () => emulatorClient(moto.endpoint);
  /** moto tells services apart by what a request was signed for. */
  const ask = (service: string, path: string, body: string | URLSearchParams) =>
    fetch(`${moto.endpoint}${path}`, {
      method: "POST",
      body,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
  const clientOf = async (name: string) => {
    const ClientId = deployment.clients[name]?.clientId;
    const { UserPoolClient } = await cognito().send(
      new DescribeUserPoolClientCommand({ UserPoolId: deployment.userPoolId, ClientId }),
    );
    return UserPoolClient ?? {};
  };

  beforeAll(async () => {
    moto = await startMoto();
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const role = {
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "functions",
      AssumeRolePolicyDocument,
    };
    expect((await ask("iam", "/", new URLSearchParams(role))).status).toBe(200);
    const code = zipSync({ "index.mjs": strToU8("export const handler = async (event) => event;") });
    const made = await ask(
      "lambda",
      "/2015-03-31/functions",
      JSON.stringify({
        FunctionName: FUNCTION,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::123456789012:role/functions",
        Code: { ZipFile: Buffer.from(code).toString("base64") },
      }),
    );
    expect(made.status, await made.text()).toBe(201);
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    const example = (file: string) => join(project.directory, "examples", "company", file);
    cpSync(example("users.json"), join(project.directory, "users.json"));
    const config = project.read("examples/company/config.ts");
    writeFileSync(join(project.directory, "config.ts"), config.replace("../../lib", "./lib"));
    const deployed = await project.run("node scripts/run.mjs deploy --yes --json");
    expect(deployed.exitCode, deployed.all).toBe(0);
    deployment = JSON.parse(deployed.stdout).deployment;
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("is there as it is written: mail, factors, passwords, attributes, the function", async () => {
    const UserPoolId = deployment.userPoolId;
    const { UserPool = {} } = await cognito().send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({
      Domain: "acme-staff",
      EmailConfiguration: { EmailSendingAccount: "DEVELOPER", From: "Acme IT <it@example.com>" },
      Policies: { PasswordPolicy: { MinimumLength: 14, PasswordHistorySize: 5 } },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "admin_only", Priority: 1 }] },
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: "V2_0" } },
    });
    const number = UserPool.SchemaAttributes?.find(({ Name }) => Name === "custom:employeeNumber");
    expect(number).toMatchObject({
      AttributeDataType: "Number",
      Mutable: false,
      NumberAttributeConstraints: { MinValue: "1", MaxValue: "99999" },
    });
    const mfa = await cognito().send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    expect(mfa.MfaConfiguration).toBe("ON");
  });

  test("has three app clients, for browsers, for phones, and for a machine, and the API that two of them name", async () => {
    expect(await clientOf("web")).toMatchObject({
      ClientName: "intranet",
      AllowedOAuthFlows: ["code"],
      CallbackURLs: ["https://intranet.example.com/callback"],
    });
    expect(await clientOf("mobile")).toMatchObject({
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 20 },
      WriteAttributes: ["name"],
    });
    expect(await clientOf("backend")).toMatchObject({
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: ["https://api.example.com/read"],
    });
    const { ResourceServer } = await cognito().send(
      new DescribeResourceServerCommand({
        UserPoolId: deployment.userPoolId,
        Identifier: "https://api.example.com",
      }),
    );
    expect(ResourceServer?.Scopes).toHaveLength(2);
  });

  test("has its people in groups that give roles", async () => {
    const { Groups = [] } = await cognito().send(
      new AdminListGroupsForUserCommand({
        UserPoolId: deployment.userPoolId,
        Username: "hanako@example.com",
      }),
    );
    expect(Groups.map(({ GroupName, RoleArn }) => [GroupName, RoleArn]).sort()).toEqual([
      ["admins", "arn:aws:iam::123456789012:role/acme-admin"],
      ["everybody", undefined],
    ]);
  });

  test("a second plan has nothing to do", async () => {
    const planned = await project.run("node scripts/run.mjs plan");
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.words).toContain("Nothing to do: everything is as declared");
  });
});
