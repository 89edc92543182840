import { describe, expect, test } from "vitest";
import { onePerson, told } from "./told.ts";

describe("e-mail addresses as usernames", () => {
  test.each([
    "hanako@example.com",
    "h.yamada+aws@mail.example.co.jp",
    "o'brien@example.com",
    "山田@example.com",
    "a@例え.jp",
    "x_y-z@a-b.example",
    "1@2.example",
    "{a}%$!#&*=?^`|~/@example.com",
    `${"a".repeat(116)}@example.com`,
  ])("%s is one", (address) => {
    expect(told(onePerson("{}", address))).toEqual([]);
  });

  test.each([
    ["hanako", "it has no @"],
    ["a@@example.com", "it has more than one @"],
    ["@example.com", "nothing stands before the @"],
    ["a@", "nothing stands after the @"],
    ["a b@example.com", "it has a space or an invisible character in it"],
    [
      "a\u200b@example.com",
      '"a\\u200b@example.com" is not an e-mail address: it has a space or an invisible',
    ],
    ["a@example", "its domain has no dot"],
    ["a..b@example.com", "a dot begins or ends a part, or two stand together"],
    [".a@example.com", "a dot begins or ends a part"],
    ["a@example.com.", "a dot begins or ends a part"],
    ["a@-example.com", "it has a character that an address can't have"],
    ["Hanako <a@example.com>", "it has a space"],
    [" a@example.com", 'has spaces around it → Write "a@example.com".'],
    ["ａ＠example．com", 'has full-width or decomposed characters → Write "a@example.com".'],
    [`${"a".repeat(117)}@example.com`, "is too long → Cognito takes 128 characters at most"],
    ["", "a username is empty"],
    ["a\n\u001b@example.com", '"a\\n\\u001b@example.com"'],
    ["hanako@exmaple", '"hanako@exmaple" is not an e-mail address: its domain has no dot'],
    ["S3cret!!11", "a text (not shown) is not an e-mail address: it has no @"],
    ["hanako@example.com:S3cret!!11", "a text (not shown) is not an e-mail address"],
  ])("%j is none", (address, why) => {
    expect(told(onePerson("{}", address))).toEqual([expect.stringContaining(why)]);
  });
});

describe("usernames", () => {
  test.each(["hanako", "ci-bot", "山田花子", "$+<=>|~", "a".repeat(128), "${x}%{y}", "constructor"])(
    "%s is one",
    (name) => {
      expect(told(onePerson('{"invite":"none"}', name), { signInWith: "username" })).toEqual([]);
    },
  );

  test.each([
    ["ci bot", "has a space or line break in it"],
    ["ci\u0000bot", "has an invisible character in it"],
    ["\ud800", "has an invisible character in it"],
    ["a".repeat(129), `"${"a".repeat(60)}…" (129 characters) is too long`],
    [
      "か\u3099",
      'written with decomposed characters → Terraform would compose it and take it for another name. Write "が".',
    ],
    ["__proto__", "can't be a username"],
    ["", "a username is empty"],
  ])("%j is none", (name, why) => {
    expect(told(onePerson('{"invite":"none"}', name), { signInWith: "username" })).toEqual([
      expect.stringContaining(why),
    ]);
  });

  test.each([
    ["not-an-address", "it has no @"],
    ["ａ@example.com", 'Write "a@example.com".'],
    [`${"a".repeat(250)}@example.com`, "is too long → Use one of at most 254 characters."],
  ])("their e-mail address is checked: %j", (email, why) => {
    const text = onePerson(`{"email":${JSON.stringify(email)}}`, "hanako");
    expect(told(text, { signInWith: "username" })).toEqual([expect.stringContaining(why)]);
  });
});

describe("phone numbers", () => {
  test.each(["+819012345678", "+12025550123", "+3460000000", "+123456789012345"])("%s is E.164", (phone) => {
    expect(told(onePerson(`{"phone":"${phone}"}`))).toEqual([]);
  });

  test.each([
    ['"+81 90-1234-5678"', 'Write "+819012345678".'],
    ['"＋８１９０１２３４５６７８"', 'Write "+819012345678".'],
    ['"0081 90 1234 5678"', 'Write "+819012345678".'],
    ['"090-1234-5678"', '(in Japan: "+819012345678")'],
    ['"+1234567"', "8 to 15 digits"],
    ['"+1234567890123456"', "8 to 15 digits"],
    ['"+0123456789"', "8 to 15 digits"],
    ['"call me"', "a text (not shown) is not a phone number in E.164 form"],
    ["819012345678", '"phone" must be a text, not 819012345678'],
  ])("%s is not", (phone, hint) => {
    expect(told(onePerson(`{"phone":${phone}}`))).toEqual([expect.stringContaining(hint)]);
  });
});

describe("groups", () => {
  const groups = (...names: unknown[]) => onePerson(JSON.stringify({ groups: names }));
  test.each([
    [groups("ops", "ops"), '1:44 the group "ops" stands here twice'],
    [groups("a b"), 'the group name "a b" has a space or line break in it'],
    [groups("S3cret!! 11"), "the group name (not shown) has a space or line break in it"],
    [groups("ops", "Ops"), '1:44 the groups "Ops" and "ops" (line 1) differ only in letter case'],
    [groups("ops", "ｏｐｓ"), '1:44 the groups "ｏｐｓ" and "ops" (line 1) differ only in letter case'],
    [groups(""), "a group's name is empty"],
    [groups("a".repeat(129)), "(129 characters) is too long"],
    [groups("か\u3099"), 'Write "が".'],
    [
      groups(...Array.from({ length: 101 }, (_, i) => `g${i}`)),
      "101 groups are too many for one person → Cognito's quota is 100.",
    ],
  ])("%#", (text, expected) => {
    expect(told(text)).toEqual([expect.stringContaining(expected)]);
  });

  test("spelt otherwise by several people are told once a spelling, with the line of the first", () => {
    const person = (name: string, group: string) => `"${name}@example.com":{"groups":["${group}"]}`;
    const people = [person("a", "ops"), person("b", "Ops"), person("c", "Ops"), person("d", "OPS")];
    expect(told(`{"users":{${people.join(",\n")}}}`)).toEqual([
      expect.stringContaining('2:28 the groups "Ops" and "ops" (line 1)'),
      expect.stringContaining('4:28 the groups "OPS" and "ops" (line 1)'),
    ]);
  });
});
