import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMAIL } from "../../lib/roster/formats.ts";
import { parseRoster } from "../../lib/roster/parse.ts";
import { RosterError } from "../../lib/roster/problem.ts";
import { shown } from "../../lib/roster/redact.ts";

describe("a wrong text is shown when it is an attempt at what its place wants", () => {
  test.each([
    ["flag", "TRUE"],
    ["flag", "yes"],
    ["flag", "１"],
    ["digits", "090-1234-5678"],
    ["digits", "＋81 (90)"],
    ["digits", "1990年1月31日"],
    ["word", "e-mail"],
    ["word", "Email"],
    ["word", "SMS"],
    ["name", "grops"],
    ["name", "custom:département"],
    ["address", "hanako@exmaple"],
    ["address", "hanako"],
    ["address", "Hanako1@Example.com"],
    ["identifier", "ops-2024"],
  ] as const)("%s %j", (wanted, text) => {
    expect(shown(text, wanted)).toBe(JSON.stringify(text));
  });

  test.each([
    ["flag", "hunter"],
    ["digits", "call me"],
    ["word", "hunter2"],
    ["word", "hUnTeR"],
    ["word", "correcthorsebattery"],
    ["name", "hunter2"],
    ["address", "hunter2"],
    ["address", "Passw0rd@123"],
    ["address", "hanako@example.com:hunter2"],
    ["identifier", "S3cret!!11"],
  ] as const)("and not when it may be a password: %s %j", (wanted, text) => {
    expect(shown(text, wanted, "it")).toBe("it");
  });
});

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const pick = (characters: string) => fc.constantFrom(...characters);
const sorts = [LOWER, LOWER.toUpperCase(), "0123456789", "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"];
/** As Cognito's policy has it: each sort of character at least once. An e-mail address is none, whatever it is made of. */
const password = fc
  .tuple(fc.tuple(...sorts.map(pick)), fc.array(pick(sorts.join("")), { minLength: 4, maxLength: 16 }))
  .chain(([one, rest]) => {
    const all = [...one, ...rest];
    return fc.shuffledSubarray(all, { minLength: all.length }).map((characters) => characters.join(""));
  })
  .filter((text) => !EMAIL.test(text));

const FIELDS = ["attributes", "email", "phone", "emailVerified", "groups", "enabled", "invite", "leaving"];
const field = fc.constantFrom(...FIELDS, "name", "grops", "extra", "users", "password");
const attribute = fc.constantFrom("name", "birthdate", "updated_at", "address", "nmae", "email", "custom:x");

/** Ways to write the text where a value belongs, and where an entry does. */
const asValue = fc.constantFrom(
  (text: string) => text,
  (text: string) => `[${text}]`,
  (text: string) => `[${text}, ${text}]`,
  (text: string) => `{"name":${text}}`,
  (text: string) => `{${text}:${text}, ${text}:1}`,
  (text: string) => `[{${text}:[${text}]}]`,
);
const asPlace = fc.oneof(
  field.map((name) => (value: string) => `{"users":{"a@example.com":{"${name}":${value}}}}`),
  attribute.map(
    (name) => (value: string) => `{"users":{"a@example.com":{"attributes":{"${name}":${value}}}}}`,
  ),
  fc.constantFrom(
    (value: string) => value,
    (value: string) => `{"users":${value}}`,
    (value: string) => `{"users":{"a@example.com":${value}}}`,
    (value: string) => `{"$schema":${value},"users":{"a@example.com":{}},"extra":${value}}`,
  ),
);
/** The password alone, or beside something that was meant. */
const asText = fc.constantFrom(
  (secret: string) => secret,
  (secret: string) => `hanako@example.com:${secret}`,
  (secret: string) => `hanako ${secret}`,
  (secret: string) => `custom:${secret}`,
  (secret: string) => ` ${secret}\t`,
);
const asKey = fc.constantFrom(
  (key: string) => `{${key}:{}}`,
  (key: string) => `{"users":{${key}:{}, ${key}:{"invite":"none"}}}`,
  (key: string) => `{"users":{"a@example.com":{${key}:1, ${key}:2}}}`,
  (key: string) => `{"users":{"a@example.com":{"attributes":{${key}:"x", "name":"\\q", ${key}:"x"}}}}`,
);

test("a password that slipped in anywhere is never repeated", () => {
  const text = fc.oneof(
    fc.tuple(asValue, asPlace).map(
      ([write, put]) =>
        (secret: string) =>
          put(write(secret)),
    ),
    asKey,
  );
  fc.assert(
    fc.property(
      password,
      asText,
      text,
      fc.constantFrom("email", "username"),
      fc.boolean(),
      (secret, join, write, signInWith, quoted) => {
        const roster = write(quoted ? JSON.stringify(join(secret)) : join(secret));
        const { problems } = parseRoster(roster, "u.json", { signInWith });
        const told = new RosterError("u.json", problems).message;
        for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) expect(told).not.toContain(form);
      },
    ),
    { numRuns: 3000 },
  );
});
