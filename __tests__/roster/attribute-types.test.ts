import { describe, expect, test } from "vitest";
import type { AttributeType } from "../../lib/roster/attribute-types.ts";
import { parseRoster } from "../../lib/roster/parse.ts";
import { rosterJsonSchema } from "../../lib/roster/schema.ts";
import { onePerson, told } from "./told.ts";

const TYPES = {
  level: { type: "number", min: 1, max: 5 },
  floor: { type: "number" },
  team: { type: "string", minLength: 2, maxLength: 5 },
  note: { type: "string" },
  since: { type: "date" },
  admin: { type: "boolean" },
} as const satisfies Record<string, AttributeType>;

const with_ = (name: string, value: unknown) => onePerson(JSON.stringify({ attributes: { [name]: value } }));
const check = (name: string, value: unknown) =>
  parseRoster(with_(name, value), "users.json", { customAttributes: TYPES }).problems.map(
    ({ location, message, hint }) => `${location.line}:${location.column} ${message} → ${hint}`,
  );

describe("a custom attribute's value is checked by its type, at its place", () => {
  test.each([
    ["level", "1"],
    ["level", "5"],
    ["level", "2.5"],
    ["floor", "0"],
    ["floor", "100000"],
    ["team", "ab"],
    ["team", "abcde"],
    ["note", "x".repeat(2048)],
    ["since", "2024-02-29"],
    ["since", "2024-04-01T09:00:00Z"],
    ["since", "2024-04-01T09:00:00.123+09:00"],
    ["admin", "true"],
    ["admin", "false"],
  ])("%s may be %j", (name, value) => {
    expect(check(name, value)).toEqual([]);
  });

  test.each([
    ["level", "high", 'the attribute "level" must be a number → Write digits'],
    ["level", "1e3", 'the attribute "level" must be a number'],
    ["level", "+3", 'the attribute "level" must be a number'],
    ["level", "6", 'the attribute "level" is "6" → The pool accepts 1–5.'],
    ["level", "0", 'the attribute "level" is "0" → The pool accepts 1–5.'],
    ["level", 3, 'the attribute "level" must be text, not a number → Put the value in double quotes.'],
    ["team", "a", 'the attribute "team" has 1 character → The pool accepts 2–5.'],
    ["team", "abcdef", 'the attribute "team" has 6 characters → The pool accepts 2–5.'],
    ["note", "x".repeat(2049), 'the attribute "note" has 2049 characters → Cognito\'s limit is 2048.'],
    ["since", "01/04/2024", 'the attribute "since" must be a valid date → Write it as "2024-04-01"'],
    ["since", "2023-02-29", 'the attribute "since" must be a valid date'],
    ["since", "2024-04-01T25:00:00Z", 'the attribute "since" must be a valid date'],
    ["admin", "True", 'the attribute "admin" must be "true" or "false", not "True" → Write it in lower case'],
    ["admin", true, 'the attribute "admin" must be text, not true'],
    ["admin", "", 'the attribute "admin" is empty'],
  ])("%s may not be %j", (name, value, words) => {
    const problems = check(name, value);
    expect(problems).toHaveLength(1);
    const column =
      with_(name, value).indexOf(
        JSON.stringify(value),
        with_(name, value).indexOf(`"${name}"`) + name.length,
      ) + 1;
    expect(problems[0]).toContain(`1:${column} ${words}`);
  });

  test("a value of another kind is not repeated: it may be somebody's secret", () => {
    for (const name of ["level", "since", "admin"])
      expect(check(name, "Secret-Value-1").join(), name).not.toContain("Secret-Value-1");
  });

  test("a standard attribute that the pool has in another shape, too", () => {
    const rules = { attributeTypes: { nickname: { type: "string", maxLength: 3 } } } as const;
    expect(told(with_("nickname", "Hana"), rules)).toEqual([
      expect.stringContaining('the attribute "nickname" has 4 characters → The pool accepts 0–3.'),
    ]);
  });

  test("an earlier text is not judged: its values are not deployed again", () => {
    expect(
      told(with_("level", "high"), { customAttributes: ["level"], attributeTypes: TYPES, earlier: true }),
    ).toEqual([]);
  });

  test("a list still means texts: whatever they say", () => {
    expect(told(with_("level", "high"), { customAttributes: ["level"] })).toEqual([]);
  });
});

test("an editor knows the types, by the JSON Schema", () => {
  const { properties } = JSON.parse(rosterJsonSchema({ customAttributes: TYPES })).properties.users
    .additionalProperties.properties.attributes;
  expect(properties.admin).toMatchObject({ type: "string", enum: ["true", "false"] });
  expect(properties.team).toMatchObject({ type: "string", minLength: 2, maxLength: 5 });
  expect(properties.level.allOf ?? [properties.level]).toEqual(
    expect.arrayContaining([expect.objectContaining({ pattern: expect.stringContaining("\\d+") })]),
  );
});
