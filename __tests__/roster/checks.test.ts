import { describe, expect, test } from "vitest";
import { onePerson, told } from "./told.ts";

describe("a name that stands twice is told at the second, with the line of the first", () => {
  test.each([
    [
      "at the top",
      '{"users":{"a@example.com":{}},\n"users":{"b@example.com":{}}}',
      '2:1 "users" is already on',
    ],
    ["a person", '{"users":{"a@example.com":{},\n"a@example.com":{}}}', '2:1 "a@example.com" is already on'],
    ["a field", onePerson('{"enabled":true,\n"enabled":false}'), '2:1 "enabled" is already on'],
    ["an attribute", onePerson('{"attributes":{"name":"A",\n"name":"B"}}'), '2:1 "name" is already on'],
    [
      "written with escapes",
      onePerson('{"enabled":true,\n"\\u0065nabled":false}'),
      '2:1 "enabled" is already on',
    ],
    [
      "__proto__",
      '{"users":{"a@example.com":{}},"__proto__":1,\n"__proto__":2}',
      '2:1 "__proto__" is already on',
    ],
  ])("%s", (_, text, expected) => {
    expect(told(text)).toContainEqual(expect.stringContaining(expected));
    expect(told(text).find((line) => line.includes("is already"))).toContain("on line 1");
  });

  test("also inside what is unknown anyway", () => {
    expect(told(onePerson('{"extra":[{"x":1,"x":2}]}'))).toContainEqual(
      expect.stringContaining('"x" is already on'),
    );
  });
});

describe("usernames that Cognito takes for one", () => {
  test.each([
    ["letter case", "Hanako@Example.com", "hanako@example.com", "email"],
    ["letter case beyond ASCII", "ÉMILE", "émile", "username"],
    ["sharp s", "straße", "STRASSE", "username"],
    ["compatibility forms", "ｔａｒｏ", "taro", "username"],
    ["composition", "か\u3099", "が", "username"],
  ] as const)("%s", (_, first, second, signInWith) => {
    const text = `{"users":{"${first}":{"invite":"none"},\n"${second}":{"invite":"none"}}}`;
    expect(told(text, { signInWith })).toContainEqual(
      expect.stringMatching(/^2:1 .* \(line 1\) are the same person to Cognito/),
    );
  });
});

describe("what people sign in with beside their username is one person's", () => {
  const two = (first: object, second: object) =>
    `{"users":{"hanako":${JSON.stringify({ invite: "none", ...first })},\n"taro":${JSON.stringify({ invite: "none", ...second })}}}`;
  const rules = (...aliases: string[]) => ({ signInWith: "username", aliases }) as const;

  test.each([
    ["email", { email: "x@example.com" }, '"hanako" (line 1) already has this e-mail address'],
    ["phone_number", { phone: "+819012345678" }, '"hanako" (line 1) already has this phone number'],
    [
      "preferred_username",
      { attributes: { preferred_username: "X" } },
      '"hanako" (line 1) already has this preferred username',
    ],
  ])("%s: the second is told where it stands, and whose it is", (alias, fields, words) => {
    const value = JSON.stringify(fields).split('":').at(-1)?.replace(/}+$/, "") ?? "";
    const [, line = ""] = two(fields, fields).split("\n");
    expect(told(two(fields, fields), rules(alias))).toEqual([
      expect.stringContaining(
        `2:${line.indexOf(value) + 1} ${words}, and people of this pool sign in with it`,
      ),
    ]);
    expect(told(two(fields, fields), rules()), "no alias").toEqual([]);
  });

  test("in other letter case it is the same one; while the first is leaving, too", () => {
    const text = two({ email: "X@example.com", leaving: true }, { email: "x@example.com" });
    expect(told(text, rules("email"))).toHaveLength(1);
  });

  test("an address that is not verified is nobody's to sign in with", () => {
    const text = two({ email: "x@example.com" }, { email: "x@example.com", emailVerified: false });
    expect(told(text, rules("email"))).toEqual([]);
  });

  test("an earlier text is not judged", () => {
    const same = { email: "x@example.com" };
    expect(told(two(same, same), { ...rules("email"), earlier: true })).toEqual([]);
  });
});

