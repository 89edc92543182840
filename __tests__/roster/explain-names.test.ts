import { describe, expect, test } from "vitest";
import { STANDARD_ATTRIBUTES } from "../../lib/roster/formats.ts";
import { onePerson, told } from "./told.ts";

const attribute = (name: string, value: unknown) =>
  onePerson(JSON.stringify({ attributes: { [name]: value } }));

describe("names", () => {
  test.each(Object.keys(STANDARD_ATTRIBUTES))("%s may be set", (name) => {
    const value = { birthdate: "1990-01-31", updated_at: "1700000000" }[name] ?? "x";
    expect(told(attribute(name, value))).toEqual([]);
  });

  test.each([
    ["sub", "is Cognito's own"],
    ["identities", "is reserved for Cognito"],
    ["cognito:user_status", "is reserved for Cognito"],
    ["dev:custom:x", "developer-only"],
    ["email_verified", 'Write "emailVerified": true or false beside "attributes".'],
    ["phone_number_verified", 'Write "phoneVerified": true or false beside "attributes".'],
    ["email", '"email" isn\'t needed:'],
    ["phone_number", 'Write "phone" beside "attributes", not inside.'],
    ["custom:department", 'with which every plan would change it again → Write "department".'],
    ["groups", 'Write "groups" beside "attributes", not inside.'],
    ["familyName", 'Did you mean "family_name"?'],
    ["nmae", 'Did you mean "name"?'],
    ["departmnt", 'Did you mean "department"?'],
    ["favourite_colour", "add it to pool.customAttributes in config.ts"],
    ["favourite_colour_of_the_year", "a custom one has at most 20 characters"],
  ])("%s may not", (name, expected) => {
    expect(told(attribute(name, "x"), { customAttributes: ["department"] })).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  test("an e-mail attribute is the field email where the pool signs in by username", () => {
    expect(
      told(onePerson('{"invite":"none","attributes":{"email":"a@example.com"}}'), { signInWith: "username" }),
    ).toEqual([expect.stringContaining('Write "email" beside "attributes", not inside.')]);
  });
});

describe("values", () => {
  test.each([
    ["name", "x".repeat(2048)],
    ["birthdate", "2024-02-29"],
    ["name", "山田 花子"],
    ["profile", "https://example.com/forgot-password"],
    ["nickname", "passport: none"],
  ])("%s %j is good", (name, value) => {
    expect(told(attribute(name, value))).toEqual([]);
  });

  test.each([
    ["name", 3, "must be text, not a number → Put the value in double quotes."],
    ["name", true, "must be text, not true"],
    ["name", null, "must be text, not null"],
    ["name", "", "is empty → Leave it out"],
    ["name", "x".repeat(2049), "has 2049 characters → Cognito's limit is 2048."],
    ["name", "\udc00", "half a character"],
    [
      "address",
      { locality: "Tokyo" },
      "must be text, not an object → Cognito stores an address as one text.",
    ],
    ["birthdate", "1990-1-31", 'birthdate "1990-1-31" is not a valid date'],
    ["birthdate", "2023-02-29", "is not a valid date"],
    ["birthdate", "S3cret!!4", "birthdate (not shown) is not a valid date"],
    ["updated_at", "1700000000.5", 'updated_at "1700000000.5" is not a number of seconds'],
    ["updated_at", "yesterday", "updated_at (not shown) is not a number of seconds"],
    ["name", "password: hunter2", "looks like a note of a password (not shown), which must not be in a"],
    [
      "address",
      "Tokyo (初期パスワード：hunter2)",
      "looks like a note of a password (not shown), which must not be in a",
    ],
    [
      "nickname",
      "Mot de passe = hunter2",
      "looks like a note of a password (not shown), which must not be in a",
    ],
  ])("%s %j is not", (name, value, expected) => {
    expect(told(attribute(name, value))).toEqual([expect.stringContaining(expected)]);
  });
});
