import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRoster } from "../../lib/roster/parse.ts";

interface Found {
  readonly offset: number;
  readonly message: string;
}
interface SmallCheck {
  problemsOf(text: string): Found[];
  lostSince(before: string, text: string): { readonly message: string }[];
}
const module = <T>(name: string): Promise<T> =>
  import(new URL(`../../.githooks/${name}.mjs`, import.meta.url).href);
const { problemsOf, lostSince } = await module<SmallCheck>("small-check");
const { readJson } = await module<{ readJson(text: string): unknown }>("json-tree");

/** Where the whole check finds the first problem, as an offset. */
function refusedByCheck(text: string): number | undefined {
  const { location } = parseRoster(text, "users.json").problems[0] ?? {};
  if (location === undefined) return undefined;
  const before = text.split("\n").slice(0, (location.line ?? 1) - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + (location.column ?? 1) - 1;
}
const roster = (people: string) => `{ "users": {\n${people}\n} }`;

describe("the pre-commit hook's small check", () => {
  test.each([
    ["a value that is missing", roster('"a@example.com": }'), "not JSON"],
    ["an empty file", "", "not JSON"],
    ["a comment", roster('// Ops\n"a@example.com": {}'), "not JSON"],
    ["a merge conflict", roster('<<<<<<< HEAD\n"a@example.com": {}'), "not JSON"],
    ["a person twice", roster('"a@example.com": {},\n"a@example.com": {}'), "a second time"],
    ["a person twice, in other letters", roster('"a@example.com": {},\n"A@example.com": {}'), "letter case"],
    ["a field twice", roster('"a@example.com": { "groups": [],\n"groups": ["ops"] }'), "a second time"],
    ["a password", roster('"a@example.com": {\n"password": "hunter2" }'), "looks like a password"],
    [
      "a password among the attributes",
      roster('"a@example.com": { "attributes": {\n"Temp-Passwd": "hunter2" } }'),
      "looks like a password",
    ],
    ["a password in place of a person", roster('"a@example.com": "hunter2"'), "must be an object"],
    ["nobody", '{ "users": {} }', '"users" is empty'],
    ["a list", '[{ "Username": "a" }]', "no users"],
  ])("refuses %s, where check does, and does not repeat it", (_, text, words) => {
    const [problem] = problemsOf(text);
    expect(problem?.message).toContain(words);
    expect(JSON.stringify(problemsOf(text))).not.toContain("hunter2");
    expect(refusedByCheck(text)).toBeDefined();
    if (words !== "not JSON" && words !== '"users" is empty')
      expect(problem?.offset).toBe(refusedByCheck(text));
  });

  test.each([
    ["the repository's roster", readFileSync("users.json", "utf8")],
    ["a byte order mark", `\ufeff${roster('"a@example.com": {}')}`],
    ["a username that is a word for a secret", roster('"password@example.com": {}')],
    [
      "an attribute that only begins like one",
      roster('"a@example.com": { "attributes": { "nickname": "Pwd" } }'),
    ],
  ])("accepts %s", (_, text) => {
    expect(parseRoster(text, "users.json").problems).toEqual([]);
    expect(problemsOf(text)).toEqual([]);
  });

  test("refuses no roster that check accepts", () => {
    const name = fc.constantFrom("a@example.com", "A@example.com", "b@example.com", "secret@example.com");
    // Whatever a pool may declare.
    const customAttributes = [
      "passport",
      "secretary",
      "pwdLastSet",
      "office_pin",
      "password",
      "client_secret",
    ];
    const field = fc.constantFrom("name", "profile", ...customAttributes);
    const person = fc.record({ attributes: fc.dictionary(field, fc.constantFrom("a", "b")) });
    const people = fc.array(fc.tuple(name, person), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(people, (entries) => {
        const text = roster(entries.map(([who, what]) => `"${who}": ${JSON.stringify(what)}`).join(",\n"));
        fc.pre(parseRoster(text, "users.json", { customAttributes }).problems.length === 0);
        expect(problemsOf(text)).toEqual([]);
      }),
    );
  });

  test("reads JSON as JSON.parse does, however it is damaged", () => {
    const accepts = (read: (text: string) => unknown, text: string) => {
      try {
        read(text);
        return true;
      } catch {
        return false;
      }
    };
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", '"', "\\", "0", " ", "\n", "\u0001", "é"),
      )
      .map(([text, at, sign]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + sign + text.slice(place + (sign === "" ? 1 : 0));
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(accepts(readJson, text)).toBe(accepts(JSON.parse, text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("finds whose line is gone although they were not leaving; an earlier text that is no JSON has nobody to lose", () => {
    const before = roster('"a@example.com": {},\n"b@example.com": { "leaving": true },\n"c@example.com": {}');
    expect(lostSince(before, roster('"c@example.com": {}'))).toEqual([
      {
        message: '"a@example.com" is gone, but was not leaving',
        hint: expect.stringContaining('"leaving": true'),
      },
    ]);
    expect(lostSince("{ broken", roster('"c@example.com": {}'))).toEqual([]);
    expect(lostSince("", roster('"c@example.com": {}'))).toEqual([]);
  });
});
