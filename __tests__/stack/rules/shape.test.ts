import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { Settings } from "../../../lib/stack/settings.ts";

/** What a JavaScript file, a generator or an editor without TypeScript could have written. */
function told(pool: object, client: object = {}, more: object = {}) {
  const settings = {
    stack: "team",
    roster: "users.json",
    pool: { name: "people", ...pool },
    client: { name: "app", ...client },
    ...more,
  };
  return checkSettings(settings as Settings).map(
    ({ setting, message, next }) => `${setting}: ${message} ${next}`,
  );
}

describe("settings that TypeScript would refuse, which nobody asks at synth", () => {
  test.each([
    [
      "a misspelt setting",
      { selfSignup: true },
      "pool.selfSignup: there is no such setting Did you mean selfSignUp?",
    ],
    [
      "a misspelt setting further in",
      { passwordPolicy: { minLength: 8 } },
      "pool.passwordPolicy.minLength: there is no such setting Here are minimumLength, requireLowercase,",
    ],
    [
      "a misspelt choice",
      { mfa: "requird" },
      'pool.mfa: "requird" is none of its values Write one of "off", "optional", "required".',
    ],
    ["a misspelt choice in a list", { autoVerify: ["email", "phone"] }, "pool.autoVerify[1]: "],
    ["a text where a list belongs", { customAttributes: "team" }, "pool.customAttributes: it must be a list"],
    [
      "a text where a number belongs",
      { passwordPolicy: { minimumLength: "8" } },
      "pool.passwordPolicy.minimumLength: it must be a whole number",
    ],
    [
      "half a character",
      { passwordPolicy: { minimumLength: 8.5 } },
      "pool.passwordPolicy.minimumLength: it must be a whole number",
    ],
    ["a name that is missing", { name: undefined }, "pool.name: it is missing"],
  ])("%s", (_, pool, problem) => {
    expect(told(pool)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([["thirty days"], ["30"], [30], ["0 days"], ["1.5 hours"], ["-5 minutes"], ["30 weeks"]])(
    "%j is no length of time",
    (refreshToken) => {
      expect(told({}, { tokenValidity: { refreshToken } })).toEqual([
        expect.stringMatching(/^client\.tokenValidity\.refreshToken: .*length of time/),
      ]);
    },
  );

  test("OAuth without callback URLs names them", () => {
    expect(told({}, { oauth: {} })).toEqual([
      expect.stringContaining("client.oauth.callbackUrls: it is missing"),
    ]);
  });

  test.each([
    [{ UserUpdat: 10 }, "quotas.UserUpdat: there is no such setting Did you mean UserUpdate?"],
    [{ UserUpdate: "10" }, "quotas.UserUpdate: it must be a whole number"],
    [{ UserUpdate: 2.5 }, "quotas.UserUpdate: it must be a whole number"],
    [{ UserUpdate: 0 }, "quotas.UserUpdate: it must be 1 or more"],
    [25, "quotas: it must be an object"],
  ])("quotas that are %j", (quotas, problem) => {
    expect(told({}, {}, { quotas })).toEqual([expect.stringContaining(problem)]);
  });

  test("quotas as they may be", () => {
    expect(told({}, {}, { quotas: { UserUpdate: 10, UserCreation: 200 } })).toEqual([]);
  });

  test("a secret that went astray is not shown", () => {
    const [problem] = told({}, { secret: "Sup3r-secret" });
    expect(problem).toContain("client.secret: it must be true or false");
    expect(problem).not.toContain("Sup3r");
  });

  test("a setting that there is not hides nothing else that is wrong", () => {
    expect(told({ name: "a/b", selfSignup: true }).map((line) => line.split(":")[0])).toEqual([
      "pool.selfSignup",
      "pool.name",
    ]);
  });

  test("a section that can't be read does not hide what is wrong with the other", () => {
    expect(told({ mfa: 1 }, { name: "" }, { destroyble: true }).map((line) => line.split(":")[0])).toEqual(
      expect.arrayContaining(["pool.mfa", "client.name", "destroyble"]),
    );
  });

  test.each([[undefined], [null], ["config"], [[]]])("a configuration that is %j", (config) => {
    expect(checkSettings(config as unknown as Settings)).toEqual([
      expect.objectContaining({ setting: "config", severity: "error" }),
    ]);
  });
});
