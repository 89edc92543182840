import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cut,
  escapeControls,
  widthOf,
  wrapIndented,
  wrapNotice,
  wrapped,
  wrapStep,
} from "../../lib/text/terminal.ts";

test.each([
  ["hanako", 6],
  ["山田 花子", 9],
  ["ﾊﾅｺ", 3],
  ["ｶﾞﾊﾟ", 4],
  ["ＡＢ", 4],
  ["한글", 4],
  ["👩‍👩‍👧", 2],
  ["❤️", 2],
  ["🇯🇵🇫🇷", 4],
  ["No. 1️⃣ ❤️", 9],
  ["e\u0301", 1],
  ["→ ✖", 3],
])("%s takes %i columns", (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ["is deleted, irreversibly", 12, ["is deleted,", "irreversibly"]],
  ["hanako.yamada@example.com", 10, ["hanako.yam", "ada@exampl", "e.com"]],
  ["山田花子山田花子", 7, ["山田花", "子山田", "花子"]],
  ["to 山田花子山田花子 end", 10, ["to 山田花", "子山田花子", "end"]],
  ["to ｶﾞｷﾞｸﾞ", 5, ["to ｶﾞ", "ｷﾞｸﾞ"]],
  ["❤️❤️👩‍👩‍👧🇯🇵", 5, ["❤️❤️", "👩‍👩‍👧🇯🇵"]],
  ["", 10, [""]],
])("%j in %i places", (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});

test("no line is wider than the window, and nothing is left out", () => {
  const unit = fc.constantFrom("a", "bc", " ", "山", "👍", "-", "ｶﾞ", "❤️", "👩‍👩‍👧", "🇯🇵");
  const text = fc.string({ unit, maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 30 }), (words, width) => {
      const lines = wrapped(words, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(words.replaceAll(" ", ""));
    }),
  );
});

test("a name can't steer the terminal", () => {
  expect(escapeControls("a\u001B[31mb\nc\u202Ed")).toBe("a␦[31mb␦c␦d");
});

test.each([
  ["a filler", "admin\u3164", "admin␦"],
  ["a braille blank", "ad\u2800min", "ad␦min"],
  ["a selector behind a letter that has no variants", "admin\ufe0f", "admin␦"],
  ["a zero-width space", "ad\u200bmin", "ad␦min"],
])("a name can't hide %s", (_, name, shown) => {
  expect(escapeControls(name)).toBe(shown);
});

test.each([
  ["an emoji", "👩\u200d💻❤\ufe0f"],
  ["a variant of a Japanese name", "辻\u{e0100}さん"],
  ["a Persian word", "علی\u200cرضا"],
  ["full-width space", "山田\u3000花子"],
])("%s is shown as it is", (_, text) => {
  expect(escapeControls(text)).toBe(text);
});

test("our own colours take no place, are never broken, and colour no line but their own", () => {
  const red = "\x1b[31mhanako@example.com\x1b[39m";
  expect(widthOf(red)).toBe(18);
  expect(wrapped(red, 10)).toEqual(["\x1b[31mhanako@exa\x1b[39m", "\x1b[31mmple.com\x1b[39m"]);
});

test("a colour that is cut ends before the sign", () => {
  expect(cut("\x1b[31mhanako\x1b[39m", 5)).toBe("\x1b[31mhana\x1b[39m…");
});

test("a text goes on below its own beginning, its own lines too; without a window it is as long as it is", () => {
  const text = "山田花子 is the same person\nto Cognito";
  expect(wrapIndented("→ ", text, 22)).toEqual(["→ 山田花子 is the same", "  person", "  to Cognito"]);
  expect(wrapIndented("→ ", text)).toEqual(["→ 山田花子 is the same person", "  to Cognito"]);
});

test("a line of it that stands further in goes on there", () => {
  const text = "2 problems\n  users.json:9:53  not a date of the calendar\n    Write it so.";
  expect(wrapIndented("✖ ", text, 34)).toEqual([
    "✖ 2 problems",
    "    users.json:9:53  not a date of",
    "    the calendar",
    "      Write it so.",
  ]);
});

test.each([
  ["hanako", 6, "hanako"],
  ["hanako", 5, "hana…"],
  ["山田花子", 7, "山田花…"],
  ["山田花子", 6, "山田…"],
  ["ｶﾞｷﾞｸﾞ", 4, "ｶﾞ…"],
  ["👩‍👩‍👧❤️🇯🇵", 5, "👩‍👩‍👧❤️…"],
])("%s in %i places is %s", (text, width, start) => {
  expect(cut(text, width)).toBe(start);
  expect(widthOf(start)).toBeLessThanOrEqual(width);
});

describe("what to do next", () => {
  const command = "npm run import-users -- --user-pool-id us-east-1_A";

  test("is broken between words, and a command that ends it stays whole: it is to be copied", () => {
    expect(wrapStep("→ ", "take the change back, and look again", 24)).toHaveLength(2);
    expect(wrapStep("→ ", `adopt the pool: ${command}`, 24)).toEqual(["→ adopt the pool:", `  ${command}`]);
    expect(wrapStep("→ ", `adopt the pool: ${command}`, 80)).toEqual([`→ adopt the pool: ${command}`]);
    expect(wrapStep("→ ", command, 24)).toEqual([`→ ${command}`]);
  });

  test("stays on one line if a command is in its middle", () => {
    const step = "npm run check, and npm run plan: it adds or deletes no one";
    expect(wrapStep("→ ", step, 24)).toEqual([`→ ${step}`]);
  });
});

test("a notice is broken between words, but not within a command that ends it", () => {
  const command = "aws cognito-idp admin-disable-user --user-pool-id us-east-1_A --username x";
  expect(wrapNotice("! ", `To disable one: ${command}`, 40)).toEqual(["! To disable one:", `  ${command}`]);
  expect(wrapNotice("! ", "npm run plan shows it, and npm run deploy puts it back", 40)).toHaveLength(2);
});
