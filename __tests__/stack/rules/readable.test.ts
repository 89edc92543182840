import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { ClientSettings, PoolSettings, Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

/** What a JavaScript file, a generator or an editor without TypeScript could have written. */
const written = (pool: object, client: object = {}) =>
  told(usable(pool as Partial<PoolSettings>, client as Partial<ClientSettings>)).sort();

const MISSPELT = 'error pool.mfa: "requird" is not an allowed value';
const NO_CERTIFICATE = "error pool.domain.certificateArn: it is required";

describe("an unreadable setting of the pool hides nothing else that is wrong with it", () => {
  test("a custom domain without a certificate is reported beside it", () => {
    const domain = { custom: "login.example.com" };
    expect(written({ mfa: "requird", domain })).toEqual([NO_CERTIFICATE, MISSPELT]);
  });

  test("not even in the same section", () => {
    const domain = { custom: "login.example.com", managedLogin: 3 };
    expect(written({ domain })).toEqual([
      NO_CERTIFICATE,
      "error pool.domain.managedLogin: this is not an allowed value",
    ]);
  });

  test("nor does a missing one", () => {
    expect(written({ name: undefined, domain: { custom: "login.example.com" } })).toEqual([
      NO_CERTIFICATE,
      "error pool.name: it is required",
    ]);
  });

  test.each<[string, object, string]>([
    ["an argument of asIs", { asIs: { nmae: 1 } }, "error pool.asIs.nmae: aws_cognito_user_pool has no such"],
    ["a tag", { tags: { "aws:x": "y", team: 5 } }, 'error pool.tags["aws:x"]: its key starts with aws:'],
    ["a reference", { domainPrefix: "${TfToken[TOKEN.1]}" }, "error pool.domainPrefix: it refers to another"],
    [
      "a message",
      { invitation: { emailMessage: "Hello" } },
      "error pool.invitation.emailMessage: {username}",
    ],
    [
      "the tier",
      { tier: "LITE", threatProtection: "audit" },
      "error pool.threatProtection: it needs the tier",
    ],
  ])("%s is checked all the same", (_, pool, problem) => {
    const problems = written({ mfa: "requird", ...pool });
    expect(problems).toEqual(expect.arrayContaining([MISSPELT, expect.stringContaining(problem)]));
  });

  test("what an app client needs of the rest is checked all the same", () => {
    const client = { writeAttributes: ["nmae"] };
    expect(written({ mfa: "requird" }, client)).toEqual([
      'error client.writeAttributes[0]: the pool has no attribute "nmae"',
      MISSPELT,
    ]);
  });
});

describe("nothing is concluded from an unreadable setting", () => {
  test.each<[string, object, string]>([
    ["mfa, so mfaFactors aren't called pointless", { mfa: "requird", mfaFactors: ["totp"] }, MISSPELT],
    [
      "the SMS sender, so it isn't called missing",
      { sms: "arn", signInWith: "phone", mfa: "optional", mfaFactors: ["sms"], autoVerify: ["phone_number"] },
      "error pool.sms: it must be an object",
    ],
    [
      "the domain, so oauth isn't said to lack one",
      { domain: null },
      "error pool.domain: it must be an object",
    ],
    [
      "the tier, so it isn't called too low",
      { tier: "PLSU", threatProtection: "audit" },
      'error pool.tier: "PLSU" is not an allowed value',
    ],
  ])("%s", (_, pool, problem) => {
    const client = { oauth: { callbackUrls: ["https://app.example.com"] } };
    expect(written({ ...("domain" in pool ? {} : { domainPrefix: "acme" }), ...pool }, client)).toEqual([
      problem,
    ]);
  });
});

describe("odd values are problems, never exceptions", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      0,
      "",
      "x",
      true,
      [],
      {},
      [null],
      { name: null },
      "${TfToken[TOKEN.0]}",
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const names = [
    ..."name signInWith caseSensitive aliases autoVerify selfSignUp customAttributes passwordPolicy mfa".split(
      " ",
    ),
    ..."mfaFactors recovery firstFactors passkeys tier threatProtection devices domainPrefix domain".split(
      " ",
    ),
    ..."invitation verification email sms triggers tags asIs".split(" "),
  ];
  const inside = fc.oneof(
    odd,
    fc.dictionary(
      fc.constantFrom(
        "custom",
        "prefix",
        "certificateArn",
        "ses",
        "emailMessage",
        "externalId",
        "kmsKeyArn",
        "schema",
        "arn",
      ),
      odd,
    ),
  );

  test("whatever the pool has", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), inside), (pool) => {
        const settings = {
          ...{ stack: "team", roster: "users.json", pool: { name: "people", ...pool } },
          client: { name: "app", oauth: { callbackUrls: [] }, readAttributes: ["custom:x"] },
          identityProviders: { Google: { type: "Google", clientId: "x", attributeMapping: { x: "y" } } },
        };
        expect(checkSettings(settings as unknown as Settings)).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });
});
