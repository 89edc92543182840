import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { reviewText } from "../../../lib/review/render/terminal.ts";
import { widthOf } from "../../../lib/text/terminal.ts";
import { paintFor } from "../../../scripts/screen.ts";
import { documentOf, documentWith, type Found } from "../documents.ts";
import { FIXTURES, fixture } from "../fixtures.ts";
import { account, change, leaving, users } from "../plans.ts";

const PLAIN = paintFor({ isTTY: false });
const joins = (name: string, more = {}) => change(users(name), ["create"], null, account(name, more));
const deleted = (name: string) => change(leaving(name), ["delete"], account(name), null);
const shown = (changes: Parameters<typeof documentWith>[0], columns = 100, found: Found = {}) =>
  reviewText(documentWith(changes, found), { paint: PLAIN, columns });

afterEach(() => vi.unstubAllEnvs());

describe("a window of any width", () => {
  const cases = FIXTURES.flatMap((name) => [40, 60, 80, 200].map((columns) => [name, columns] as const));
  test.each(cases)("%s in %i columns: no line is wider, and everybody is told", (name, columns) => {
    const document = documentOf(fixture(name).plan);
    const text = reviewText(document, { paint: PLAIN, columns });
    for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    for (const { who } of document.lines) expect(text).toContain(who);
  });

  test("names of wide characters keep the columns straight", () => {
    const rows = shown([joins("山田花子"), joins("taro-suzuki")])
      .split("\n")
      .slice(0, 2);
    const at = rows.map((row) => widthOf(row.slice(0, row.indexOf("joins"))));
    expect(at[0]).toBe(at[1]);
  });

  test("in a narrow one, what happens stands below the name", () => {
    expect(shown([joins("hanako@example.com")], 60)).toMatch(
      /^\+ hanako@example\.com\n {4}joins, invited by e-mail\n/,
    );
  });
});

describe("colour", () => {
  const inColour = (stream: { isTTY: boolean }) => {
    const text = reviewText(documentWith([deleted("a")]), { paint: paintFor(stream), columns: 80 });
    return stripVTControlCharacters(text) !== text;
  };
  const withNoColor = (value: string) => {
    vi.stubEnv("NO_COLOR", value);
    vi.stubEnv("FORCE_COLOR", "1");
  };

  test("without a terminal there is none", () => {
    vi.stubEnv("FORCE_COLOR", "");
    expect(inColour({ isTTY: false })).toBe(false);
  });

  test("with NO_COLOR there is none, also on a terminal", () => {
    withNoColor("1");
    expect(inColour({ isTTY: true })).toBe(false);
  });

  test("an empty NO_COLOR says nothing", () => {
    withNoColor("");
    expect(paintFor({ isTTY: true })).not.toBe(PLAIN);
  });
});

describe("500 changes", () => {
  const many = Array.from({ length: 500 }, (_, index) =>
    joins(`p${index}@example.com`, index % 5 === 0 ? { message_action: "SUPPRESS" } : {}),
  );

  test("are summed up by kind, with a few as examples", () => {
    const text = shown(many);
    expect(text.split("\n").length).toBeLessThan(30);
    expect(text).toContain("+ p0@example.com");
    expect(text.replace(/\s+/g, " ")).toContain(
      "… and 495 more 396 join, invited by e-mail; 99 join, no invitation. To see all: --html FILE, or --json",
    );
    expect(text).toContain("500 people join — nothing irreversible");
  });

  test("but what can't be taken back is told one by one", () => {
    const gone = Array.from({ length: 80 }, (_, index) => deleted(`gone${index}@example.com`));
    const text = shown([...many, ...gone], 100, { removals: 100 });
    for (let index = 0; index < 80; index += 1) expect(text).toContain(`gone${index}@example.com`);
  });
});

test("in the end: what to know before, Terraform's counts, exceptions, the head line, and what to do", () => {
  const text = shown([deleted("a")], 100, { removals: 0, asked: { allowReplace: ["b"] } });
  expect(text.split("\n").slice(-5)).toEqual([
    "Allowed for this run: --allow-replace b: may be deleted and created again, or be another account",
    "REFUSED: 1 person would be deleted (limit 0)",
    "  → If this is right, allow it for this run: --allow-removals 1. The limit is guards.maxRemovals in",
    "    config.ts.",
    "",
  ]);
  expect(text).toContain("Terraform: 0 to import, 0 to add, 0 to change, 1 to destroy");
});

test("who is in the pool and not in the roster stands apart, the first few by name", () => {
  const strangers = Array.from({ length: 12 }, (_, index) => `s${index}@example.com`);
  const text = shown([], 100, { strangers });
  expect(text).toContain("? s0@example.com");
  expect(text).toContain("… and 7 more");
  expect(text).toContain("is in the user pool, but not in the roster; not touched");
});

test("yellow and cyan, which are pale on white, are for signs and labels, never for a sentence", () => {
  const pale = (text: string) => `<${text}>`;
  const plain = (text: string) => text;
  const paint = { ...PLAIN, yellow: pale, cyan: pale };
  const changes = Array.from({ length: 60 }, (_, index) => joins(`p${index}@example.com`));
  const text = reviewText(documentWith([...changes, deleted("a")], { asked: { allowReplace: ["b"] } }), {
    paint: { ...paint, bold: plain },
    columns: 80,
  });
  const pales = [...text.matchAll(/<([^<>]*)>/g)].map(([, painted = ""]) => painted);
  expect(pales).toContain("Allowed for this run");
  for (const painted of pales) expect(painted.split(" ").length).toBeLessThanOrEqual(4);
});
