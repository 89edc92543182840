/** @module-tag full */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeUserPoolCommand, UpdateUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";

const BARE = 'name: "people"';
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const TRIGGERS = `${BARE}, triggers: {
      preSignUp: "${functionArn("gate")}",
      preTokenGeneration: { arn: "${functionArn("token")}", version: "V2_0" },
    }`;
const RESOURCES = `import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import type { CognitoRosterStack } from "./lib/stack/synth/roster-stack.ts";

export default (stack: CognitoRosterStack) => {
  new SsmParameter(stack, "pool-id", { name: "/people/pool-id", type: "String", value: stack.userPool.id });
};
`;

/**
 * Lambda triggers, and a team's own resource beside them, by real deploys. moto 5.2.1 is trusted for keeping the functions that a
 * pool calls, who may call a function, and a parameter; it calls no function. What of a pool is fixed it forgets at
 * UpdateUserPool: the proxy before it answers for that. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("Lambda triggers, and resources.ts", () => {
  let moto: RunningEmulator;
  let proxy: RetouchingProxy;
  let project: Project;
  let UserPoolId = "";

  const run = async (command: string, exitCode = 0) => {
    const result = await project.run(`node scripts/run.mjs ${command}`);
    expect(result.exitCode, result.all).toBe(exitCode);
    return result;
  };
  const client = () => emulatorClient(proxy.endpoint);
  const live = async () => {
    const { UserPool = {} } = await client().send(new DescribeUserPoolCommand({ UserPoolId }));
    return UserPool;
  };
  /** moto tells services apart by what a request was signed for. */
  const ask = async (service: string, path: string, init: RequestInit = {}) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    return fetch(`${moto.endpoint}${path}`, { ...init, headers: { ...init.headers, authorization } });
  };
  const makeFunction = async (name: string) => {
    const code = zipSync({ "index.mjs": strToU8("export const handler = async (event) => event;") });
    const made = await ask("lambda", "/2015-03-31/functions", {
      method: "POST",
      body: JSON.stringify({
        FunctionName: name,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::123456789012:role/functions",
        Code: { ZipFile: Buffer.from(code).toString("base64") },
      }),
    });
    expect(made.status, await made.text()).toBe(201);
  };
  /** What permits calls of a function. */
  const permitted = async (name: string) => {
    const answer = await ask("lambda", `/2015-03-31/functions/${name}/policy`);
    const { Policy } = (await answer.json()) as { Policy?: string };
    return Policy === undefined ? [] : JSON.parse(Policy).Statement;
  };

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startRetouchingProxy(moto.endpoint, {
      retouch: ({ operation }, body) => {
        if (operation !== "DescribeUserPool") return body;
        const fixed = { UsernameAttributes: ["email"], UsernameConfiguration: { CaseSensitive: false } };
        return { UserPool: { ...(body.UserPool as object), ...fixed } };
      },
    });
    const role = new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "functions",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
    });
    expect((await ask("iam", "/", { method: "POST", body: role })).status).toBe(200);
    await makeFunction("gate");
    await makeFunction("token");
    project = await Project.withProvider({
      ...emulatorEnvironment(moto.endpoint),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: proxy.endpoint,
    });
    project.writeRoster({ "a@example.com": {} });
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("are deployed in one plan: the functions, each with its permission for this pool, and the team's parameter", async () => {
    project.configure(BARE, TRIGGERS);
    writeFileSync(join(project.directory, "resources.ts"), RESOURCES);
    const { stdout } = await run("deploy --yes --json");
    const document = JSON.parse(stdout);
    UserPoolId = document.deployment.userPoolId;
    const { LambdaConfig, Arn } = await live();
    expect(LambdaConfig).toEqual({
      PreSignUp: functionArn("gate"),
      PreTokenGeneration: functionArn("token"),
      PreTokenGenerationConfig: { LambdaArn: functionArn("token"), LambdaVersion: "V2_0" },
    });
    expect(await permitted("gate")).toEqual([
      expect.objectContaining({
        Sid: `${UserPoolId}-pre_sign_up`,
        Action: "lambda:InvokeFunction",
        Principal: { Service: "cognito-idp.amazonaws.com" },
        Condition: { ArnLike: { "AWS:SourceArn": Arn } },
      }),
    ]);
    expect(await permitted("token")).toHaveLength(1);
    const parameter = await ask("ssm", "/", {
      method: "POST",
      headers: { "x-amz-target": "AmazonSSM.GetParameter", "content-type": "application/x-amz-json-1.1" },
      body: JSON.stringify({ Name: "/people/pool-id" }),
    });
    expect(await parameter.json()).toMatchObject({ Parameter: { Value: UserPoolId } });
  });

  test("and the next plan has nothing to do", async () => {
    expect((await run("plan")).words).toContain("Nothing to do");
  });

  test("a function that was put in by hand is found, with what it may do", async () => {
    const { AdminCreateUserConfig, ...pool } = await live();
    await client().send(
      new UpdateUserPoolCommand({
        UserPoolId,
        AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
        DeletionProtection: pool.DeletionProtection,
        AccountRecoverySetting: pool.AccountRecoverySetting,
        VerificationMessageTemplate: pool.VerificationMessageTemplate,
        Policies: pool.Policies,
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: AdminCreateUserConfig?.AllowAdminCreateUserOnly },
        LambdaConfig: { ...pool.LambdaConfig, UserMigration: functionArn("evil") },
      }),
    );
    const { words } = await run("plan");
    expect(words).toContain("was changed outside this repository");
    expect(words).toContain(`lambda_config.user_migration: none → ${functionArn("evil")}`);
    expect(words).toContain("can let anyone in: it");
  });

  test("taken out of config.ts, all of them go, with their permissions; so does the one by hand", async () => {
    project.configure(TRIGGERS, BARE);
    const { words } = await run("deploy --yes");
    expect(words).toContain("functions that can affect sign-in change: preSignUp, preTokenGeneration");
    expect((await live()).LambdaConfig ?? {}).toEqual({});
    expect(await permitted("gate")).toEqual([]);
    expect(await permitted("token")).toEqual([]);
  });

  test("what resources.ts has no more is not deleted unseen", async () => {
    rmSync(join(project.directory, "resources.ts"));
    const { words } = await run("plan", 3);
    expect(words).toContain("REFUSED: aws_ssm_parameter.pool-id would be deleted");
  });
});
