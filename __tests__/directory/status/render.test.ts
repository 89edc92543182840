import { describe, expect, test } from "vitest";
import { buildStatus } from "../../../lib/directory/status/board.ts";
import { boardText } from "../../../lib/directory/status/render.ts";
import { widthOf } from "../../../lib/text/terminal.ts";
import { paintFor } from "../../../scripts/screen.ts";
import { person } from "../../support/people.ts";
import { living, NAMES, NOW, pending } from "./living.ts";

const NAMED = [
  "山田花子",
  "taro@example.com",
  "鈴木一郎（大阪支店）",
  "maria@example.com",
  "佐藤健二",
] as const;
const [hanako, taro, ichiro, maria] = NAMED;
const board = buildStatus(
  NAMED.map((username) => person(username, username === ichiro ? { invite: "none" } : {})),
  [
    pending(hanako, 2),
    pending(taro, 9),
    pending(ichiro, 1),
    living(maria, { enabled: false }),
    living("nobody@example.com"),
  ],
  { userPoolId: "us-east-1_x", names: NAMES, validityDays: 7, mfaRequired: false, now: NOW },
);
const linesIn = (columns?: number) =>
  boardText(board, { paint: paintFor({ isTTY: false }), columns }, []).split("\n");

describe("a window of any width", () => {
  test.each([40, 60, 80, 100, 200])("in %i columns no line is wider, and everybody is told", (columns) => {
    const lines = linesIn(columns);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    for (const name of [...NAMED, "nobody@example.com"]) expect(lines.join("\n")).toContain(name);
  });

  test("names of wide characters keep the columns straight", () => {
    const rows = linesIn().filter((line) => /^ {2}(山田|鈴木)/.test(line));
    const at = rows.map((row) => widthOf(row.slice(0, row.indexOf("→"))));
    expect(rows).toHaveLength(2);
    expect(at[0]).toBe(at[1]);
  });

  test("in a narrow one, what helps has a line of its own, so that it can be copied", () => {
    expect(linesIn(60)).toContain("      → npm run invite -- taro@example.com");
  });
});

test("where there is no room for the legend beside itself, each state has a line", () => {
  expect(linesIn(40).some((line) => /^. 1 missing$/u.test(line))).toBe(true);
  expect(linesIn(200).some((line) => /1 missing .* 1 disabled/u.test(line))).toBe(true);
});
