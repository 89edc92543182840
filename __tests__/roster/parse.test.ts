import { describe, expect, test } from "vitest";
import { parseRoster } from "../../lib/roster/parse.ts";
import { onePerson, told } from "./told.ts";

describe("a good roster", () => {
  test("gives everyone in file order, with every default filled in", () => {
    const { roster } = parseRoster(
      '{ "users": { "b@example.com": {}, "1@example.com": { "invite": "none" } } }',
      "u.json",
    );
    expect(roster?.file).toBe("u.json");
    expect(roster?.people).toEqual([
      {
        username: "b@example.com",
        email: "b@example.com",
        attributes: {},
        emailVerified: true,
        groups: [],
        enabled: true,
        invite: "email",
        leaving: false,
      },
      expect.objectContaining({ username: "1@example.com", invite: "none" }),
    ]);
  });

  test("keeps usernames that are numbers where they stand", () => {
    const text = '{"users":{"b":{"invite":"none"},"10":{"invite":"none"},"2":{"invite":"none"}}}';
    const { roster } = parseRoster(text, "u.json", { signInWith: "username" });
    expect(roster?.people.map(({ username }) => username)).toEqual(["b", "10", "2"]);
  });

  test("takes ${ and %{ as plain text", () => {
    const { roster } = parseRoster(onePerson('{"attributes":{"name":"${aws} %{ if }"}}'), "u.json");
    expect(roster?.people[0]?.attributes).toEqual({ name: "${aws} %{ if }" });
  });

  test("may use the pool's custom attributes, by their bare names", () => {
    const { roster } = parseRoster(
      onePerson('{"attributes":{"department":"ops","office_pin":"3F"}}'),
      "u.json",
      {
        customAttributes: ["department", "office_pin"],
      },
    );
    expect(roster?.people[0]?.attributes).toEqual({ department: "ops", office_pin: "3F" });
  });

  test("has the e-mail address in a field of its own where the pool signs in by username", () => {
    const { roster } = parseRoster(
      onePerson('{"email":"a@example.com","phone":"+819012345678"}', "hanako"),
      "u.json",
      {
        signInWith: "username",
      },
    );
    expect(roster?.people[0]).toMatchObject({
      username: "hanako",
      email: "a@example.com",
      phone: "+819012345678",
    });
  });

  test("may begin with a byte order mark, which no column counts", () => {
    expect(told(`\ufeff${onePerson("{}")}`)).toEqual([]);
    expect(told('\ufeff{"user":{"a@example.com":{}}}')).toEqual([expect.stringMatching(/^1:2 /)]);
  });

  test.each(["leaving", "enabled"])("may disable a person who is leaving (%s)", (field) => {
    expect(
      told(onePerson(`{"leaving":true,"${field}":false}`.replace('"leaving":true,"leaving"', '"leaving"'))),
    ).toEqual([]);
  });
});

describe("where a problem lies", () => {
  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("lines end with %s", (_, end) => {
    const text = ["{", '  "users": {', '    "a@example.com": { "grops": [] }', "  }", "}"].join(end);
    expect(told(text)).toEqual([expect.stringMatching(/^3:24 /)]);
  });

  test("columns count UTF-16 code units from 1, as VS Code does", () => {
    expect(told('{"users":{"a@example.com":{"attributes":{"name":"😀"},"x":1}}}')).toEqual([
      expect.stringMatching(/^1:55 /),
    ]);
  });

  test("all problems come at once, in file order", () => {
    const text = `{ "users": {
      "hanako": { "enabled": "yes" },
      "a@example.com": { "phone": "090", "attributes": { "nmae": "A" } }
    }, "version": 2 }`;
    expect(told(text).map((line) => line.split(" ")[0])).toEqual(["2:7", "2:30", "3:35", "3:58", "4:8"]);
  });

  test("the first of two people of the same name is checked too", () => {
    const text = '{"users":{"a@example.com":{"enabled":1},"a@example.com":{}}}';
    expect(told(text)).toEqual([
      expect.stringMatching(/^1:38 "enabled"/),
      expect.stringMatching(/^1:41 .*already on line 1/),
    ]);
  });
});

