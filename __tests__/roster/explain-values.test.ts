import { describe, expect, test } from "vitest";
import { onePerson, told } from "./told.ts";

describe("phone numbers", () => {
  test.each(["+819012345678", "+12025550123", "+3460000000", "+123456789012345"])("%s is E.164", (phone) => {
    expect(told(onePerson(`{"phone":"${phone}"}`))).toEqual([]);
  });

  test.each([
    ['"+81 90-1234-5678"', 'Write "+819012345678".'],
    ['"＋８１９０１２３４５６７８"', 'Write "+819012345678".'],
    ['"0081 90 1234 5678"', 'Write "+819012345678".'],
    ['"819012345678"', 'Write "+819012345678" if it starts with the country code'],
    ['"090-1234-5678"', '(in Japan: "+819012345678")'],
    ['"+1234567"', "8 to 15 digits"],
    ['"+1234567890123456"', "8 to 15 digits"],
    ['"+0123456789"', "8 to 15 digits"],
    ['"call me"', "a text (not shown) is not a phone number in E.164 form"],
    ["819012345678", '"phone" must be text, not 819012345678'],
  ])("%s is not", (phone, hint) => {
    expect(told(onePerson(`{"phone":${phone}}`))).toEqual([expect.stringContaining(hint)]);
  });
});

describe("groups", () => {
  const groups = (...names: unknown[]) => onePerson(JSON.stringify({ groups: names }));
  test.each([
    [groups("ops", "ops"), '1:44 the group "ops" is listed twice'],
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
