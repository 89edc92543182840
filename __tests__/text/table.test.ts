import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as colors from "yoctocolors";
import { table, widthOf } from "../../lib/text/terminal.ts";
import { paintFor } from "../../scripts/screen.ts";

const PLAIN = paintFor({ isTTY: false });
const HEAD = ["Person", "Status", "Ended"];
const ROWS = [
  ["hanako@example.com", "CONFIRMED", "✔ signed in"],
  ["taro@example.com", "FORCE_CHANGE_PASSWORD", "✖ the temporary password has expired"],
];
const lines = (columns?: number, rows = ROWS, head = HEAD, indent = "") =>
  table(head, rows, { paint: PLAIN, columns }, indent).split("\n");

test("columns stand below each other, and no line ends in spaces", () => {
  expect(lines()).toEqual([
    "Person              Status                 Ended",
    "hanako@example.com  CONFIRMED              ✔ signed in",
    "taro@example.com    FORCE_CHANGE_PASSWORD  ✖ the temporary password has expired",
  ]);
});

test("there may be more rows than a call takes arguments", () => {
  const rows = Array.from({ length: 130_000 }, () => ["a"]);
  expect(lines(80, rows, [])).toHaveLength(rows.length);
});

// Asking Unicode about each of their characters took ten seconds.
test("ten thousand people are listed at once", () => {
  const people = Array.from({ length: 10_000 }, (_, number) => [
    `person${number}@example.com`,
    "FORCE_CHANGE_PASSWORD",
    "✖ the invitation has expired",
    `npm run invite -- person${number}@example.com`,
  ]);
  const { user } = process.cpuUsage();
  expect(lines(80, people, [])).toHaveLength(2 * people.length);
  expect((process.cpuUsage().user - user) / 1e6).toBeLessThan(3);
});

test("without a head there is no line for one", () => {
  expect(lines(undefined, ROWS, [])).toHaveLength(ROWS.length);
});

test("Japanese names take two places a character", () => {
  expect(
    lines(
      undefined,
      [
        ["山田花子", "CONFIRMED"],
        ["taro", "CONFIRMED"],
      ],
      [],
    ),
  ).toEqual(["山田花子  CONFIRMED", "taro      CONFIRMED"]);
});

test("colours take no place, and the head is bold", () => {
  const rows = ROWS.map(([name = "", ...others]) => [colors.red(name), ...others.map(colors.green)]);
  const [head, ...coloured] = table(HEAD, rows, { paint: colors, columns: 100 }).split("\n");
  expect([head, ...coloured].map((line) => stripVTControlCharacters(line ?? ""))).toEqual(lines());
});

describe("a window that is too narrow", () => {
  test("has the end of a row below it, where only that is too wide", () => {
    expect(lines(60)).toEqual([
      "Person              Status                 Ended",
      "hanako@example.com  CONFIRMED              ✔ signed in",
      "taro@example.com    FORCE_CHANGE_PASSWORD",
      "    ✖ the temporary password has expired",
    ]);
  });

  test("has the cells of every row below its first, where the columns themselves are too wide", () => {
    expect(lines(36)).toEqual([
      "Person",
      "    Status",
      "    Ended",
      "hanako@example.com",
      "    CONFIRMED",
      "    ✔ signed in",
      "taro@example.com",
      "    FORCE_CHANGE_PASSWORD",
      "    ✖ the temporary password has",
      "    expired",
    ]);
  });

  test("has only that row's cells below, where one name alone is wider than the window", () => {
    const long = ["somebody-with-a-very-long-name@subdivision.example.com", "CONFIRMED", "✔ signed in"];
    expect(lines(50, [ROWS[0] ?? [], long], [])).toEqual([
      "hanako@example.com  CONFIRMED  ✔ signed in",
      "somebody-with-a-very-long-name@subdivision.example",
      ".com",
      "    CONFIRMED  ✔ signed in",
    ]);
  });

  test("has no line that is wider, and leaves nothing out", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "bc", " ", "山", "👍"), maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 10, max: 80 }),
        fc.constantFrom("", "  "),
        (rows, columns, indent) => {
          const told = lines(columns, rows, [], indent);
          for (const line of told) expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(told.join("").replaceAll(" ", "")).toBe(rows.flat().join("").replaceAll(" ", ""));
        },
      ),
    );
  });
});
