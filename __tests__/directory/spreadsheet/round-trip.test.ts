import fc from "fast-check";
import { expect, test } from "vitest";
import { sheetText } from "../../../lib/directory/spreadsheet/export.ts";
import { fromCell, toCell } from "../../../lib/directory/spreadsheet/values.ts";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { withDefaults } from "../../../lib/roster/roster.ts";
import { csvText, readCsv } from "../../../lib/text/csv.ts";
import { tellSeed } from "../../support/random.ts";
import { changes, NOBODY } from "./people.ts";

const CUSTOM = ["team", "employee_number", "a,b", "=x", "半角;全角"];
const seed = tellSeed("SPREADSHEET_SEED");

/** Texts that a spreadsheet, or a careless reader, would make others of. */
const text = fc.oneof(
  fc.string({ minLength: 1, unit: "grapheme" }),
  fc.constantFrom(
    "=1+1",
    "'=1+1",
    "''=1",
    "+81",
    "-1",
    "@x",
    "＝1",
    "00123",
    "1E5",
    "8.19012E+11",
    "2024-04-01",
    "1/2",
    "TRUE",
    "' '",
    " blank ",
    "\u00a0x",
    "'x '",
    "=a '",
    "\t=1",
    'say "hi"',
    "a,b;c\td",
    "two\r\nlines",
    "\r",
    "'",
    "''",
    "'t Hooft",
    "'90s",
    "123456789012345678",
  ),
  fc.string({ minLength: 1, unit: fc.constantFrom("'", " ", "=", "0", "\t", "a", '"') }),
);
const group = fc.constantFrom("ops", "admins", "a;b", 'say"hi"', "'x", "=1", "001", "a|b", "営業部");

const person = (byUsername: boolean) =>
  fc
    .record(
      {
        ...(byUsername && { email: fc.emailAddress() }),
        attributes: fc.dictionary(fc.constantFrom("name", "nickname", "locale", "address", ...CUSTOM), text, {
          maxKeys: 4,
        }),
        phone: fc.constantFrom("+819012345678", "+12025550123", "+100000000"),
        groups: fc.uniqueArray(group),
        emailVerified: fc.boolean(),
        enabled: fc.boolean(),
        leaving: fc.boolean(),
        note: text,
        owner: text,
      },
      { requiredKeys: [] },
    )
    .map((one) => ({ ...one, invite: "none" }));
const username = fc.oneof(
  fc.constantFrom("ci-bot", "0012", "=1", "'x", "@home", "1E5"),
  fc.stringMatching(/^[a-z0-9]{1,8}$/),
);

test.each(["email", "username"] as const)(
  "any roster of a pool with sign-in by %s, as a spreadsheet and back, is the same roster",
  (signInWith) => {
    const rules = { signInWith, customAttributes: CUSTOM };
    const names = signInWith === "email" ? fc.emailAddress() : username;
    fc.assert(
      fc.property(
        fc.dictionary(names, person(signInWith === "username"), { minKeys: 1, maxKeys: 20 }),
        (users) => {
          const before = parseRoster(JSON.stringify({ users }), "users.json", rules).roster;
          fc.pre(before !== undefined);
          const csv = sheetText(before.people, withDefaults(rules));
          const { problems, texts } = changes(NOBODY, csv, { rules, guards: { minPeople: 0 } });
          expect(problems).toEqual([]);
          expect(parseRoster(texts[0]?.text ?? "", "users.json", rules).roster?.people).toEqual(
            before.people,
          );
        },
      ),
      { numRuns: 40, seed },
    );
  },
);

test("any text in a cell comes back from CSV, with and without what csvText adds", () => {
  fc.assert(
    fc.property(text, (value) => {
      const [, row] = readCsv(csvText(["x"], [[toCell(value)]]), ",").rows;
      expect(row?.map((cell) => fromCell(cell.text))).toEqual([value]);
    }),
    { numRuns: 2_000, seed },
  );
});
