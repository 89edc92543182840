import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lint } from "cspell";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OWN, ROOT, read } from "./tracked.ts";

const CONFIG = join(ROOT, "cspell.json");

/** Documents and templates as a whole; of the code its comments and its messages, so also every help text (cspell.json). */
const TEXTS = OWN.filter((file) =>
  /\.md$|^\.github\/|^(lib|scripts)\/.*\.(ts|mjs)$|^main\.ts$|^__tests__\/as-cloned\/config\.ts$/.test(file),
);

/** @returns `file:line:column: word` for each word that no dictionary has, British, American or ours */
async function misspeltIn(files: readonly string[], root = ROOT): Promise<string[]> {
  const found: string[] = [];
  const result = await lint(
    [],
    { files: [...files], root, config: CONFIG, gitignore: false, progress: false },
    {
      issue: ({ uri = "", row, col, text }) => {
        found.push(`${uri.slice(uri.indexOf(root) + root.length).replace(/^\//, "")}:${row}:${col}: ${text}`);
      },
      error: (message, error) => {
        throw new Error(message, { cause: error });
      },
      info: () => {},
      debug: () => {},
      progress: () => {},
      result: () => {},
    },
  );
  expect(result).toMatchObject({ files: files.length, errors: 0 });
  return found;
}

test("the documents, help texts, messages and comments are spelt right", { timeout: 60_000 }, async () => {
  expect(TEXTS.length).toBeGreaterThan(150);
  expect(await misspeltIn(TEXTS)).toEqual([]);
});

test("our own words are sorted, each once", () => {
  const words = read("__tests__/docs/words.txt").trimEnd().split("\n");
  const sorted = words.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  expect(words).toEqual([...new Set(sorted)]);
});

describe("what this test would find", () => {
  const directory = mkdtempSync(join(tmpdir(), "spelling-"));
  const TEXTS_HERE: Readonly<Record<string, string>> = {
    "wrong.md": "# Wellcome\n\n`npm run chekc` is in code, too.\n",
    "both.md": "# A colour is a color\n\nOrganise, organize; licence, license.\n",
    "README.ja.md":
      "# 人と権限\n\n人事は`users.json`を編集し、Cognitoが招待を送るとpasswrodが届く。カラー〜ＡＢＣ。\n",
    "help.ts": 'import x from "wrrong";\n/** A commment. */\nconst zzyzxvar = x("A mesage", `an othre`);\n',
  };
  let found: readonly string[];
  beforeAll(async () => {
    for (const [file, text] of Object.entries(TEXTS_HERE)) writeFileSync(join(directory, file), text);
    const files = Object.keys(TEXTS_HERE).map((file) => join(directory, file));
    found = await misspeltIn(files, directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const wordsOf = (file: string) =>
    found.filter((one) => one.startsWith(`${file}:`)).map((one) => one.split(": ")[1]);

  test("a wrong word, with its place", () => {
    expect(found).toContain("wrong.md:1:3: Wellcome");
    expect(wordsOf("wrong.md")).toEqual(["Wellcome", "chekc"]);
  });
  test("British and American are both right", () => expect(wordsOf("both.md")).toEqual([]));
  test("Japanese is left to itself, and the Latin words in it are not", () => {
    expect(wordsOf("README.ja.md")).toEqual(["passwrod"]);
  });
  test("comments and messages of the code, not its names", () => {
    expect(wordsOf("help.ts")).toEqual(["commment", "mesage", "othre"]);
  });
});
