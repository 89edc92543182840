import type { GetUserPoolMfaConfigResponse, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { expect, test } from "vitest";
import { proposePool } from "../../../lib/directory/import/settings.ts";
import { EMAIL_MFA } from "../../../lib/stack/defaults.ts";
import { checkSettings } from "../../../lib/stack/rules/check.ts";

const ROLE = { SnsCallerArn: "arn:aws:iam::123456789012:role/sms", ExternalId: "people" };
const SES = {
  EmailSendingAccount: "DEVELOPER",
  SourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  From: "people@example.com",
} as const;
const ways = (...names: ("verified_email" | "verified_phone_number" | "admin_only")[]) => ({
  RecoveryMechanisms: names.map((Name, index) => ({ Name, Priority: index + 1 })),
});
const PLAIN: UserPoolType = {
  Name: "people",
  UsernameAttributes: ["email"],
  UsernameConfiguration: { CaseSensitive: false },
  AutoVerifiedAttributes: ["email"],
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  AccountRecoverySetting: ways("verified_email"),
};

/** The proposal without what a plain pool's has, which has to pass the rules. */
function proposed(pool: Partial<UserPoolType>, mfa: GetUserPoolMfaConfigResponse = {}) {
  const { name: _, ...settings } = proposePool({ ...PLAIN, ...pool }, mfa);
  const problems = checkSettings({
    stack: "team",
    roster: "users.json",
    pool: { name: "people", ...settings },
    client: { name: "app", authFlows: ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
  });
  const odd = problems.filter(({ severity, setting }) => severity === "error" || setting.includes("asIs"));
  expect(odd).toEqual([]);
  return settings;
}

test.each<[string, Partial<UserPoolType>, GetUserPoolMfaConfigResponse, object]>([
  ["nothing", {}, {}, {}],
  ["the tier that every new pool has", { UserPoolTier: "ESSENTIALS" }, {}, {}],
  [
    "tier and threat protection",
    { UserPoolTier: "PLUS", UserPoolAddOns: { AdvancedSecurityMode: "ENFORCED" } },
    {},
    { tier: "PLUS", threatProtection: "enforced" },
  ],
  [
    "threat protection of a pool that had it before there were tiers",
    { UserPoolTier: "LITE", UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" } },
    {},
    { tier: "LITE", asIs: { userPoolAddOns: { advancedSecurityMode: "AUDIT" } } },
  ],
  [
    "ways to recover, by their priority",
    {
      AccountRecoverySetting: {
        RecoveryMechanisms: ways("verified_email", "verified_phone_number").RecoveryMechanisms.toReversed(),
      },
    },
    {},
    { recovery: ["verified_email", "verified_phone_number"] },
  ],
  ["ops alone", { AccountRecoverySetting: ways("admin_only") }, {}, { recovery: "admin_only" }],
  [
    "SMS beside the authenticator app",
    { SmsConfiguration: ROLE },
    {
      MfaConfiguration: "ON",
      SoftwareTokenMfaConfiguration: { Enabled: true },
      SmsMfaConfiguration: { SmsConfiguration: ROLE },
    },
    {
      mfa: "required",
      mfaFactors: ["totp", "sms"],
      sms: { snsCallerArn: ROLE.SnsCallerArn, externalId: "people" },
    },
  ],
  [
    "a sender of SMS that is no second factor beside MFA: the setting would make it one",
    { SmsConfiguration: ROLE },
    { MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } },
    {
      mfa: "required",
      asIs: { smsConfiguration: { snsCallerArn: ROLE.SnsCallerArn, externalId: "people" } },
    },
  ],
  [
    "e-mail",
    { EmailConfiguration: SES, AccountRecoverySetting: ways("admin_only") },
    {
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: false },
      EmailMfaConfiguration: { Message: EMAIL_MFA.message, Subject: EMAIL_MFA.subject },
    },
    {
      mfa: "optional",
      mfaFactors: ["email"],
      recovery: "admin_only",
      email: { ses: { sourceArn: SES.SourceArn, from: SES.From } },
    },
  ],
  [
    "e-mail with texts of its own",
    { EmailConfiguration: SES, AccountRecoverySetting: ways("admin_only") },
    {
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
      EmailMfaConfiguration: { Message: "Ours: {####}", Subject: "Code" },
    },
    {
      mfa: "optional",
      mfaFactors: ["totp", "email"],
      recovery: "admin_only",
      email: { ses: { sourceArn: SES.SourceArn, from: SES.From } },
      asIs: { emailMfaConfiguration: { message: "Ours: {####}", subject: "Code" } },
    },
  ],
  [
    "choice-based sign-in and passkeys",
    { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } } },
    { WebAuthnConfiguration: { RelyingPartyId: "example.com", UserVerification: "preferred" } },
    {
      firstFactors: ["PASSWORD", "WEB_AUTHN"],
      passkeys: { relyingPartyId: "example.com", userVerification: "preferred" },
    },
  ],
  ["the password alone", { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD"] } } }, {}, {}],
  [
    "devices",
    { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false } },
    {},
    { devices: { remember: "always", challengeOnNewDevice: true } },
  ],
])("an imported pool keeps %s", (_, pool, mfa, expected) => {
  expect(proposed(pool, mfa)).toEqual(expected);
});