describe("the shape", () => {
  test.each([
    ["[]", "1:1 the file contains a list"],
    ["null", "1:1 the file contains null"],
    ['"hunter2"', "1:1 the file contains a text"],
    ["{}", '1:1 there is no "users"'],
    ['{"users":{}}', '1:2 "users" is empty: deploying it would delete everyone'],
    ['{"users":[]}', '1:10 "users" must be an object, not a list'],
    ['{"users":null}', '1:10 "users" must be an object, not null'],
    ['{"user":{}}', '1:2 unknown field "user" → Did you mean "users"?'],
    ['{"a@example.com":"hunter2"}', '1:2 "a@example.com" is outside "users"'],
    ['{"$schema":1,"users":{"a@example.com":{}}}', '1:12 "$schema" must be text, not a number'],
    [onePerson("null"), "1:27 a person must be an object, not null"],
    [onePerson("3"), "1:27 a person must be an object, not a number"],
    [
      onePerson('{"groups":"ops"}'),
      '1:37 "groups" must be a list, not "ops" → Write it in brackets: ["ops"].',
    ],
    [onePerson('{"groups":[1]}'), "1:38 a group must be text, not a number"],
    [
      onePerson('{"enabled":"TRUE"}'),
      '1:38 "enabled" must be true or false, not "TRUE" → Write true, without quotes.',
    ],
    [onePerson('{"leaving":null}'), '1:38 "leaving" must be true or false, not null'],
    [onePerson('{"invite":"Email"}'), '1:37 "invite" can\'t be "Email" → Write "email", "sms" or "none".'],
    [
      onePerson('{"invite":false}'),
      '1:37 "invite" can\'t be false → Write "email", "sms" or "none" ("none" sends nothing).',
    ],
    [onePerson('{"attributes":[]}'), '1:41 "attributes" must be an object, not a list'],
  ])("%s", (text, expected) => {
    expect(told(text)).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    ["grops", 'Did you mean "groups"?'],
    ["Enabled", 'Did you mean "enabled"?'],
    ["email_verified", 'Did you mean "emailVerified"?'],
    ["phoneNumber", 'Did you mean "phone"?'],
    ["disabled", 'Did you mean "enabled"? ("enabled": false)'],
    ["name", 'Write it inside "attributes": { … }.'],
    ["first_name", 'Did you mean "given_name", inside "attributes"?'],
    ["email", "Delete it, and check that the username is the right address."],
    [
      "role_description",
      "Allowed fields are attributes, phone, emailVerified, phoneVerified, groups, enabled, invite, leaving, until, note, owner, formerly.",
    ],
    ["__proto__", "Allowed fields are attributes"],
    ["constructor", "Allowed fields are attributes"],
  ])("an unknown field of a person: %s", (field, hint) => {
    expect(told(onePerson(`{"${field}":1}`))).toEqual([expect.stringContaining(hint)]);
  });
});

describe("invitations", () => {
  test.each([
    [{ signInWith: "email" }, '{"invite":"sms"}', "1:37 an invitation by SMS needs a phone number"],
    [{ signInWith: "username" }, "{}", '1:11 "a@example.com" is invited by e-mail, but has no address'],
    [{ signInWith: "username" }, '{"invite":"email"}', "1:37 "],
  ] as const)("%j %s can't reach the person", (rules, fields, expected) => {
    expect(told(onePerson(fields), rules)).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    [
      '{"invite":"sms","phone":"+819012345678"}',
      ["1:37 an invitation by SMS, but config.ts sets up no SMS sender"],
    ],
    // Who can't sign in is sent nothing.
    ['{"invite":"sms","phone":"+819012345678","enabled":false}', []],
    ['{"invite":"sms","phone":"+819012345678","leaving":true}', []],
    ['{"phone":"+819012345678"}', []],
  ])("in a pool that sends no SMS: %s", (fields, expected) => {
    expect(told(onePerson(fields), { sendsSms: false })).toEqual(
      expected.map((words) => expect.stringContaining(words)),
    );
    expect(told(onePerson(fields), { sendsSms: false, earlier: true })).toEqual([]);
  });

  test.each([
    [{ signInWith: "email" }, '{"invite":"sms","phone":"+819012345678"}'],
    [{ signInWith: "username" }, '{"invite":"sms","phone":"+819012345678"}'],
    [{ signInWith: "username" }, '{"invite":"none"}'],
    [{ signInWith: "username" }, '{"email":"a@example.com"}'],
  ] as const)("%j %s can", (rules, fields) => {
    expect(told(onePerson(fields), rules)).toEqual([]);
  });
});

// As many as a large company has where everything is tested; elsewhere enough to show what is quadratic.
const LARGE = process.env.CI ? 10_000 : 3_000;

describe(`${LARGE} people take about ten times as long as ${LARGE / 10}`, () => {
  const many = (count: number, person: (i: number) => string) =>
    `{"users":{${Array.from({ length: count }, (_, i) => person(i)).join(",\n")}}}`;
  const milliseconds = (text: string, times: number) => {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) parseRoster(text, "u.json");
    return process.cpuUsage(start).user / 1000;
  };
  const least = (runs: number[]) => Math.min(...runs);

  test.each<[string, (i: number) => string]>([
    ["good ones", (i) => `"user${i}@example.com":{"attributes":{"name":"A"},"groups":["ops"]}`],
    ["bad ones", (i) => `"user${i}@example.com":{"attributes":{"nmae":1},"grops":[],"enabled":1}`],
    ["always the same", () => '"a@example.com":{"enabled":1}'],
    ["broken texts", (i) => `"user${i}@example.com":{"attributes":{"name":"\t"},"phone":090}`],
    ["every group spelt twice", (i) => `"user${i}@example.com":{"groups":["g${i}","G${i}"]}`],
  ])(
    "%s",
    (_, person) => {
      const small = many(LARGE / 10, person);
      const large = many(LARGE, person);
      parseRoster(large, "u.json"); // warms up
      // The same number of people each: quadratic code would make the large one ten times as dear.
      const rounds = [0, 1].map(() => [milliseconds(small, 10), milliseconds(large, 1)] as const);
      expect(
        least(rounds.map(([, once]) => once)) / least(rounds.map(([tenTimes]) => tenTimes)),
      ).toBeLessThan(2.5);
      // By CPU, and so on a machine that is not alone it may take a while.
    },
    120_000,
  );
});
