/** @module-tag full */

import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const BARE = 'client: { name: "app" }';
const RICH = `client: {
    name: "app",
    oauth: { callbackUrls: ["https://app.example.com/"], logoutUrls: ["https://app.example.com/out"] },
    refreshTokenRotation: {},
    sessionValidityMinutes: 9,
  }`;
const POOL = 'name: "people"';
const TEXTS = `${POOL}, domainPrefix: "team-people", verification: { emailMessage: "Ours: {####}" }`;

/**
 * What config.ts does not say any more is taken back from the app client and the pool, by real deploys. moto 5.2.1 is trusted
 * for keeping what an update leaves out, as the provider does; not for AllowedOAuthFlowsUserPoolClient, which it never turns off,
 * nor for the pool after UpdateUserPool, which forgets how usernames are compared: nothing is planned after the last test.
 */
describe.skipIf(!inject("moto"))("what is taken out of config.ts", () => {
  let moto: RunningEmulator;
  let project: Project;
  let ids: { readonly UserPoolId: string; readonly ClientId: string };

  const deploy = async () => {
    const result = await project.run("node scripts/run.mjs deploy --yes --json");
    expect(result.exitCode, result.all).toBe(0);
    const { deployment } = JSON.parse(result.stdout);
    ids = { UserPoolId: deployment.userPoolId, ClientId: deployment.clientId };
  };
  const plan = async () => {
    const result = await project.run("node scripts/run.mjs plan");
    expect(result.exitCode, result.all).toBe(0);
    return result.words;
  };
  const appClient = async () => {
    const answer = await emulatorClient(moto.endpoint).send(new DescribeUserPoolClientCommand(ids));
    return answer.UserPoolClient ?? {};
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.writeRoster({ "a@example.com": {} });
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("is told, goes, and stays away", async () => {
    project.configure(BARE, RICH);
    project.configure(POOL, TEXTS);
    await deploy();
    expect(await appClient()).toMatchObject({
      CallbackURLs: ["https://app.example.com/"],
      AuthSessionValidity: 9,
      RefreshTokenRotation: { Feature: "ENABLED" },
    });

    project.configure(RICH, BARE);
    expect(await plan()).toContain("https://app.example.com/");
    await deploy();
    expect(await appClient()).toMatchObject({
      AllowedOAuthFlows: [],
      CallbackURLs: [],
      LogoutURLs: [],
      SupportedIdentityProviders: [],
      AuthSessionValidity: 3,
      RefreshTokenRotation: { Feature: "DISABLED" },
    });
    expect(await plan()).toContain("Nothing to do");
  });

  test("an address that was put in by hand is told, and undone", async () => {
    const of = await appClient();
    const { ClientName, ExplicitAuthFlows, TokenValidityUnits, AccessTokenValidity, IdTokenValidity } = of;
    await emulatorClient(moto.endpoint).send(
      new UpdateUserPoolClientCommand({
        ...ids,
        ClientName,
        ExplicitAuthFlows,
        TokenValidityUnits,
        AccessTokenValidity,
        IdTokenValidity,
        AllowedOAuthFlows: ["implicit"],
        AllowedOAuthScopes: ["openid"],
        CallbackURLs: ["https://evil.example.com/"],
      }),
    );
    const words = await plan();
    expect(words).toContain("https://evil.example.com/");
    expect(words).not.toContain("Nothing to do");
    await deploy();
    expect(await appClient()).toMatchObject({ AllowedOAuthFlows: [], CallbackURLs: [] });
    expect(await plan()).toContain("Nothing to do");
  });

  test("a text of verification gives way to Cognito's own", async () => {
    project.configure(TEXTS, TEXTS.replace(/, verification.*$/, ""));
    await deploy();
    const { UserPool } = await emulatorClient(moto.endpoint).send(new DescribeUserPoolCommand(ids));
    expect(UserPool?.VerificationMessageTemplate?.EmailMessage).toBe("Your verification code is {####}. ");
  });
});
