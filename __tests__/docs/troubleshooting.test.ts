import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourcesUnder, stringLiterals } from "../support/string-literals.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const OTHERS = "In others' words";

/** What of ours the page quotes: the code in the first cell of every row, in the sections before the one of others' words. */
function quoted(page: string): string[] {
  const [ours = ""] = page.split(`\n## ${OTHERS}\n`);
  const rows = ours.split("\n").filter((line) => line.startsWith("| `") || line.startsWith("| …"));
  return rows.flatMap((row) => {
    const [, cell = ""] = row.split(/(?<!\\)\|/);
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.replaceAll("\\|", "|"));
  });
}

/** Between the `…` of a quotation, which stand for what varies. */
const fragments = (message: string) =>
  message
    .split("…")
    .map((fragment) => fragment.trim())
    .filter((fragment) => /[\p{L}\p{N}]/u.test(fragment));

/** As many pieces as the parts of one message are apart at most, with what its `${…}` hold counted. */
const NEAR = 12;

/** Whether the fragments stand in a file in their order, and close enough to be one message. */
function holds(literals: readonly string[], [first = "", ...others]: readonly string[]): boolean {
  return literals.some((text, index) => {
    const found = text.indexOf(first);
    if (found === -1) return false;
    let [at, within] = [index, found + first.length];
    return others.every((fragment) => {
      for (; at < Math.min(literals.length, index + NEAR); at++, within = 0) {
        const next = literals[at]?.indexOf(fragment, within) ?? -1;
        if (next === -1) continue;
        within = next + fragment.length;
        return true;
      }
      return false;
    });
  });
}

const sources = [
  ...["lib", "scripts"].flatMap((room) => [...sourcesUnder(join(ROOT, room)).values()]),
  readFileSync(join(ROOT, "main.ts"), "utf8"),
].map(stringLiterals);
const isOurs = (message: string) => {
  const wanted = fragments(message);
  return wanted.length > 0 && sources.some((literals) => holds(literals, wanted));
};

describe("docs/troubleshooting.md", () => {
  const messages = quoted(readFileSync(join(ROOT, "docs", "troubleshooting.md"), "utf8"));

  test("quotes our messages, each of them once", () => {
    expect(messages.length).toBeGreaterThan(100);
    expect(messages.filter((message, index) => messages.indexOf(message) !== index)).toEqual([]);
  });

  test.each(messages)("%s: is said by the source", (message) => {
    expect(isOurs(message)).toBe(true);
  });
});

describe("a message", () => {
  test.each([
    ["changed by a word", "Too many wrong passwords for …: Cognito has barred the sign-in for a while"],
    ["whose parts are in another order", "is locked: … The state … has been working on it"],
    ["put together from two", "Cognito refused every … in the user pool … doesn't allow authenticator apps"],
    ["that varies altogether", "…"],
    ["that only a comment says", "The local backend's state outlives a killed Terraform"],
  ])("%s is not found", (_, message) => {
    expect(isOurs(message)).toBe(false);
  });

  test("is read as its reader has it: templates, pieces joined by +, escapes; but no comments", () => {
    const source =
      "// a comment\nconst a = `one ${'two'} three\\n` + 'four ' +\n  \"fi\\u0076e\"; call('six', `seven`);";
    expect(stringLiterals(source)).toEqual(["one ", "two", " three\nfour five", "six", "seven"]);
  });
});
