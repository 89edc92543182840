import { describe, expect, test } from "vitest";
import { changesOf } from "../../../lib/directory/spreadsheet/changes.ts";
import { changesText } from "../../../lib/directory/spreadsheet/render.ts";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { withDefaults } from "../../../lib/roster/roster.ts";
import { changes, NOBODY, read } from "./people.ts";

const ROSTER = `{
  "users": {
    "hanako@example.com": { "attributes": { "name": "Hanako", "locale": "ja-JP" }, "groups": ["admins", "ops"] },
    "taro@example.com": { "phone": "+819012345678", "note": "in Osaka" },
    "sam@example.com": { "leaving": true },
    "ci-bot@example.com": { "invite": "none" }
  }
}
`;

const textOf = (result: ReturnType<typeof changes>) => result.texts[0]?.text;

describe("a first import", () => {
  test("makes a roster, in which what is the default has no field", () => {
    const csv =
      "email,name,phone,groups,enabled,emailVerified,phoneVerified\n" +
      "a@x.jp,A,+819012345678,ops,yes,yes,yes\nb@x.jp,B,,,no,yes,yes\n";
    const result = changes(NOBODY, csv);
    expect(result).toMatchObject({ problems: [], changes: [], missing: [] });
    expect(result.joins.map(({ username, cell }) => [cell, username])).toEqual([
      ["A2", "a@x.jp"],
      ["A3", "b@x.jp"],
    ]);
    expect(textOf(result)).toBe(`{
  "$schema": "./users.schema.json",
  "users": {
    "a@x.jp": { "attributes": { "name": "A" }, "phone": "+819012345678", "groups": ["ops"] },
    "b@x.jp": { "attributes": { "name": "B" }, "enabled": false }
  }
}
`);
  });
});

describe("a second import", () => {
  test("changes what differs and nothing else: not what has no column, not the order of groups, not a name's letter case", () => {
    const csv = "email,name,groups\nHANAKO@example.com,Hanako Y.,ops;admins\ntaro@example.com,,\n";
    const result = changes(ROSTER, csv);
    expect(result).toMatchObject({ joins: [], problems: [] });
    expect(result.changes).toEqual([
      {
        username: "hanako@example.com",
        file: "users.json",
        cell: "A2",
        fields: [{ field: "name", from: "Hanako", to: "Hanako Y." }],
      },
    ]);
    expect(textOf(result)).toBe(ROSTER.replace('"Hanako"', '"Hanako Y."'));
  });

  test("of the same spreadsheet changes nothing", () => {
    const csv =
      "email,name,phone\nhanako@example.com,Hanako,\ntaro@example.com,,+81 90-1234-5678\nnew@x.jp,New,\n";
    const once = textOf(changes(ROSTER, csv)) ?? "";
    expect(once).toContain('"new@x.jp": { "attributes": { "name": "New" } }');
    expect(changes(once, csv)).toMatchObject({
      joins: [],
      changes: [],
      leaving: [],
      texts: [],
      problems: [],
    });
  });

  test("takes out what an empty cell says", () => {
    const result = changes(ROSTER, "email,phone,locale\ntaro@example.com,,\nhanako@example.com,,\n");
    expect(textOf(result)).toBe(
      ROSTER.replace('"phone": "+819012345678", ', "").replace(', "locale": "ja-JP"', ""),
    );
  });

  test("names who is not in it, and leaves them as they are", () => {
    const result = changes(ROSTER, "email\nhanako@example.com\n");
    expect(result).toMatchObject({ leaving: [], texts: [] });
    expect(result.missing.map(({ username }) => username)).toEqual([
      "taro@example.com",
      "ci-bot@example.com",
    ]);
  });

  test("proposes with --leavers that they leave, but robots, whoever is required, and whoever is leaving already", () => {
    const result = changes(ROSTER, "email\nhanako@example.com\n", { leavers: true });
    expect(result.leaving).toEqual([{ username: "taro@example.com", file: "users.json" }]);
    expect(result.missing).toEqual([
      { username: "ci-bot@example.com", file: "users.json", kept: "an account without an invitation" },
    ]);
    expect(textOf(result)).toBe(ROSTER.replace('"in Osaka" }', '"in Osaka", "leaving": true }'));

    const kept = changes(ROSTER, "email\nhanako@example.com\n", {
      leavers: true,
      guards: { required: ["taro@example.com"] },
    });
    expect(kept.leaving).toEqual([]);
    expect(kept.missing[0]).toMatchObject({ username: "taro@example.com", kept: "required by config.ts" });
  });

  test("does not bring back whoever is leaving, and says so", () => {
    const result = changes(ROSTER, "email,name\nsam@example.com,Sam\n");
    expect(result.comingBack).toEqual(["sam@example.com"]);
    expect(textOf(result)).toContain('"leaving": true');
  });

  test("is refused by the guard where more people would lose access than may", () => {
    const many = `{ "users": { ${Array.from({ length: 10 }, (_, index) => `"p${index}@x.jp": {}`).join(", ")} } }`;
    const csv = "email\np0@x.jp\np1@x.jp\n";
    const { refusal } = changes(many, csv, { leavers: true });
    expect(refusal).toMatchObject({ exitCode: 3, message: "8 people would lose access; 3 may" });
    expect(changes(many, csv, { leavers: true, allowRemovals: 8 }).refusal).toBeUndefined();
    const disabled = "email,enabled\np0@x.jp,no\np1@x.jp,no\np2@x.jp,no\np3@x.jp,no\n";
    expect(changes(many, disabled).refusal?.message).toBe("4 people would lose access; 3 may");
  });
});

