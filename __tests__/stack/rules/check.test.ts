import { describe, expect, test } from "vitest";
import { config as predefinedUsers } from "../../../examples/000-predefined-users/config.ts";
import { config as totpRequired } from "../../../examples/001-totp-required/config.ts";
import { config as emailSignIn } from "../../../examples/002-email-sign-in/config.ts";
import { config as hostedSignIn } from "../../../examples/003-hosted-sign-in/config.ts";
import { config as company } from "../../../examples/company/config.ts";
import { checkSettings, requireUsable } from "../../../lib/stack/rules/check.ts";
import { SettingsError } from "../../../lib/stack/rules/problem.ts";
import type { Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const text = (length: number) => "x".repeat(length);

test.each([
  ["the least that a team can say", usable()],
  ["predefined users", predefinedUsers],
  ["TOTP required", totpRequired],
  ["e-mail sign-in", emailSignIn],
  ["one company's pool", company],
])("nothing is wrong or doubtful about %s", (_, sound) => {
  expect(told(sound)).toEqual([]);
});

test.each<[string, Settings, string[]]>([
  [
    "the implicit grant, and sign-in pages without a domain",
    hostedSignIn,
    [
      "warning client.oauth.flows: the implicit grant is allowed",
      "warning pool.domainPrefix: the pool has no domain, but the client has oauth",
    ],
  ],
  [
    "passwords of six or seven characters",
    usable({ passwordPolicy: { minimumLength: 7 } }),
    ["warning pool.passwordPolicy.minimumLength: passwords of 7 characters are allowed"],
  ],
  [
    "phone numbers that nobody can verify",
    usable({ autoVerify: ["phone_number"] }),
    ["warning pool.autoVerify: phone numbers are verified, but the pool has no SMS sender"],
  ],
  [
    "tokens that can't be refreshed",
    usable({}, { authFlows: ["ALLOW_USER_SRP_AUTH"] }),
    ["warning client.authFlows: ALLOW_REFRESH_TOKEN_AUTH is missing"],
  ],
])("usable, with a warning: %s", (_, sound, warnings) => {
  expect(told(sound)).toEqual(warnings);
  expect(requireUsable(sound)).toHaveLength(warnings.length);
});

describe("settings that don't go together", () => {
  test.each<[string, Settings, string]>([
    [
      "an OAuth flow without a callback URL",
      usable({ domainPrefix: "team" }, { oauth: { callbackUrls: [] } }),
      "error client.oauth.callbackUrls: the code flow needs one, and there is none",
    ],
    [
      "a callback that the browser itself runs",
      usable({ domainPrefix: "team" }, { oauth: { callbackUrls: ["javascript://x/%0aalert(1)"] } }),
      'error client.oauth.callbackUrls[0]: "javascript://x/%0aalert(1)" is opened by the browser itself, not by your app',
    ],
    [
      "MFA required without any factor",
      usable({ mfa: "required", mfaFactors: [] }),
      "error pool.mfaFactors: MFA is required, but there is no factor",
    ],
    [
      "MFA optional without any factor",
      usable({ mfa: "optional", mfaFactors: [] }),
      "error pool.mfaFactors: MFA is optional, but there is no factor",
    ],
    [
      "factors without MFA",
      usable({ mfaFactors: ["totp"] }),
      'error pool.mfaFactors: mfaFactors are listed, but mfa is "off"',
    ],
    [
      "SRP asked for but not allowed",
      usable({}, { signInFlow: "srp", authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
      'error client.signInFlow: the client doesn\'t allow the flow "srp"',
    ],
    [
      "the admin flow, which the default does not allow",
      usable({}, { signInFlow: "admin" }),
      'error client.signInFlow: the client doesn\'t allow the flow "admin"',
    ],
    [
      "rotation together with ALLOW_REFRESH_TOKEN_AUTH",
      usable(
        {},
        { refreshTokenRotation: {}, authFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
      ),
      "error client.authFlows: ALLOW_REFRESH_TOKEN_AUTH can't be used together with refreshTokenRotation",
    ],
    [
      "an access token that outlives the refresh token",
      usable({}, { tokenValidity: { accessToken: "3 hours", refreshToken: "2 hours" } }),
      "error client.tokenValidity.accessToken: 3 hours is longer than the refresh token's 2 hours",
    ],
  ])("%s", (_, contradictory, problem) => {
    expect(told(contradictory)).toEqual([problem]);
  });

  test("a length of time is shown as it was written", () => {
    expect(told(usable({}, { tokenValidity: { idToken: "2 days" } }))).toEqual([
      "error client.tokenValidity.idToken: 2 days is outside 5–1,440 minutes",
    ]);
  });

  test("rotation alone takes refresh out of the default flows", () => {
    expect(told(usable({}, { refreshTokenRotation: {} }))).toEqual([]);
  });
});

describe("what Cognito would refuse in the middle of the deploy", () => {
  test.each<[string, string, Settings]>([
    ["a pool's name with a slash", "pool.name", usable({ name: "a/b" })],
    ["a pool's name of 129 characters", "pool.name", usable({ name: text(129) })],
    ["a client's name that is empty", "client.name", usable({}, { name: "" })],
    [
      "5 characters of password",
      "pool.passwordPolicy.minimumLength",
      usable({ passwordPolicy: { minimumLength: 5 } }),
    ],
    [
      "100 characters",
      "pool.passwordPolicy.minimumLength",
      usable({ passwordPolicy: { minimumLength: 100 } }),
    ],
    [
      "0 days, which Cognito takes for 7",
      "pool.passwordPolicy.temporaryPasswordValidityDays",
      usable({ passwordPolicy: { temporaryPasswordValidityDays: 0 } }),
    ],
    [
      "366 days",
      "pool.passwordPolicy.temporaryPasswordValidityDays",
      usable({ passwordPolicy: { temporaryPasswordValidityDays: 366 } }),
    ],
    [
      "a custom attribute with its prefix",
      "pool.customAttributes[1]",
      usable({ customAttributes: ["a", "custom:b"] }),
    ],
    ["a standard attribute", "pool.customAttributes[0]", usable({ customAttributes: ["locale"] })],
    [
      "an attribute's name of 21 characters",
      "pool.customAttributes[0]",
      usable({ customAttributes: [text(21)] }),
    ],
    [
      "an attribute with an invisible character in its name",
      "pool.customAttributes[0]",
      usable({ customAttributes: ["team\u3164"] }),
    ],
    ["the attribute __proto__", "pool.customAttributes[0]", usable({ customAttributes: ["__proto__"] })],
    ["the attribute constructor", "pool.customAttributes[0]", usable({ customAttributes: ["constructor"] })],
    [
      "51 custom attributes",
      "pool.customAttributes",
      usable({ customAttributes: Array.from({ length: 51 }, (_, i) => `a${i}`) }),
    ],
    [
      "a typed attribute with its prefix",
      'pool.customAttributes["custom:b"]',
      usable({ customAttributes: { "custom:b": { type: "string" } } }),
    ],
    [
      "a type that there is not",
      "pool.customAttributes.level.type",
      usable({ customAttributes: { level: { type: "integer" as "number" } } }),
    ],
    [
      "an attribute without a type",
      "pool.customAttributes.level.type",
      usable({ customAttributes: { level: {} as { type: "number" } } }),
    ],
    [
      "a limit of another type",
      "pool.customAttributes.level.maxLength",
      usable({ customAttributes: { level: { type: "number", maxLength: 3 } as { type: "number" } } }),
    ],
    [
      "a custom attribute that is required, which Cognito does not know",
      "pool.customAttributes.level.required",
      usable({ customAttributes: { level: { type: "number", required: true } as { type: "number" } } }),
    ],
    [
      "a text of 2,049 characters",
      "pool.customAttributes.team.maxLength",
      usable({ customAttributes: { team: { type: "string", maxLength: 2049 } } }),
    ],
    [
      "a negative limit",
      "pool.customAttributes.level.min",
      usable({ customAttributes: { level: { type: "number", min: -1 } } }),
    ],
    [
      "half a limit",
      "pool.customAttributes.level.max",
      usable({ customAttributes: { level: { type: "number", max: 0.5 } } }),
    ],
    [
      "limits the wrong way round",
      "pool.customAttributes.level.max",
      usable({ customAttributes: { level: { type: "number", min: 5, max: 1 } } }),
    ],
    [
      "an attribute that is not immutable, in so many words",
      "pool.customAttributes.team.immutable",
      usable({ customAttributes: { team: { type: "string", immutable: false as unknown as true } } }),
    ],
    ["a domain with capitals", "pool.domainPrefix", usable({ domainPrefix: "Team" })],
    ["a domain that ends with a hyphen", "pool.domainPrefix", usable({ domainPrefix: "team-" })],
    ["a domain of 64 characters", "pool.domainPrefix", usable({ domainPrefix: text(64) })],
    ["a domain with a reserved word", "pool.domainPrefix", usable({ domainPrefix: "my-cognito-pool" })],
    ["a domain with another one", "pool.domainPrefix", usable({ domainPrefix: "awsome" })],
    ["a tag of AWS's own", 'pool.tags["aws:team"]', usable({ tags: { "aws:team": "x" } })],
    ["a tag's value of 257 characters", 'pool.tags["team"]', usable({ tags: { team: text(257) } })],
    ["a tag with a brace", 'pool.tags["team"]', usable({ tags: { team: "${x}" } })],
    [
      "an access token of 4 minutes",
      "client.tokenValidity.accessToken",
      usable({}, { tokenValidity: { accessToken: "4 minutes" } }),
    ],
    [
      "an ID token of 25 hours",
      "client.tokenValidity.idToken",
      usable({}, { tokenValidity: { idToken: "25 hours" } }),
    ],
    [
      "a refresh token of 3651 days",
      "client.tokenValidity.refreshToken",
      usable({}, { tokenValidity: { refreshToken: "3651 days" } }),
    ],
    [
      "a refresh token of 59 minutes",
      "client.tokenValidity.refreshToken",
      usable({}, { tokenValidity: { refreshToken: "59 minutes" } }),
    ],
    [
      "61 seconds of grace",
      "client.refreshTokenRotation.gracePeriodSeconds",
      usable({}, { refreshTokenRotation: { gracePeriodSeconds: 61 } }),
    ],
    ["a session of 2 minutes", "client.sessionValidityMinutes", usable({}, { sessionValidityMinutes: 2 })],
    ["a session of 16 minutes", "client.sessionValidityMinutes", usable({}, { sessionValidityMinutes: 16 })],
    ["no flow at all", "client.authFlows", usable({}, { authFlows: [] })],
    [
      "an identity provider without a name",
      "client.identityProviders[0]",
      usable({}, { identityProviders: [""] }),
    ],
  ])("%s", (_, setting, refused) => {
    expect(checkSettings(refused)).toEqual([expect.objectContaining({ severity: "error", setting })]);
  });
});

describe("the refusal", () => {
  const bad = usable(
    { name: "a/b", mfa: "required", mfaFactors: [], passwordPolicy: { minimumLength: 7 } },
    { oauth: { callbackUrls: [] } },
  );

  test("lists every error at once: where, what, why and what to do; and exits 2", () => {
    const refusal = (() => {
      try {
        return requireUsable(bad);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(SettingsError);
    const { message, exitCode, problems } = refusal as SettingsError;
    expect(exitCode).toBe(2);
    expect(problems.map(({ setting }) => setting)).toEqual([
      "pool.name",
      "pool.mfaFactors",
      "client.oauth.callbackUrls",
    ]);
    expect(message).toMatch(/^config\.ts has 3 problems\n/);
    for (const { setting, message: what, why, next } of problems) {
      expect(message).toContain(`${setting}: ${what}\n    ${why}\n    → ${next}`);
    }
  });

  test("leaves the warnings out", () => {
    expect(() => requireUsable(bad)).not.toThrow(/7 characters/);
  });
});
