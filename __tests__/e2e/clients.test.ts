/** @module-tag full */

import {
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const ONE = 'client: { name: "app" }';
const SEVERAL = `clients: {
    web: { name: "app", oauth: { callbackUrls: ["https://app.example.com/callback"] } },
    mobile: { name: "mobile", secret: true, secretStore: { ssm: "/people/mobile" }, readAttributes: ["email", "name"] },
    api: {
      name: "api", secret: true, clientCredentials: { scopes: ["api/read"] }, asIs: { allowedOauthScopes: ["api/read"] },
    },
  }`;
/** The machine's client is gone, and the app on phones may read everything again. */
const FEWER = `clients: {
    web: { name: "app" },
    mobile: { name: "mobile", secret: true, secretStore: { ssm: "/people/mobile" } },
  }`;
const API = "aws_cognito_user_pool_client.client_api";

/**
 * Several app clients by real deploys. moto 5.2.1 is trusted for keeping what it is given, of clients and of SSM parameters; it asks
 * for no resource server. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("several app clients", () => {
  let moto: RunningEmulator;
  let project: Project;
  let UserPoolId = "";
  let first = "";

  const cognito = () => emulatorClient(moto.endpoint);
  const deploy = async (...more: string[]) => {
    const result = await project.run(["node scripts/run.mjs deploy --yes --json", ...more].join(" "));
    expect(result.exitCode, result.all).toBe(0);
    return JSON.parse(result.stdout);
  };
  const plan = () => project.run("node scripts/run.mjs plan");
  /** The ids in the pool, by name. */
  const live = async () => {
    const { UserPoolClients = [] } = await cognito().send(
      new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }),
    );
    return Object.fromEntries(UserPoolClients.map(({ ClientName, ClientId }) => [ClientName, ClientId]));
  };
  const describeClient = async (name: string) => {
    const ClientId = (await live())[name];
    const { UserPoolClient } = await cognito().send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    return UserPoolClient ?? {};
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider({
      ...emulatorEnvironment(moto.endpoint),
      TF_VAR_temporary_passwords: JSON.stringify({ "hanako@example.com": "Temporary-1!" }),
    });
    project.configure('pool: { name: "people" }', 'pool: { name: "people", domainPrefix: "people-clients" }');
    project.writeRoster({ "hanako@example.com": { invite: "none" } });
    const { deployment } = await deploy();
    UserPoolId = deployment.userPoolId;
    first = deployment.clientId;
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("the only one is among them afterwards, and the same; the others are made", async () => {
    project.configure(ONE, SEVERAL);
    const planned = await plan();
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.words).toContain("app client mobile is created");
    expect(planned.words).not.toMatch(/hanako@example\.com (changes|is replaced)/);
    const { deployment } = await deploy();
    expect(deployment.clientId).toBe(first);
    expect(Object.keys(deployment.clients)).toEqual(["api", "mobile", "web"]);
    expect(await live()).toMatchObject({ app: first, mobile: deployment.clients.mobile.clientId });
    expect(await describeClient("api")).toMatchObject({
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: ["api/read"],
    });
    expect((await plan()).words).toContain("Nothing to do");
  });

  test("a secret that is stored elsewhere is there, and in no output; a command finds it all the same", async () => {
    const { ClientSecret = "none", ClientId } = await describeClient("mobile");
    const { stdout } = await execa(
      "aws",
      ["ssm", "get-parameter", "--name=/people/mobile", "--with-decryption"],
      {
        env: { ...emulatorEnvironment(moto.endpoint), AWS_DEFAULT_REGION: "us-east-1" },
      },
    );
    expect(JSON.parse(stdout).Parameter).toMatchObject({ Type: "SecureString", Value: ClientSecret });
    const state = JSON.parse(project.read("terraform.cognito-roster.tfstate"));
    expect(JSON.stringify(state.outputs)).not.toContain(ClientSecret);
    const finished = await project.run(
      "node scripts/run.mjs first-login hanako@example.com --client mobile --flow password --password-stdin --json",
      { input: "Temporary-1!\nA-lasting-One-7\n" },
    );
    expect(finished.exitCode, finished.all).toBe(0);
    const { tokens } = JSON.parse(finished.stdout);
    const [, claims = ""] = tokens.accessToken.split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString()).client_id).toBe(ClientId);
  });

  test.each([
    ["mobil", "did you mean --client mobile?"],
    ["api", "People can't sign in through the app client clients.api"],
    ["nothing", "choose one: --client web, --client mobile"],
  ])("--client %s is refused", async (name, words) => {
    const refused = await project.run(`node scripts/run.mjs sign-in hanako@example.com --client ${name}`);
    expect(refused.exitCode, refused.all).toBe(2);
    expect(refused.words).toContain(words);
  });

  test("what was changed by hand is told of its client, and put back", async () => {
    const { ClientId } = await describeClient("app");
    await cognito().send(
      new UpdateUserPoolClientCommand({
        UserPoolId,
        ClientId,
        ClientName: "app",
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["code"],
        AllowedOAuthScopes: ["openid"],
        CallbackURLs: ["https://app.example.com/callback", "https://evil.example.com/"],
      }),
    );
    const planned = await plan();
    expect(planned.words).toMatch(/app client web was changed outside this repository.*evil\.example\.com/);
  });

  test("a client that goes is refused until it is named, and what was taken out of another goes with it", async () => {
    project.configure(SEVERAL, FEWER);
    const refused = await plan();
    expect(refused.exitCode, refused.all).toBe(3);
    expect(refused.words).toContain('the app client "api" would be deleted');
    expect(refused.words).toContain(`--allow-replace ${API}`);
    await deploy(`--allow-replace ${API}`);
    expect(Object.keys(await live()).sort()).toEqual(["app", "mobile"]);
    expect((await describeClient("app")).CallbackURLs ?? []).toEqual([]);
    expect((await describeClient("mobile")).ReadAttributes ?? []).toEqual([]);
  });

  test("back to the short form it is still the same client", async () => {
    await cognito().send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: "somebody's" }));
    project.configure(FEWER, ONE);
    const planned = await plan();
    expect(planned.exitCode, planned.all).toBe(3);
    expect(planned.words).toContain('the app client "mobile" would be deleted');
    expect(planned.words).not.toContain("the app client would be");
  });
});