describe("what check would refuse is told at its cell", () => {
  const told = (csv: string, options: Parameters<typeof changes>[2] = {}) =>
    changes(ROSTER, csv, options).problems.map(
      ({ location: { file, line, column }, message }) => `${file}:${line}:${column} ${message}`,
    );

  test.each<[string, string, Parameters<typeof changes>[2], string]>([
    [
      "an address",
      "email\nhanako.example.com\n",
      {},
      'hr.csv:2:1 A2: "hanako.example.com" is not an e-mail address',
    ],
    [
      "a group that is not declared",
      "email,groups\na@x.jp,opss\n",
      { rules: { groups: ["ops", "admins"] } },
      'hr.csv:2:8 B2: the group "opss"',
    ],
    ["a group with a blank", "email,部署\na@x.jp,Human Resources\n", {}, "hr.csv:2:8 B2: "],
    [
      "an attribute's type",
      "email,level\na@x.jp,high\n",
      { rules: { customAttributes: { level: { type: "number" } } } },
      'hr.csv:2:8 B2: the attribute "level" must be a number',
    ],
  ])("%s", (_, csv, options, expected) => {
    const [first, ...more] = told(csv, options);
    expect(first).toContain(expected);
    expect(more.filter((one) => !one.startsWith("users.json"))).toEqual([]);
  });

  test("a person without the address that the invitation needs", () => {
    const { problems } = changes(NOBODY, "username,email\nnew,\n", { rules: { signInWith: "username" } });
    expect(problems.map(({ message }) => message)).toEqual([
      'A2: "new" is invited by e-mail, but has no address',
    ]);
  });

  test("and what the guards want, at the file", () => {
    expect(
      told("email,enabled\nhanako@example.com,no\n", { guards: { required: ["hanako@example.com"] } }),
    ).toEqual([
      'users.json:undefined:undefined "hanako@example.com" is required by config.ts, but not enabled',
    ]);
  });
});

describe("a roster in several files", () => {
  const rules = withDefaults({});
  const file = (name: string, users: Record<string, object>) => {
    const text = JSON.stringify({ users });
    return { name, file: name, text, people: parseRoster(text, name).roster?.people ?? [] };
  };
  const files = [file("people/a.json", { "a@x.jp": {} }), file("people/b.json", { "b@x.jp": {} })];
  const sheet = read("email,name\na@x.jp,A\nb@x.jp,B\nc@x.jp,C\n");
  const options = { rules, guards: {}, called: "people/*.json" };

  test("changes people where they are, and takes newcomers into the file that is named", () => {
    const { texts, problems } = changesOf(sheet, files, { ...options, into: "people/b.json" });
    expect(problems).toEqual([]);
    expect(
      Object.fromEntries(texts.map(({ name, text }) => [name, Object.keys(JSON.parse(text).users)])),
    ).toEqual({
      "people/a.json": ["a@x.jp"],
      "people/b.json": ["b@x.jp", "c@x.jp"],
    });
  });

  test("has to know that file", () => {
    expect(() => changesOf(sheet, files, options)).toThrow("The roster has several files: choose one");
  });

  test("looks for who is missing in the file that is named alone", () => {
    const one = read("email\nb@x.jp\n");
    const leavers = { ...options, leavers: true };
    expect(changesOf(one, files, { ...leavers, into: "people/b.json" }).leaving).toEqual([]);
    expect(changesOf(one, files, leavers).leaving).toEqual([{ username: "a@x.jp", file: "people/a.json" }]);
  });
});

test("what changes is shown in words; groups by what comes and goes", () => {
  const csv = "email,name,phone,groups\nhanako@example.com,Hana,090-1234-5678,ops;dev\n";
  const result = changes(ROSTER, csv, { country: "JP" });
  const plain = (text: string) => text;
  const paint = { red: plain, green: plain, yellow: plain, cyan: plain, bold: plain, dim: plain };
  expect(changesText(read(csv, { country: "JP" }), result, { paint })).toBe(`
Phone numbers
  C2  090-1234-5678 → +819012345678 (Japan)

1 person changes
  hanako@example.com  name Hanako → Hana; phone +819012345678; groups +dev -admins

2 people of the roster not in the spreadsheet, left as they are:
  taro@example.com, ci-bot@example.com
  → if the spreadsheet has everybody: --leavers writes "leaving": true
`);
});
