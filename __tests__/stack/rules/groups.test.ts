import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { GroupSettings, Settings } from "../../../lib/stack/settings.ts";
import { usable } from "./usable.ts";

/** What a JavaScript file could have written, too. */
function told(groups: unknown): string[] {
  return checkSettings({ ...usable(), groups: groups as NonNullable<Settings["groups"]> }).map(
    ({ severity, setting, message, next }) => `${severity} ${setting}: ${message} → ${next}`,
  );
}

const admins = (settings: object) => ({ admins: settings });

test.each<[string, Record<string, GroupSettings>]>([
  ["none", {}],
  ["a group of which nothing is said", admins({})],
  [
    "everything at its largest",
    admins({
      description: "d".repeat(2048),
      precedence: 2_147_483_647,
      roleArn: "arn:aws:iam::123456789012:role/Admin",
      privileged: true,
    }),
  ],
  ["the precedence 0", admins({ precedence: 0 })],
  ["a role of another partition", admins({ roleArn: "arn:aws-us-gov:iam::123456789012:role/Admin" })],
  ["a role of China", admins({ roleArn: "arn:aws-cn:iam::123456789012:role/Admin" })],
  ["a role with a path", admins({ roleArn: "arn:aws:iam::123456789012:role/team/ops/Admin+1" })],
  ["a role of the same app, which has no ARN yet", admins({ roleArn: "${TfToken[TOKEN.7]}" })],
  ["letters of any script", { 管理者: {}, "site-admins": {} }],
  ["names that every JavaScript object has", { constructor: {}, toString: {}, valueOf: { precedence: 1 } }],
])("can be deployed: %s", (_, groups) => {
  expect(told(groups)).toEqual([]);
});

describe("is told before Cognito would refuse it in the middle of a deploy", () => {
  test.each<[string, unknown, string]>([
    [
      "a misspelt setting",
      admins({ desciption: "x" }),
      "error groups.admins.desciption: unknown setting → Did you mean description?",
    ],
    [
      "a setting that there is not",
      admins({ members: [] }),
      "groups.admins.members: unknown setting → Allowed here: description, precedence, roleArn, privileged",
    ],
    [
      "a setting of a group whose name needs quotes",
      { "site-admins": { role: "x" } },
      'groups["site-admins"].role: unknown setting',
    ],
    [
      "privileged: false",
      admins({ privileged: false }),
      "groups.admins.privileged: this is not an allowed value → Write true, or leave it out.",
    ],
    ["a list of names", ["admins"], "groups: it must be an object"],
    ["a text for a group", { admins: "x" }, "groups.admins: it must be an object"],
    [
      "a precedence with a fraction",
      admins({ precedence: 1.5 }),
      "groups.admins.precedence: it must be a whole number",
    ],
    [
      "a negative precedence",
      admins({ precedence: -1 }),
      "groups.admins.precedence: -1 is outside 0–2,147,483,647 → Write 0 or more.",
    ],
    [
      "a precedence beyond an integer of Java",
      admins({ precedence: 2_147_483_648 }),
      "groups.admins.precedence: 2147483648 is outside 0–2,147,483,647 → Write 2,147,483,647 or less.",
    ],
    [
      "a description of 2,049 characters",
      admins({ description: "d".repeat(2049) }),
      "groups.admins.description: 2049 is outside 1–2,048 characters",
    ],
    [
      "an empty description",
      admins({ description: "" }),
      "groups.admins.description: 0 is outside 1–2,048 characters",
    ],
    [
      "a description that refers to another resource",
      admins({ description: "of ${TfToken[TOKEN.7]}" }),
      "groups.admins.description: it refers to another resource",
    ],
    [
      "the name of a role",
      admins({ roleArn: "Admin" }),
      'groups.admins.roleArn: "Admin" is not the ARN of an IAM role → Write arn:aws:iam::ACCOUNT:role/NAME',
    ],
    [
      "a user's ARN",
      admins({ roleArn: "arn:aws:iam::123456789012:user/ann" }),
      "is not the ARN of an IAM role",
    ],
    [
      "an account that is none",
      admins({ roleArn: "arn:aws:iam::12345:role/Admin" }),
      "is not the ARN of an IAM role",
    ],
    [
      "a role with a text around the reference",
      admins({ roleArn: "x${TfToken[TOKEN.7]}" }),
      "is not the ARN of an IAM role",
    ],
    ["an empty name", { "": {} }, 'groups[""]: a group\'s name is empty'],
    [
      "a name with a space",
      { "site admins": {} },
      'groups["site admins"]: the group name "site admins" has a space',
    ],
    [
      "a name with a slash",
      { "site/admins": {} },
      '"site/admins" contains a slash, so Terraform can\'t import it',
    ],
    ["a name with a filler", { "ops\u3164": {} }, "has an invisible character in it (U+3164)"],
    ["__proto__", JSON.parse('{"__proto__":{}}'), '"__proto__" can\'t be a group name'],
    ["a command to a CI runner", { "##[error]x": {} }, "would act as a command in a CI log"],
    ["a name that is too long", { ["g".repeat(129)]: {} }, "is too long"],
  ])("%s", (_, groups, problem) => {
    expect(told(groups as object)).toEqual([expect.stringContaining(problem)]);
  });

  test("two groups that a reader takes for one", () => {
    expect(told({ ops: {}, Ops: {} })).toEqual([
      expect.stringContaining('groups.Ops: it differs from "ops" only in letter case'),
    ]);
  });
});

test("mixed scripts in a group's name are a warning", () => {
  expect(told({ оps: {} })).toEqual([
    expect.stringMatching(
      /^warning groups\["оps"\]: the group name "оps" mixes scripts: о \(U\+043E, Cyrillic\)/,
    ),
  ]);
});