describe("a name that looks like a password's", () => {
  test.each([
    "password",
    "Password",
    "PASSWORD",
    "passwd",
    "passwrod",
    "temp_passwrod",
    "mot_de_passe",
    "kennwort",
    "pwd",
    "pass",
    "pw",
    "pin",
    "passphrase",
    "passcode",
    "secret",
    "temporaryPassword",
    "temp_password",
    "TEMP-PASSWORD",
    "tempPw",
    "initial_pwd",
    "temppass",
    "password1",
    "password_hash",
    "token",
    "accessToken",
    "credential",
    "credentials",
    "clientSecret",
    "apiKey",
    "otp",
    "ｐａｓｓｗｏｒｄ",
    "仮パスワード",
  ])("%s is refused at every level, its value never shown, with the ways", (name) => {
    const value = '{"hunter2":"hunter2","x":["hunter2"],"hunter2":0}';
    for (const text of [
      `{"users":{"a@example.com":{}},"${name}":${value}}`,
      onePerson(`{"${name}":${value}}`),
      onePerson(`{"attributes":{"${name}":${value}}}`),
      onePerson(`{"attributes":{"custom:${name}":${value}}}`),
      onePerson(`{"groups":[{"${name}":${value}}]}`).replace('"groups"', '"extra"'),
    ]) {
      const problems = told(text).filter((line) => line.includes("looks like a password"));
      expect(problems, text).toHaveLength(1);
      expect(problems[0]).toContain("TF_VAR_temporary_passwords");
      expect(told(text).join()).not.toContain("hunter2");
    }
  });

  test("a name that may be the password itself is not shown", () => {
    expect(told(onePerson('{"TemporaryPassword1!":true}'))).toEqual([
      expect.stringMatching(/^1:28 this name looks like a password/),
    ]);
  });

  test("a declared custom attribute may have a harmless short word, never a sure one", () => {
    const text = onePerson('{"attributes":{"office_pin":"3F","old_password":"hunter2"}}');
    expect(told(text, { customAttributes: ["office_pin", "old_password"] })).toEqual([
      expect.stringContaining('"old_password" looks like a password'),
    ]);
  });

  test.each(["passport", "address", "compass", "secretary", "spin", "tokenizer", "opinion", "bypass"])(
    "%s is none",
    (name) => {
      expect(
        told(onePerson(`{"attributes":{"${name}":"x"}}`), {
          customAttributes: [name].filter((n) => n !== "address"),
        }),
      ).toEqual([]);
      expect(told(onePerson(`{"${name}":"x"}`)).join()).not.toContain("looks like a password");
    },
  );

  test.each(["password", "token", "secret"])("a person may be called %s", (name) => {
    expect(told(onePerson('{"invite":"none"}', name), { signInWith: "username" })).toEqual([]);
  });

  test("a person written as a text is most likely one: the text is not shown", () => {
    const [problem, ...others] = told(onePerson('"TemporaryPassword1!"'));
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^1:27 this person is text instead of an object; it isn't .* Write \{\} in its place/,
    );
    expect(problem).toContain("TF_VAR_temporary_passwords");
    expect(problem).not.toContain("TemporaryPassword1!");
  });
});

describe("groups where config.ts declares them", () => {
  const groups = ["admins", "ops"];
  const roster = (...lines: readonly (readonly string[])[]) =>
    `{"users":{\n${lines.map((names, i) => `"p${i}@example.com":{"groups":${JSON.stringify(names)}}`).join(",\n")}\n}}`;

  test("a misspelt one is told where it stands, with what was meant", () => {
    expect(told(roster(["admins", "oops"]), { groups })).toEqual([
      '2:38 the group "oops" is not declared in config.ts → Did you mean "ops"? If it is a new group, add it to "groups" in config.ts.',
    ]);
  });

  test("one that was not thought of names those that there are", () => {
    expect(told(roster(["finance"]), { groups })).toEqual([
      expect.stringContaining('It declares "admins", "ops". If it is a new group, add it'),
    ]);
    expect(told(roster(["finance"]), { groups: [] })).toEqual([
      expect.stringContaining("config.ts declares none. If it is a new group, add it"),
    ]);
  });

  test("the same one is told once, with the other lines that have it", () => {
    const oops = Array.from({ length: 8 }, () => ["oops"]);
    expect(told(roster(["oops"], ["ops"], ["oops"]), { groups })).toEqual([
      expect.stringMatching(/^2:\d+ the group "oops" is not declared in config\.ts \(also on line 4\)/),
    ]);
    expect(told(roster(...oops), { groups })).toEqual([
      expect.stringContaining("(also on lines 3, 4, 5, 6, 7 and 2 more)"),
    ]);
  });

  test("another letter case is another group, and told as one that is not declared", () => {
    expect(told(roster(["ops"], ["Ops"]), { groups })).toEqual([
      expect.stringMatching(/^3:\d+ the group "Ops" is not declared .*Did you mean "ops"\?/),
    ]);
  });

  test("a name that can't be a group's has its own words only", () => {
    expect(told(roster(["o ps"]), { groups })).toEqual([expect.stringContaining("has a space")]);
  });

  test("one that looks generated may be a password in the wrong place, and is not shown", () => {
    expect(told(roster(["Xk9dLq27mZ"]), { groups }).join()).not.toContain("Xk9dLq27mZ");
  });

  test("declared ones, and any where none is declared, are no problem", () => {
    expect(told(roster(["admins", "ops"]), { groups })).toEqual([]);
    expect(told(roster(["anything"]))).toEqual([]);
  });
});
