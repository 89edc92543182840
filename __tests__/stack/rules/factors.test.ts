import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
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
      'error pool.mfaFactors: "sms" is a second factor, but the pool has no SMS sender',
    ],
    [
      { mfa: "optional", sms },
      "error pool.mfaFactors: the pool has an SMS sender, so SMS would be a second factor too",
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
    [{ recovery: ["verified_email", "verified_email"] }, "error pool.recovery: a way is listed twice"],
    [{ recovery: ["verified_phone_number"] }, "error pool.recovery: accounts are recovered by SMS"],
    [
      { recovery: ["verified_email", "verified_phone_number"] },
      "warning pool.recovery: accounts are recovered by SMS",
    ],
    [{ firstFactors: [] }, 'error pool.firstFactors: "PASSWORD" is not among them'],
    [{ firstFactors: ["PASSWORD", "PASSWORD"] }, "error pool.firstFactors: a factor is listed twice"],
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
      "error pool.firstFactors: people sign in with a code by SMS, but the pool has no SMS sender",
      "warning pool.firstFactors: people sign in with a code by e-mail, which Cognito's own sender sends",
    ]);
  });

  test("a client that can't offer the choice", () => {
    expect(told(usable({ firstFactors: ["PASSWORD", "WEB_AUTHN"] }))).toEqual([
      'warning client.authFlows: ALLOW_USER_AUTH is missing, but the pool allows "WEB_AUTHN"',
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
  [{ mfa: "optional", mfaFactors: ["otp"] }, '"otp" is not an allowed value'],
  [{ recovery: ["email"] }, "isn't a list of ways to recover an account"],
  [{ recovery: "admin" }, "isn't a list of ways to recover an account"],
  [{ tier: "lite" }, '"lite" is not an allowed value'],
  [{ devices: {} }, "pool.devices.remember: it is required"],
])("%j can't be read", (pool, words) => {
  expect(told(usable(pool as Partial<PoolSettings>))).toEqual([expect.stringContaining(words)]);
});

test("an invitation holds {####} also where newcomers get no password: the provider takes no other", () => {
  const pool = usable({
    firstFactors: ["PASSWORD", "EMAIL_OTP"],
    email,
    invitation: { emailMessage: "Welcome, {username}" },
  });
  const problems = checkSettings({ ...pool, client: { name: "app", ...CHOICE } });
  expect(problems.map(({ setting, why }) => [setting, why])).toEqual([
    ["pool.invitation.emailMessage", expect.stringContaining("Terraform's provider (5.100.0)")],
  ]);
  const [doubt] = checkSettings({ ...pool, pool: { ...pool.pool, invitation: {} } });
  expect(doubt).toMatchObject({
    setting: "client.authFlows",
    why: expect.stringContaining("new people get none in such a pool"),
  });
});
