import { describe, expect, test } from "vitest";
import { parseRoster } from "../../lib/roster/parse.ts";
import type { GivenRules } from "../../lib/roster/roster.ts";
import { rosterJsonSchema } from "../../lib/roster/schema.ts";
import { onePerson, told } from "./told.ts";

const BY_PHONE = { signInWith: "phone" } as const satisfies GivenRules;
const HANAKO = "+819012345678";

const warnings = (text: string, rules: GivenRules) =>
  parseRoster(text, "users.json", rules).warnings.map(({ message }) => message);

describe("a roster of a pool that people enter by phone number", () => {
  test("has the number as the username, which is texted the invitation", () => {
    const { roster } = parseRoster(onePerson("{}", HANAKO), "users.json", BY_PHONE);
    expect(roster?.people).toEqual([
      {
        username: HANAKO,
        phone: HANAKO,
        attributes: {},
        emailVerified: true,
        groups: [],
        enabled: true,
        invite: "sms",
        leaving: false,
      },
    ]);
  });

  test("may have an address beside it, to which the invitation can be sent", () => {
    const text = onePerson('{"email":"hanako@example.com","invite":"email"}', HANAKO);
    expect(parseRoster(text, "users.json", BY_PHONE).roster?.people[0]).toMatchObject({
      email: "hanako@example.com",
      invite: "email",
    });
  });

  test.each([
    ["+81 90-1234-5678", 'Write "+819012345678".'],
    ["+81(90)12345678", 'Write "+819012345678".'],
    ["+81 (0)90 1234 5678", 'Write "+819012345678".'],
    ["０８１９０", "8 to 15 digits"],
    ["＋８１９０１２３４５６７８", 'Write "+819012345678".'],
    ["0081 90 1234 5678", 'Write "+819012345678".'],
    ["+0081 90 1234 5678", 'Write "+819012345678".'],
    ["090-1234-5678", '(in Japan: "+819012345678")'],
    ["819012345678", 'Write "+819012345678" if it starts with the country code'],
    ["hanako@example.com", '"hanako@example.com" is not a phone number'],
    ["hanako", '"hanako" is not a phone number'],
    ["Correct-horse-77!", "the username (not shown) is not a phone number"],
  ])("%s is not the username: what was probably meant is said", (name, hint) => {
    const [problem, ...more] = told(onePerson("{}", name), BY_PHONE);
    expect(problem).toContain(hint);
    expect(problem).toContain("People of this pool sign in by phone: the number is the username.");
    expect(more).toEqual([]);
  });

  test.each([
    ["phone", '{"phone":"+819012345678"}'],
    ["phone_number", '{"attributes":{"phone_number":"+819012345678"}}'],
  ])("has no %s beside it", (_, person) => {
    expect(told(onePerson(person, HANAKO), BY_PHONE)).toEqual([
      expect.stringContaining('"phone" isn\'t needed: people of this pool sign in by phone'),
    ]);
  });

  test("asks for an address where the invitation goes by e-mail", () => {
    expect(told(onePerson('{"invite":"email"}', HANAKO), BY_PHONE)).toEqual([
      expect.stringContaining("is invited by e-mail, but has no address"),
    ]);
  });

  test("invites nobody by SMS where the pool has no sender of it", () => {
    const rules = { ...BY_PHONE, sendsSms: false };
    expect(told(onePerson("{}", HANAKO), rules)).toEqual([
      expect.stringContaining("config.ts sets up no SMS sender"),
    ]);
    for (const person of ['{"invite":"none"}', '{"enabled":false}', '{"leaving":true}'])
      expect(told(onePerson(person, HANAKO), rules), person).toEqual([]);
  });

  test("a number outside of users is somebody, not a field", () => {
    expect(told('{"+819012345678":{}}', BY_PHONE)).toEqual([
      expect.stringContaining('"+819012345678" is outside "users"'),
    ]);
  });

  test("an earlier one's name may leave", () => {
    expect(told(onePerson('{"leaving":true}', "+1234"), BY_PHONE)).toEqual([]);
    expect(told(onePerson("{}", "+1234"), BY_PHONE)).toHaveLength(1);
  });

  test("is shaped so for editors, too", () => {
    const { users } = JSON.parse(rosterJsonSchema(BY_PHONE)).properties;
    expect(users.propertyNames.pattern).toBe("^\\+[1-9]\\d{7,14}$");
    const { properties } = users.additionalProperties;
    expect(properties.invite.default).toBe("sms");
    expect(properties).toHaveProperty("email");
    expect(properties).not.toHaveProperty("phone");
  });
});

describe("what counts as not verified, nobody can sign in with", () => {
  test.each<[string, string, string, GivenRules]>([
    [HANAKO, '{"phoneVerified":false}', "number", BY_PHONE],
    [
      "hanako",
      '{"phone":"+819012345678","phoneVerified":false,"invite":"none"}',
      "number",
      { signInWith: "username", aliases: ["phone_number"] },
    ],
    [
      "hanako",
      '{"email":"hanako@example.com","emailVerified":false}',
      "address",
      { signInWith: "username", aliases: ["email"] },
    ],
  ])("%s %s: a warning", (name, person, what, rules) => {
    expect(warnings(onePerson(person, name), rules)).toEqual([
      `no one can sign in with this ${what}, because it isn't verified`,
    ]);
  });

  test("where it is nothing to sign in with, it says nothing", () => {
    const text = onePerson('{"phone":"+819012345678","phoneVerified":false,"emailVerified":false}');
    expect(warnings(text, {})).toEqual([]);
    expect(parseRoster(text, "users.json").roster?.people[0]).toMatchObject({ phoneVerified: false });
  });

  test("and it may be anybody's", () => {
    const two = `{"users":{
      "a":{"phone":"+819012345678","invite":"none"},
      "b":{"phone":"+819012345678","invite":"none","phoneVerified":false}}}`;
    const rules = { signInWith: "username", aliases: ["phone_number"] } as const;
    expect(told(two, rules)).toEqual([]);
    expect(told(two.replace(',"phoneVerified":false', ""), rules)).toEqual([
      expect.stringContaining("already has this phone number"),
    ]);
  });
});
