import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { ClientArguments, PoolArguments, Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const nexts = (pool: object, client: object = {}, more: object = {}) =>
  checkSettings({ ...usable(pool, client), ...more } as Settings).map(
    ({ setting, message, next }) => `${setting}: ${message} → ${next}`,
  );

describe("a name of Terraform's, where a setting belongs", () => {
  test.each([
    [
      "no setting for it",
      { smsAuthenticationMessage: "x" },
      "pool.smsAuthenticationMessage: unknown setting → It is an argument of Terraform's aws_cognito_user_pool: write it as pool.asIs.smsAuthenticationMessage.",
    ],
    ["in snake_case", { user_attribute_update_settings: {} }, "pool.asIs.userAttributeUpdateSettings."],
    ["as AWS's API has it", { LambdaConfig: {} }, "Here it is called pool.triggers."],
    ["the same name, deeper", { preSignUp: "arn" }, "Its place is pool.triggers.preSignUp."],
    [
      "another name within",
      { triggers: { preTokenGenerationConfig: {} } },
      "Here it is called pool.triggers.preTokenGeneration.",
    ],
    [
      "within a block that has no setting",
      { attributesRequireVerificationBeforeUpdate: [] },
      "write it as pool.asIs.userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdate.",
    ],
    [
      "beside our own of the same block",
      { passwordPolicy: { passwordHistorySize: 5 } },
      "pool.passwordPolicy.passwordHistorySize: unknown setting → Here it is called pool.passwordPolicy.history.",
    ],
    ["another name here", { emailConfiguration: {} }, "Here it is called pool.email."],
    ["another name here", { sms_configuration: {} }, "Here it is called pool.sms."],
    ["another name within", { fromEmailAddress: "a@b.example" }, "Here it is called pool.email.ses.from."],
    ["the same name, deeper", { sourceArn: "arn" }, "Its place is pool.email.ses.sourceArn."],
    ["another name here", { accountRecoverySetting: {} }, "Here it is called pool.recovery."],
    ["another name within", { advancedSecurityMode: "AUDIT" }, "Here it is called pool.threatProtection."],
    ["another name here", { mfaConfiguration: "ON" }, "Here it is called pool.mfa."],
    ["another name here", { usernameAttributes: ["email"] }, "Here it is called pool.signInWith."],
    ["another name here", { allow_admin_create_user_only: true }, "Here it is called pool.selfSignUp."],
    ["another name here", { deletionProtection: "INACTIVE" }, "Here it is called destroyable."],
    ["of the client", { explicitAuthFlows: [] }, "Here it is called client.authFlows."],
  ])("%s: %j", (_, pool, words) => {
    expect(nexts(pool)).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    [{ callbackUrls: [] }, "Here it is called client.oauth.callbackUrls."],
    [{ CallbackURLs: [] }, "Here it is called client.oauth.callbackUrls."],
    [{ generate_secret: true }, "Here it is called client.secret."],
    [{ analyticsConfiguration: [] }, "write it as client.asIs.analyticsConfiguration."],
  ])("in the client: %j", (client, words) => {
    expect(nexts({}, client)).toEqual([expect.stringContaining(words)]);
  });

  test("at the top", () => {
    expect(nexts({}, {}, { mfaConfiguration: "ON" })).toEqual([
      "mfaConfiguration: unknown setting → Here it is called pool.mfa.",
    ]);
  });

  test("a name that Terraform sets itself is none", () => {
    expect(nexts({ id: "x" })).toEqual([expect.stringContaining("Allowed here: name, signInWith")]);
  });
});

describe("a setting in the wrong place", () => {
  test.each([
    [{ guards: {} }, {}, {}, "pool.guards: unknown setting → Its place is guards."],
    [{}, { mfa: "optional" }, {}, "client.mfa: unknown setting → Its place is pool.mfa."],
    [{}, {}, { maxRemovals: 0 }, "maxRemovals: unknown setting → Its place is guards.maxRemovals."],
    [
      { emailSubject: "Hi" },
      {},
      {},
      "pool.emailSubject: unknown setting → Its place is pool.invitation.emailSubject or pool.verification.emailSubject.",
    ],
    [{}, { accessToken: "5 minutes" }, {}, "Its place is client.tokenValidity.accessToken."],
  ])("%j %j %j", (pool, client, more, words) => {
    expect(nexts(pool, client, more)).toEqual([expect.stringContaining(words)]);
  });
});

describe("asIs", () => {
  const about = (pool: object, client: object = {}) =>
    told(usable({ asIs: pool as PoolArguments }, { asIs: client as ClientArguments }));

  test.each([
    [{ mfaConfiguration: "ON" }, "pool.asIs.mfaConfiguration: it has a setting of its own: pool.mfa"],
    [{ usernameAttributes: ["email"] }, "it has a setting of its own: pool.signInWith"],
    [
      { adminCreateUserConfig: { allowAdminCreateUserOnly: false } },
      "it has a setting of its own: pool.selfSignUp and pool.invitation",
    ],
    [{ tags: { team: "a" } }, "it has a setting of its own: pool.tags"],
    [
      {
        emailConfiguration: {
          emailSendingAccount: "DEVELOPER",
          sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/b.example",
          fromEmailAddress: "a@b.example",
        },
      },
      "it has a setting of its own: pool.email",
    ],
    [
      { smsConfiguration: { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" } },
      "it has a setting of its own: pool.sms",
    ],
    [{ passwordPolicy: { minimumLength: 8 } }, "it has a setting of its own: pool.passwordPolicy"],
    [{ passwordPolicy: { passwordHistorySize: 3 } }, "it has a setting of its own: pool.passwordPolicy"],
    [{ userPoolTier: "LITE" }, "it has a setting of its own: pool.tier"],
    [{ userPoolAddOns: { advancedSecurityMode: "OFF" } }, "setting of its own: pool.threatProtection"],
    [{ signInPolicy: { allowedFirstAuthFactors: ["PASSWORD"] } }, "setting of its own: pool.firstFactors"],
    [
      { accountRecoverySetting: { recoveryMechanism: [{ name: "admin_only", priority: 1 }] } },
      "it has a setting of its own: pool.recovery",
    ],
    [{ deviceConfiguration: {} }, "it has a setting of its own: pool.devices"],
    [
      { verificationMessageTemplate: { emailSubject: "Hi" } },
      "it has a setting of its own: pool.verification",
    ],
    [{ deletionProtection: "INACTIVE" }, "pool.asIs.deletionProtection: it does nothing"],
    [{ lifecycle: { preventDestroy: false } }, "pool.asIs.lifecycle: it does nothing"],
  ])("says which of it has a setting, as a warning: %j", (pool, words) => {
    expect(about(pool)).toEqual([expect.stringMatching(/^warning /)]);
    expect(about(pool)[0]).toContain(words);
  });

  test.each([
    [{ callbackUrls: ["https://a.example"] }, "client.oauth.callbackUrls"],
    [{ generateSecret: true }, "client.secret"],
    [{ accessTokenValidity: 1 }, "client.tokenValidity.accessToken"],
    [{ explicitAuthFlows: ["ALLOW_USER_AUTH"] }, "client.authFlows"],
    [{ refreshTokenRotation: [{ feature: "ENABLED" }] }, "client.refreshTokenRotation"],
  ])("of the client, too: %j", (client, setting) => {
    expect(about({}, client)).toEqual([
      expect.stringMatching(/^warning client\.asIs\.\w+: it has a setting of its own: /),
    ]);
    expect(about({}, client)[0]).toContain(setting);
  });

  test.each([
    [{ lambdaConfig: {}, emailConfiguration: {} }, {}],
    [{ userPoolAddOns: { advancedSecurityMode: "AUDIT" } }, {}],
    [{ accountRecoverySetting: { recoveryMechanism: [] } }, {}],
    [{ usernameConfiguration: undefined }, { generateSecret: undefined, tokenValidityUnits: undefined }],
    [{ usernameAttributes: ["email", "phone_number"] }, {}],
    [{ softwareTokenMfaConfiguration: { enabled: true } }, {}],
    [{ verificationMessageTemplate: { emailMessageByLink: "{##here##}" } }, {}],
    [{ schema: [{ name: "level", attributeDataType: "Number" }] }, {}],
    [{}, { explicitAuthFlows: ["USER_PASSWORD_AUTH"] }],
    [{}, { refreshTokenRotation: [{ feature: "DISABLED" }] }],
    [{}, { accessTokenValidity: 600, tokenValidityUnits: [{ accessToken: "seconds" }] }],
    [{}, { allowedOauthFlows: ["client_credentials"], allowedOauthScopes: ["api/read"] }],
    [{ dependsOn: [] }, { lifecycle: { ignoreChanges: ["name"] } }],
  ])("stays for what has none: %j %j", (pool, client) => {
    expect(about(pool, client)).toEqual([]);
  });

  test.each([
    [{ userPoolTeir: "LITE" }, "pool.asIs.userPoolTeir", "Did you mean userPoolTier?"],
    [{ user_pool_tier: "LITE" }, "pool.asIs.user_pool_tier", "Did you mean userPoolTier?"],
    [{ nonsense: 1 }, "pool.asIs.nonsense", "Write its arguments in camelCase, or delete it."],
    [{ constructor: 1 }, "pool.asIs.constructor", "Write its arguments in camelCase, or delete it."],
  ])("an argument that there is not would be left out in silence: %j", (asIs, setting, next) => {
    expect(nexts({ asIs })).toEqual([`${setting}: aws_cognito_user_pool has no such argument → ${next}`]);
  });

  test("is an object", () => {
    expect(nexts({ asIs: "LITE" })).toEqual([expect.stringContaining("pool.asIs: it must be an object")]);
  });
});
