import { describe, expect, test } from "vitest";
import type { ClientSettings, PoolSettings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const email = {
  ses: { sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com", from: "a@example.com" },
};
const sms = { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" };
const CHOICE: Partial<ClientSettings> = {
  authFlows: ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
};

test.each<[string, Partial<PoolSettings>, Partial<ClientSettings>?]>([
  ["e-mail as the second factor", { mfa: "optional", mfaFactors: ["email"], email, recovery: "admin_only" }],
  ["all of them", { mfa: "required", mfaFactors: ["totp", "sms"], sms }],
  ["both ways to recover", { recovery: ["verified_phone_number", "verified_email"], sms }],
  [
    "every beginning",
    {
      firstFactors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"],
      passkeys: { relyingPartyId: "example.com", userVerification: "required" },
      email,
      sms,
    },
    CHOICE,
  ],
  ["threat protection on PLUS", { tier: "PLUS", threatProtection: "enforced" }],
  ["threat protection off on LITE", { tier: "LITE", threatProtection: "off" }],
  ["a history of passwords", { passwordPolicy: { history: 24 } }],
  ["devices", { devices: { remember: "ask", challengeOnNewDevice: true } }],
])("nothing is wrong or doubtful about %s", (_, pool, client) => {
  expect(told(usable(pool, client))).toEqual([]);
});

describe("what does not go together", () => {
  test.each<[Partial<PoolSettings>, string]>([
    [
      { mfa: "optional", mfaFactors: ["sms"] },
      'error pool.mfaFactors: "sms" is a second factor, but the pool has no sender of SMS',
    ],
    [
      { mfa: "optional", sms },
      "error pool.mfaFactors: the pool has a sender of SMS, so SMS would be a second factor as well",
    ],
    [
      { mfa: "optional", mfaFactors: ["totp", "email"], recovery: "admin_only" },
      'error pool.mfaFactors: "email" is a second factor, but Cognito\'s own sender sends the e-mail',
    ],
    [
      { mfa: "optional", mfaFactors: ["email"], email },
      "error pool.recovery: e-mail is a second factor, and the only way to recover an account",
    ],
    [
      {
        mfa: "optional",
        mfaFactors: ["sms"],
        sms,
        recovery: ["verified_email", "verified_phone_number"],
      },
      "warning pool.recovery: a phone number is a second factor, and a way to recover an account",
    ],
    [{ recovery: [] }, "error pool.recovery: it is empty"],
    [{ recovery: ["verified_email", "verified_email"] }, "error pool.recovery: a way stands in it twice"],
    [{ recovery: ["verified_phone_number"] }, "error pool.recovery: accounts are to be recovered by SMS"],
    [
      { recovery: ["verified_email", "verified_phone_number"] },
      "warning pool.recovery: accounts are to be recovered by SMS",
    ],
    [{ firstFactors: [] }, 'error pool.firstFactors: "PASSWORD" is not among them'],
    [{ firstFactors: ["PASSWORD", "PASSWORD"] }, "error pool.firstFactors: a factor stands in it twice"],
    [{ passkeys: { relyingPartyId: "https://example.com" } }, "error pool.passkeys.relyingPartyId"],
    [{ passwordPolicy: { history: 25 } }, "error pool.passwordPolicy.history: 25 is outside"],
  ])("%j", (pool, problem) => {
    expect(told(usable(pool))).toEqual([expect.stringContaining(problem)]);
  });

  test("AWS's own refusal of passkeys where a second factor is required", () => {
    const pool = { mfa: "required", firstFactors: ["PASSWORD", "WEB_AUTHN"] } as const;
    expect(told(usable(pool, CHOICE))).toEqual([
      'error pool.firstFactors: a second factor is required, and "WEB_AUTHN" would be the only one',
    ]);
  });

  test("codes that nobody sends, or Cognito's own sender with its 50 a day", () => {
    const pool = { firstFactors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP"] } as const;
    expect(told(usable(pool, CHOICE))).toEqual([
      "error pool.firstFactors: people are to sign in with a code by SMS, but the pool has no sender of SMS",
      "warning pool.firstFactors: people are to sign in with a code by e-mail, which Cognito's own sender sends",
    ]);
  });

  test("a client that can't offer the choice", () => {
    expect(told(usable({ firstFactors: ["PASSWORD", "WEB_AUTHN"] }))).toEqual([
      'warning client.authFlows: ALLOW_USER_AUTH is not among them, but the pool takes "WEB_AUTHN"',
    ]);
  });
});

describe("the tier", () => {
  const OF_ESSENTIALS: Partial<PoolSettings>[] = [
    { mfa: "optional", mfaFactors: ["email"], email, recovery: "admin_only" },
    { firstFactors: ["PASSWORD", "WEB_AUTHN"] },
    { passkeys: {} },
    { passwordPolicy: { history: 3 } },
  ];

  test.each(OF_ESSENTIALS)("LITE has no %j", (pool) => {
    for (const lite of [{ tier: "LITE" } as const, { asIs: { userPoolTier: "LITE" } }]) {
      expect(told(usable({ ...pool, ...lite }, CHOICE)).filter((one) => one.startsWith("error"))).toEqual([
        expect.stringMatching(/needs the tier ESSENTIALS or PLUS, and the pool's is LITE$/),
      ]);
    }
    expect(told(usable({ ...pool, tier: "ESSENTIALS" }, CHOICE))).toEqual([]);
  });

  test.each(["LITE", "ESSENTIALS", undefined] as const)("%s has no threat protection", (tier) => {
    const pool = { threatProtection: "audit", ...(tier && { tier }) } as const;
    expect(told(usable(pool))).toEqual([
      expect.stringContaining("error pool.threatProtection: it needs the tier PLUS"),
    ]);
  });
});

test.each([
  [{ mfa: "optional", mfaFactors: ["otp"] }, '"otp" is none of its values'],
  [{ recovery: ["email"] }, "it is no list of ways to recover an account"],
  [{ recovery: "admin" }, "it is no list of ways to recover an account"],
  [{ tier: "lite" }, '"lite" is none of its values'],
  [{ devices: {} }, "pool.devices.remember: it is missing"],
])("%j can't be read", (pool, words) => {
  expect(told(usable(pool as Partial<PoolSettings>))).toEqual([expect.stringContaining(words)]);
});
