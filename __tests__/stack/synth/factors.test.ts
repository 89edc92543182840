import { describe, expect, test } from "vitest";
import { person } from "../../support/people.ts";
import { poolOf, synth } from "./synth.ts";

const email = {
  ses: { sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com", from: "a@example.com" },
};
const BY_EMAIL = { mfa: "optional", mfaFactors: ["totp", "email"], email, recovery: "admin_only" } as const;

describe("with what people prove who they are", () => {
  test("in the provider's words", () => {
    expect(
      poolOf({
        tier: "PLUS",
        threatProtection: "audit",
        recovery: ["verified_phone_number", "verified_email"],
        sms: { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" },
        firstFactors: ["PASSWORD", "WEB_AUTHN"],
        passkeys: { relyingPartyId: "example.com", userVerification: "required" },
        devices: { remember: "ask" },
        passwordPolicy: { history: 5 },
      }),
    ).toMatchObject({
      user_pool_tier: "PLUS",
      user_pool_add_ons: { advanced_security_mode: "AUDIT" },
      account_recovery_setting: {
        recovery_mechanism: [
          { name: "verified_phone_number", priority: 1 },
          { name: "verified_email", priority: 2 },
        ],
      },
      sign_in_policy: { allowed_first_auth_factors: ["PASSWORD", "WEB_AUTHN"] },
      web_authn_configuration: { relying_party_id: "example.com", user_verification: "required" },
      device_configuration: {
        device_only_remembered_on_user_prompt: true,
        challenge_required_on_new_device: false,
      },
      password_policy: { minimum_length: 12, password_history_size: 5 },
    });
  });

  test("e-mail as a second factor has its texts: the provider takes a block without any for none", () => {
    expect(poolOf(BY_EMAIL)).toMatchObject({
      software_token_mfa_configuration: { enabled: true },
      email_mfa_configuration: { message: expect.stringContaining("{####}") },
      account_recovery_setting: { recovery_mechanism: [{ name: "admin_only", priority: 1 }] },
    });
  });

  test("what scripts know of passwords is what it was", () => {
    const { output } = synth([person("a@example.com")], {
      pool: { name: "people", passwordPolicy: { history: 5 } },
    });
    expect(output.password_policy.value).not.toHaveProperty("history");
    expect(output.password_policy.value).not.toHaveProperty("password_history_size");
  });
});

describe("without a word", () => {
  const ARGUMENTS = [
    "user_pool_tier",
    "user_pool_add_ons",
    "sign_in_policy",
    "web_authn_configuration",
    "device_configuration",
    "email_mfa_configuration",
  ];

  test("nothing is written of a pool that has never had one", () => {
    const deployed = {
      user_pool_tier: "LITE",
      sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }],
    };
    for (const of of [{}, deployed]) {
      const written = poolOf({}, of);
      for (const name of ARGUMENTS) expect(written).not.toHaveProperty(name);
    }
  });

  test("what the provider would keep is taken back", () => {
    const of = poolOf(
      {},
      {
        sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD", "EMAIL_OTP"] }],
        user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }],
      },
    );
    expect(of.sign_in_policy).toEqual({ allowed_first_auth_factors: ["PASSWORD"] });
    expect(of.user_pool_add_ons).toEqual({ advanced_security_mode: "OFF" });
  });
});

describe("e-mail as a second factor of a pool that is deployed", () => {
  const block = (account: string, ...ways: string[]) => ({
    id: "eu-west-1_x",
    email_configuration: [{ email_sending_account: account }],
    account_recovery_setting: [{ recovery_mechanism: ways.map((name) => ({ name })) }],
  });

  test.each([
    [block("COGNITO_DEFAULT", "verified_email"), "pool.email and pool.recovery"],
    [block("DEVELOPER", "verified_email"), "pool.recovery"],
    [{ ...block("DEVELOPER", "admin_only"), user_pool_tier: "LITE" }, "pool.tier"],
  ])("comes a deploy later than what it needs: %j", (deployed, missing) => {
    expect(() => poolOf(BY_EMAIL, deployed)).toThrowError(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(`Deploy ${missing} first, then "email".`),
      }),
    );
  });

  test("not where it has that, or the factor already", () => {
    expect(() => poolOf(BY_EMAIL, block("DEVELOPER", "admin_only"))).not.toThrow();
    const has = { email_mfa_configuration: [{ message: "{####}" }] };
    expect(() => poolOf(BY_EMAIL, { ...block("COGNITO_DEFAULT", "verified_email"), ...has })).not.toThrow();
  });
});
