/** @module-tag full */

import {
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";

const BARE = 'name: "people"';
const ROLE = "arn:aws:iam::123456789012:role/cognito-sms";
/** All of the pool's settings that moto keeps, and e-mail as a factor and passkeys, which it is only told. */
const RICH = `${BARE},
    tier: "PLUS", threatProtection: "enforced",
    email: {
      ses: {
        sourceArn: "arn:aws:ses:us-east-1:123456789012:identity/example.com",
        from: "Team <people@example.com>", replyTo: "help@example.com", configurationSet: "people",
      },
    },
    sms: { createRole: true, externalId: "people", region: "us-east-1" },
    mfa: "optional", mfaFactors: ["totp", "sms", "email"],
    recovery: "admin_only",
    firstFactors: ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
    passkeys: { relyingPartyId: "example.com", userVerification: "required" },
    passwordPolicy: { history: 7 },
    devices: { remember: "ask", challengeOnNewDevice: true }`;
/** Out again, but for what no deploy takes out: docs/settings.md. */
const LEFT = `${BARE}, tier: "ESSENTIALS", sms: { snsCallerArn: "${ROLE}", externalId: "people", region: "us-east-1" }`;

/**
 * The pool's settings by real deploys. moto 5.2.1 is trusted for keeping what it is given. The proxy before it has what it lacks:
 * what of a pool is fixed, which it forgets at UpdateUserPool, and the answer to GetUserPoolMfaConfig with what it was told of
 * e-mail as a factor and of passkeys.
 */
describe.skipIf(!inject("moto"))("the pool's settings", () => {
  let moto: RunningEmulator;
  let proxy: RetouchingProxy;
  let project: Project;
  let UserPoolId = "";
  let factors: Record<string, unknown> = {};

  const deploy = async () => {
    const result = await project.run("node scripts/run.mjs deploy --yes --json");
    expect(result.exitCode, result.all).toBe(0);
    UserPoolId = JSON.parse(result.stdout).deployment.userPoolId;
  };
  const plan = async () => {
    const result = await project.run("node scripts/run.mjs plan");
    expect(result.exitCode, result.all).toBe(0);
    return result.words;
  };
  const client = () => emulatorClient(proxy.endpoint);
  const live = async () => {
    const { UserPool } = await client().send(new DescribeUserPoolCommand({ UserPoolId }));
    const { $metadata: _, ...mfa } = await client().send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    return { pool: UserPool ?? {}, mfa };
  };

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startRetouchingProxy(moto.endpoint, {
      retouch: ({ operation, input }, body) => {
        if (operation === "SetUserPoolMfaConfig") {
          const { EmailMfaConfiguration, WebAuthnConfiguration } = input;
          factors = { EmailMfaConfiguration, WebAuthnConfiguration };
        }
        if (operation === "GetUserPoolMfaConfig") return { ...body, ...factors };
        if (operation !== "DescribeUserPool") return body;
        const fixed = {
          UsernameAttributes: ["email"],
          UsernameConfiguration: { CaseSensitive: false },
        };
        return { UserPool: { ...(body.UserPool as object), ...fixed } };
      },
    });
    project = await Project.withProvider({
      ...emulatorEnvironment(moto.endpoint),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: proxy.endpoint,
    });
    project.writeRoster({ "a@example.com": {} });
    project.configure('client: { name: "app" }', 'client: { name: "app", authFlows: ["ALLOW_USER_AUTH"] }');
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("reach Cognito, and the next plan has nothing to do", async () => {
    project.configure(BARE, RICH);
    await deploy();
    const { pool, mfa } = await live();
    expect(pool).toMatchObject({
      UserPoolTier: "PLUS",
      UserPoolAddOns: { AdvancedSecurityMode: "ENFORCED" },
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: "arn:aws:ses:us-east-1:123456789012:identity/example.com",
        From: "Team <people@example.com>",
        ReplyToEmailAddress: "help@example.com",
        ConfigurationSet: "people",
      },
      SmsConfiguration: {
        SnsCallerArn: expect.stringMatching(/^arn:aws:iam::\d{12}:role\/cognito-roster\/cognito-sms-/),
        ExternalId: "people",
        SnsRegion: "us-east-1",
      },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "admin_only", Priority: 1 }] },
      Policies: {
        PasswordPolicy: { PasswordHistorySize: 7 },
        SignInPolicy: { AllowedFirstAuthFactors: expect.arrayContaining(["PASSWORD", "EMAIL_OTP"]) },
      },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
    });
    expect(mfa).toMatchObject({
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
      SmsMfaConfiguration: { SmsConfiguration: { ExternalId: "people" } },
      // Of the wire: moto would drop both.
      EmailMfaConfiguration: { Message: expect.stringContaining("{####}") },
      WebAuthnConfiguration: { RelyingPartyId: "example.com", UserVerification: "required" },
    });
    expect(await plan()).toContain("Nothing to do");
  });

  test("changed by hand, they are found and put back", async () => {
    const { pool } = await live();
    const { AdminCreateUserConfig, VerificationMessageTemplate, Policies, ...rest } = pool;
    await client().send(
      new UpdateUserPoolCommand({
        UserPoolId,
        AutoVerifiedAttributes: rest.AutoVerifiedAttributes,
        DeletionProtection: rest.DeletionProtection,
        EmailConfiguration: rest.EmailConfiguration,
        SmsConfiguration: rest.SmsConfiguration,
        AccountRecoverySetting: rest.AccountRecoverySetting,
        DeviceConfiguration: rest.DeviceConfiguration,
        UserPoolAddOns: { AdvancedSecurityMode: "OFF" },
        UserPoolTier: "PLUS",
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: AdminCreateUserConfig?.AllowAdminCreateUserOnly },
        VerificationMessageTemplate,
        Policies,
      }),
    );
    const words = await plan();
    expect(words).toContain("advanced_security_mode");
    expect(words).not.toContain("Nothing to do");
    await deploy();
    expect((await live()).pool.UserPoolAddOns).toEqual({ AdvancedSecurityMode: "ENFORCED" });
  });

  test("taken out again they are gone, and the next plan has nothing to do", async () => {
    project.configure(RICH, LEFT);
    expect(await plan()).toContain("COGNITO_DEFAULT");
    await deploy();
    const { pool, mfa } = await live();
    expect(pool).toMatchObject({
      UserPoolTier: "ESSENTIALS",
      UserPoolAddOns: { AdvancedSecurityMode: "OFF" },
      EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
      SmsConfiguration: { SnsCallerArn: ROLE },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"] } },
    });
    expect(pool.EmailConfiguration).not.toHaveProperty("SourceArn");
    expect(pool.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0).toBe(0);
    expect(pool).not.toHaveProperty("DeviceConfiguration");
    expect(mfa.MfaConfiguration).toBe("OFF");
    // The provider says a factor that is gone with an empty object.
    expect(mfa.EmailMfaConfiguration ?? {}).toEqual({});
    expect(mfa.WebAuthnConfiguration).toBeUndefined();
    expect(await plan()).toContain("Nothing to do");
  });

  test("a sender of SMS stays, and every plan says so", async () => {
    project.configure(LEFT, BARE);
    const words = await plan();
    expect(words).toContain(`remove sns:Publish from ${ROLE}`);
    expect(words).toContain("Nothing to do");
  });
});
