import fc from "fast-check";
import { expect, test } from "vitest";
import { formatLocation } from "../../lib/errors.ts";
import { parseRoster } from "../../lib/roster/parse.ts";

const RUNS = { numRuns: 500 };

const SECRET = "Hunter2-Tr0ub4dor&3";
const field = fc.constantFrom(
  "attributes",
  "email",
  "phone",
  "emailVerified",
  "groups",
  "enabled",
  "invite",
  "leaving",
  "name",
  "sub",
  "custom:x",
  "password",
  "temp_password",
  "pin",
  "users",
  "$schema",
  "__proto__",
  "grops",
);
const username = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom("a@example.com", "A@example.com", "", "__proto__", "${x}"),
  fc.string(),
);

/** JSON text written entry by entry, so that names may stand twice, as no object could hold them. */
const object = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>, maxLength = 4) =>
  fc
    .array(fc.tuple(name, value), { maxLength })
    .map((entries) => `{${entries.map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(",\n")}}`);
const scalar = fc.constantFrom(
  "true",
  "false",
  "null",
  "0",
  '"x"',
  '""',
  '"sms"',
  '"none"',
  '"a@example.com"',
  '"+819012345678"',
  '["ops"]',
  '["a b", 3]',
  "[]",
  "{}",
);
const person = object(field, fc.oneof(scalar, object(field, scalar)));
const roster = object(
  fc.constantFrom("users", "users", "users", "$schema", "password", "people"),
  fc.oneof(object(username, fc.oneof(person, person, scalar)), scalar),
  2,
);
const goodRoster = fc
  .uniqueArray(
    fc.tuple(
      fc.emailAddress().filter((address) => !address.includes("/")),
      fc.boolean(),
      fc.string({ minLength: 1 }),
    ),
    {
      selector: ([name]) => name.toLowerCase(),
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((people) =>
    JSON.stringify(
      {
        users: Object.fromEntries(
          people.map(([name, enabled, text]) => [name, { enabled, attributes: { name: text } }]),
        ),
      },
      null,
      1,
    ),
  );

/** Each name at each level of a text, twice where it stands twice; JSON.parse shows a reviver only what survives. */
function namesIn(text: string): number {
  return text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
}
function namesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return own + Object.values(value).reduce((sum: number, inner: unknown) => sum + namesOf(inner), 0);
}

function expectSound(text: string): void {
  const { roster, problems } = parseRoster(text, "users.json");
  if (roster === undefined) {
    expect(problems.length).toBeGreaterThan(0);
    const places = problems.map(({ location }) => [location.line ?? 0, location.column ?? 0] as const);
    expect(places).toEqual([...places].sort(([a, b], [c, d]) => a - c || b - d));
    for (const { location, message, hint } of problems) {
      expect(formatLocation(location)).toMatch(/^users\.json:[1-9]\d*:[1-9]\d*$/);
      expect(message.length * hint.length).toBeGreaterThan(0);
    }
    return;
  }
  const parsed = JSON.parse(text) as { users: Record<string, unknown> };
  expect(roster.people.map(({ username }) => username).sort()).toEqual(Object.keys(parsed.users).sort());
  expect(namesOf(parsed), "JSON.parse merged names that were accepted").toBe(namesIn(text));
}

test("any text: never throws; what it accepts, JSON.parse reads alike", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json()), expectSound), RUNS);
});

test("any text of JSON's own characters", () => {
  const token = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    '"a"',
    "users",
    '"users"',
    "1",
    "\\",
    "\n",
    " ",
    "//",
    "/*",
    "'",
    "true",
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 30 }), (tokens) => expectSound(tokens.join(""))),
    RUNS,
  );
});

test("any roster-like text, names twice at any level included", () => {
  fc.assert(fc.property(roster, expectSound), RUNS);
});

test("a good roster is accepted; cut anywhere it is refused", () => {
  fc.assert(
    fc.property(goodRoster, fc.nat(), (text, cut) => {
      expect(parseRoster(text, "u.json").problems).toEqual([]);
      expectSound(text);
      expect(parseRoster(text.slice(0, cut % text.length), "u.json").roster).toBeUndefined();
    }),
    RUNS,
  );
});

test("a good roster with one character changed, removed or doubled", () => {
  fc.assert(
    fc.property(goodRoster, fc.nat(), fc.string({ maxLength: 2 }), (text, at, put) => {
      const place = at % text.length;
      expectSound(text.slice(0, place) + put + text.slice(place + 1));
      expectSound(text.slice(0, place) + (text[place] ?? "") + text.slice(place));
    }),
    RUNS,
  );
});

test("a good roster with any entry written twice is refused", () => {
  fc.assert(
    fc.property(goodRoster, fc.nat(), (text, pick) => {
      const lines = text.split("\n");
      const entries = lines.flatMap((line, index) =>
        /^\s*".*"(?:,|[^{,]*,)?$/.test(line) || /": (?:true|false),?$/.test(line) ? [index] : [],
      );
      const index = entries[pick % entries.length] ?? 0;
      const line = (lines[index] ?? "").replace(/,$/, "");
      const twice = [...lines.slice(0, index), `${line},`, ...lines.slice(index)].join("\n");
      expect(() => JSON.parse(twice)).not.toThrow();
      expect(
        parseRoster(twice, "u.json").problems.some(({ message }) => message.includes("is already on")),
      ).toBe(true);
    }),
    RUNS,
  );
});

test("a secret below a name that looks like one is never told, whatever else is broken", () => {
  const secretName = fc.constantFrom(
    "password",
    "Password",
    "temporaryPassword",
    "temp_password",
    "PASSWD",
    "secret",
    "token",
    "pin",
    "credentials",
    "apiKey",
  );
  const secretValue = fc.constantFrom(
    JSON.stringify(SECRET),
    `[${JSON.stringify(SECRET)}]`,
    `{${JSON.stringify(SECRET)}:${JSON.stringify(SECRET)},${JSON.stringify(SECRET)}:1}`,
    SECRET,
    `'${SECRET}'`,
    `"${SECRET}`,
  );
  const place = fc.constantFrom(
    (entry: string) => `{"users":{"a@example.com":{${entry}}}}`,
    (entry: string) => `{"users":{"a@example.com":{"attributes":{${entry}}}}}`,
    (entry: string) => `{"users":{"a@example.com":{}},${entry}}`,
    (entry: string) => `{"users":{"a@example.com":{"groups":[{${entry}}]}}}`,
    (entry: string) => `{"users":{"a@example.com":{"enabled":1,"extra":{"deep":{${entry}}}}},}`,
    // In place of the person, but for an object: its names are the person's fields.
    (entry: string) =>
      `{"users":{"a@example.com":${entry.slice(entry.indexOf(":") + 1).replace(/^\{.*/, "3")}}}`,
  );
  fc.assert(
    fc.property(secretName, secretValue, place, fc.nat(), fc.boolean(), (name, value, put, at, cut) => {
      const whole = put(`"${name}":${value}`);
      const text = cut ? whole.slice(0, at % whole.length) : whole;
      const { roster, problems } = parseRoster(text, "u.json");
      expect(roster).toBeUndefined();
      expect(JSON.stringify(problems)).not.toContain("Hunter2");
      expect(JSON.stringify(problems)).not.toContain("Tr0ub4dor");
    }),
    RUNS,
  );
});
