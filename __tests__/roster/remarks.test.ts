import { describe, expect, test } from "vitest";
import { commentsLost } from "../../lib/roster/json-errors.ts";
import { parseRoster } from "../../lib/roster/parse.ts";
import { onePerson, told } from "./told.ts";

describe("a note and an owner", () => {
  test("stay with the person, as they are written", () => {
    const { roster } = parseRoster(
      onePerson('{"note":"Back in May. ${x}","owner":"Sato, sales"}'),
      "users.json",
    );
    expect(roster?.people).toMatchObject([{ note: "Back in May. ${x}", owner: "Sato, sales" }]);
  });

  test("of a person without, there are none", () => {
    const { roster } = parseRoster(onePerson("{}"), "users.json");
    expect(Object.keys(roster?.people[0] ?? {})).not.toContain("note");
    expect(Object.keys(roster?.people[0] ?? {})).not.toContain("owner");
  });

  test.each([
    ['{"note":3}', '"note" must be text, not a number'],
    ['{"owner":["a"]}', '"owner" must be text, not a list'],
    ['{"note":" "}', '"note" is empty → Write something, or leave it out.'],
    [`{"note":"${"x".repeat(501)}"}`, '"note" has 501 characters'],
    [`{"owner":"${"x".repeat(129)}"}`, '"owner" has 129 characters'],
    ['{"note":"\\ud800"}', '"note" contains half a character'],
    ['{"comment":"x"}', 'unknown field "comment" → Did you mean "note"?'],
    ['{"contact":"x"}', 'unknown field "contact" → Did you mean "owner"?'],
  ])("%s is a problem", (person, expected) => {
    expect(told(onePerson(person))).toEqual([expect.stringContaining(expected)]);
  });

  test("a password in one is refused, and not repeated", () => {
    const problems = told(onePerson('{"note":"her password: Tr0ub4dor"}'));
    expect(problems).toEqual([
      expect.stringContaining("looks like a note of a password (not shown), which must"),
    ]);
    expect(problems.join()).not.toContain("Tr0ub4dor");
  });
});

describe("a file whose name ends in .jsonc", () => {
  const COMMENTED = `// Who is who
{
  "users": {
    /* the first */
    "a@example.com": { "groups": ["ops",], }, // until May
  },
}
`;
  const problemsIn = (text: string, file: string) =>
    parseRoster(text, file).problems.map(
      ({ location: { line, column }, message }) => `${line}:${column} ${message}`,
    );

  test("may have comments and trailing commas", () => {
    expect(parseRoster(COMMENTED, "users.jsonc").roster?.people).toMatchObject([
      { username: "a@example.com", groups: ["ops"] },
    ]);
  });

  test("any other may not, and is told the way", () => {
    const { problems } = parseRoster(COMMENTED, "users.json");
    expect(problems[0]).toMatchObject({
      message: "JSON has no comments",
      hint: expect.stringContaining(".jsonc"),
      location: { line: 1, column: 1 },
    });
  });

  test("is never replaced by a program where it has comments", () => {
    expect(commentsLost(COMMENTED, "users.jsonc")).toContain("comments would be lost");
    expect(
      commentsLost('{ "users": { "a@example.com": { "note": "// none" }, } }', "users.jsonc"),
    ).toBeUndefined();
    expect(commentsLost(COMMENTED, "users.json")).toBeUndefined();
  });

  test.each([
    ['// x\n{"users":{"a@example.com":{"enabeld":true}}}', '2:28 unknown field "enabeld"'],
    ['{"users":{"a@example.com":{} /* no comma */\n"b@example.com":{}}}', "1:29 a comma is missing here"],
    ['{"users":{"a@example.com":{}}} /* open', "1:32 this comment is not closed"],
    ['# x\n{"users":{"a@example.com":{}}}', "1:1 a comment begins with //"],
    ['{"users":{"a@example.com":{}, // one\n"a@example.com":{}}}', '2:1 "a@example.com" is already on'],
  ])("%j: problems are at their places", (text, expected) => {
    expect(problemsIn(text, "users.jsonc")).toEqual([expect.stringContaining(expected)]);
  });
});
