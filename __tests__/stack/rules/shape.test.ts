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
    ["a misspelt setting", { selfSignup: true }, "pool.selfSignup: unknown setting Did you mean selfSignUp?"],
    [
      "a misspelt setting further in",
      { passwordPolicy: { minLength: 8 } },
      "pool.passwordPolicy.minLength: unknown setting Allowed here: minimumLength, requireLowercase,",
    ],
    [
      "a misspelt choice",
      { mfa: "requird" },
      'pool.mfa: "requird" is not an allowed value Write one of "off", "optional", "required".',
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
    ["a name that is missing", { name: undefined }, "pool.name: it is required"],
  ])("%s", (_, pool, problem) => {
    expect(told(pool)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([["thirty days"], ["30"], [30], ["0 days"], ["1.5 hours"], ["-5 minutes"], ["30 weeks"]])(
    "%j is no length of time",
    (refreshToken) => {
      expect(told({}, { tokenValidity: { refreshToken } })).toEqual([
        expect.stringMatching(/^client\.tokenValidity\.refreshToken: .*isn't a duration/),
      ]);
    },
  );

  test("OAuth without callback URLs names them", () => {
    expect(told({}, { oauth: {} })).toEqual([
      expect.stringContaining("client.oauth.callbackUrls: it is required"),
    ]);
  });

  test.each([
    [{ UserUpdat: 10 }, "quotas.UserUpdat: unknown setting Did you mean UserUpdate?"],
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

  test.each<[unknown, string]>([
    [{ requried: ["root"] }, "guards.requried: unknown setting Did you mean required?"],
    [{ maxRemoval: 0 }, "guards.maxRemoval: unknown setting Did you mean maxRemovals?"],
    [{ required: "root" }, "guards.required: it must be a list"],
    [{ required: [1] }, "guards.required[0]: it must be a text"],
    [{ minPeople: "5" }, "guards.minPeople: it must be a whole number"],
    [{ minPeople: 1.5 }, "guards.minPeople: it must be a whole number"],
    [{ minPeople: -1 }, "guards.minPeople: it must be 0 or more"],
    ...[-1, 0.1, "101%", "-1%", "many", "10", true, null].map((maxRemovals): [unknown, string] => [
      { maxRemovals },
      'guards.maxRemovals: it is neither a number of people nor a percentage Use a whole number, or a percentage such as "10%".',
    ]),
    [["root"], "guards: it must be an object"],
    [null, "guards: it must be an object"],
  ])("guards that are %j", (guards, problem) => {
    expect(told({}, {}, { guards })).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    [{ required: ["root"], maxRemovals: 0, minPeople: 0 }],
    [{ maxRemovals: "2.5%" }],
    [{ maxRemovals: "100%", required: undefined, minPeople: undefined }],
    [{ maxRemovals: undefined }],
    [undefined],
  ])("guards as they may be: %j", (guards) => {
    expect(told({}, {}, { guards })).toEqual([]);
  });

  test.each([
    [
      { type: "s3", bucket: "b", kmsKeyID: "k" },
      ["backend.kmsKeyID: unknown setting Did you mean kmsKeyId?"],
    ],
    [
      { type: "s3", buckt: "b" },
      ["backend.buckt: unknown setting Did you mean bucket?", "backend.bucket: it is required"],
    ],
    [{ type: "s3", bucket: " " }, ["backend.bucket: it is empty"]],
    [{ type: "s3", bucket: 5 }, ["backend.bucket: it must be a text"]],
    [{ type: "s3", bucket: "b", key: 5 }, ["backend.key: it must be a text"]],
    [
      { type: "local", path: "x" },
      ["backend.path: unknown setting Allowed here: type (lib/stack/settings.ts)."],
    ],
    [
      { type: "hcp", organization: "o", workspaces: { name: "w" } },
      ["backend.workspaces: unknown setting Did you mean workspace?", "backend.workspace: it is required"],
    ],
    [{ type: "hcp", workspace: "w" }, ["backend.organization: it is required"]],
    [
      { type: "S3", bucket: "b" },
      ['backend.type: "S3" is not an allowed value Write one of "local", "s3", "hcp", "http".'],
    ],
    [{ type: "http" }, ["backend.address: it is required"]],
    [{ type: "http", address: "states.example.com/people" }, ["backend.address: it isn't a valid address"]],
    [
      { type: "http", address: "http://states.example.com/people" },
      ["backend.address: it isn't a valid address"],
    ],
    [
      { type: "http", address: "https://ops:secret@example.com/people" },
      ["backend.address: it isn't a valid address"],
    ],
    [
      { type: "http", address: "https://example.com/people?token=secret" },
      ["backend.address: it isn't a valid address"],
    ],
    [
      { type: "http", address: "https://example.com/people", password: "secret" },
      ["backend.password: unknown setting"],
    ],
    [
      { type: "http", address: "https://example.com/people", lockAddress: "", lockMethod: " " },
      ["backend.lockAddress: it isn't a valid address", "backend.lockMethod: it is empty"],
    ],
    [{ bucket: "b" }, ['backend.type: it is required Write one of "local", "s3", "hcp", "http".']],
    ["s3", ["backend: it must be an object"]],
    [null, ["backend: it must be an object"]],
  ])("a backend that is %j: a state in another place than meant would know nobody", (backend, problems) => {
    expect(told({}, {}, { backend })).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  test.each([
    [{ type: "local" }],
    [{ type: "s3", bucket: "b", key: "k", region: "eu-west-1", kmsKeyId: "k" }],
    [{ type: "s3", bucket: "b", key: undefined, region: undefined, kmsKeyId: undefined }],
    [{ type: "hcp", organization: "o", workspace: "w" }],
    [{ type: "http", address: "https://gitlab.example.com/api/v4/projects/1/terraform/state/people" }],
    [
      {
        type: "http",
        address: "http://127.0.0.1:8080/people",
        lockAddress: "http://127.0.0.1:8080/people",
        lockMethod: "LOCK",
        unlockMethod: "UNLOCK",
      },
    ],
    [undefined],
  ])("a backend as it may be: %j", (backend) => {
    expect(told({}, {}, { backend })).toEqual([]);
  });

  test.each([[""], ["two words"], ["a*"], [5]])("%j is not the name of a stack", (stack) => {
    expect(told({}, {}, { stack })).toEqual([expect.stringMatching(/^stack: it is not the name of a stack/)]);
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
