import { spawnSync } from "node:child_process";
import { Command } from "commander";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandLine } from "../lib/shell.ts";

/** The words that a shell makes of a command's arguments. */
function wordsOf(words: string): string[] {
  const { stdout, stderr } = spawnSync("sh", ["-c", `show() { printf '%s\\0' "$@"; }; show ${words}`], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\0").slice(0, -1);
}

/** What one of our commands gets when the line is pasted: npm takes its first `--` away. */
function pasted(line: string): { readonly args: string[]; readonly options: Record<string, unknown> } {
  const [, words = ""] = /^npm run [\w-]+ --(?: (.*))?$/s.exec(line) ?? [];
  const command = new Command()
    .argument("[usernames...]")
    .option("--adopt <name>", "", (name, names: string[]) => [...names, name], [])
    .option("--save <file>")
    .option("--yes")
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .parse(wordsOf(words), { from: "user" });
  return { args: command.args, options: command.opts() };
}

const HOSTILE = [
  "`id`",
  "$(id)",
  "${HOME}",
  "a'b",
  `a"b`,
  "a\\b",
  "a;b",
  "a&&b",
  "a|b",
  "a>b",
  "a#b",
  "#b",
  "~",
  "*",
  "!!",
  "=ls",
  "a b",
  "a\nb",
  "",
  "山田",
  "##[error]x",
  "::error::x",
  "-x",
  "--yes",
  "--save=x",
  "--",
  "-",
];

describe("a pasted command gets exactly the name", () => {
  test.each(HOSTILE)("%j", (name) => {
    expect(pasted(commandLine`npm run first-login -- ${name}`).args).toEqual([name]);
    const more = pasted(commandLine`npm run sign-in -- ${name} --save FILE`);
    expect(more).toEqual({ args: [name], options: { adopt: [], save: "FILE" } });
    const option = pasted(commandLine`npm run deploy -- --adopt ${name} --yes`);
    expect(option).toEqual({ args: [], options: { adopt: [name], yes: true } });
    expect(wordsOf(commandLine`x --username ${name}`.slice(2)).join("=")).toBe(`--username=${name}`);
  });

  test("also behind one with a -- in its quotes", () => {
    expect(pasted(commandLine`npm run invite -- ${["\n-- ", "--yes"]}`).args).toEqual(["\n-- ", "--yes"]);
  });

  test("whatever it is, and however many there are", () => {
    const word = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "binary" }).map((text) => text.replace(/[\p{Surrogate}\0]/gu, "")),
      fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "-", "=", " ", "\n", "!", "(", ")", "a") }),
      fc.constantFrom(...HOSTILE),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (names) => {
        const { args, options } = pasted(commandLine`npm run invite -- ${names} --yes`);
        // Those that look like options stand at the end.
        expect(args.toSorted()).toEqual(names.toSorted());
        expect(options).toEqual({ adopt: [], yes: true });
        for (const [name, other] of [names.slice(0, 2)]) {
          const line = commandLine`npm run deploy -- --adopt ${name ?? ""} --save ${other ?? "x"}`;
          expect(pasted(line).options).toEqual({ adopt: [name], save: other ?? "x" });
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a command is written as a person would write it", () => {
  const [none, some] = [undefined, "eu-west-1"];
  test.each([
    [
      commandLine`npm run first-login -- ${"hanako@example.com"}`,
      "npm run first-login -- hanako@example.com",
    ],
    [commandLine`npm run first-login -- ${"it's"}`, `npm run first-login -- 'it'\\''s'`],
    [commandLine`npm run first-login -- ${"-x"}`, "npm run first-login -- -- -x"],
    [commandLine`npm run issue-password -- ${"-x"} --reset`, "npm run issue-password -- --reset -- -x"],
    [commandLine`npm run sign-in -- ${"-x"} --yes < ${"f"}`, "npm run sign-in -- --yes < f -- -x"],
    [commandLine`npm run deploy -- --enable ${"-x"}`, "npm run deploy -- --enable=-x"],
    [commandLine`aws x --username ${"--x"} --y ${"z"}`, "aws x --username=--x --y z"],
    [commandLine`git log -p -- ${"-x"}`, "git log -p -- -x"],
    [commandLine`chmod 600 ${"-x"}`, "chmod 600 -- -x"],
    [commandLine`mv ${"-x"} ${"-y"}`, "mv -- -x -y"],
    [commandLine`(cd ${"/a b"} && terraform init)`, "(cd '/a b' && terraform init)"],
    [commandLine`npm run invite -- ${["a", "b c", "-d"]}`, "npm run invite -- a 'b c' -- -d"],
    [commandLine`npm run invite -- ${[]} --yes`, "npm run invite -- --yes"],
    [commandLine`aws x ${{ "--region": some }}`, "aws x --region eu-west-1"],
    [commandLine`aws x ${{ "--region": none }}`, "aws x"],
    [commandLine`aws x ${{ "--region": none, "--b": "-c" }} --d`, "aws x --b=-c --d"],
    [commandLine`export ${"A_B"}=${"x y"}`, "export A_B='x y'"],
    [commandLine`npm run deploy`, "npm run deploy"],
  ])("%s", (line, expected) => {
    expect(line).toBe(expected);
  });
});
