/** @module-tag isolated */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { commandsPage, GROUPS } from "../../docs/commands-page.ts";
import packageJson from "../../package.json" with { type: "json" };
import { commandLinesIn, commandLinesOf, type Flags, flagsIn, wrongFlags } from "./command-lines.ts";
import { PAGES, type Page, parsePage } from "./pages.ts";
import { ROOT, read, TRACKED } from "./tracked.ts";

// Every command is asked for its options in this process: it is imported, its `main` is kept instead of run, and started with
// --help, which commander answers before the command does anything. As processes they would take half a minute.
const asked = vi.hoisted(() => ({
  commands: [] as Command[],
  runs: [] as (() => Promise<unknown>)[],
  help: "",
}));
vi.mock("../../scripts/frame/main.ts", async (original) => {
  const real = await original<typeof import("../../scripts/frame/main.ts")>();
  const newCommand: typeof real.newCommand = (...text) => {
    const command = real.newCommand(...text).configureOutput({
      writeOut: (text) => {
        asked.help += text;
      },
      getOutHelpWidth: () => 80,
    });
    asked.commands.push(command);
    return command;
  };
  return { ...real, newCommand, main: (run: () => Promise<unknown>) => asked.runs.push(run) };
});

// What a team's own config.ts says is in the help texts, too.
vi.mock("../../config.ts", () => import("../as-cloned/config.ts"));

const SCRIPTS: Readonly<Record<string, string>> = packageJson.scripts;
const NAMES = new Set(Object.keys(SCRIPTS));
/** The scripts that are commands of ours, by name, with the file that each runs: all of scripts/, and elsewhere those with options. */
const COMMANDS = Object.entries(SCRIPTS).flatMap(([name, script]) => {
  const [, target] = /^node scripts\/run\.mjs ([\w./-]+)$/.exec(script) ?? [];
  if (target === undefined) return [];
  const file = join("scripts", `${target}.ts`);
  return file.startsWith("scripts/") || read(file).includes("newCommand(") ? [{ name, file }] : [];
});

async function flagsOf(file: string): Promise<Flags> {
  // Without either of them it would not stop at --help, but do its work.
  expect(read(file), file).toMatch(/newCommand\(|withPerson\(/);
  asked.commands.length = 0;
  asked.runs.length = 0;
  asked.help = "";
  process.argv = ["node", file, "--help"];
  await import(join(ROOT, file));
  const [run, ...others] = asked.runs;
  if (run === undefined || others.length > 0) throw new Error(`${file} has no main, or more than one`);
  await expect(run(), `${file} --help`).rejects.toMatchObject({ code: "commander.helpDisplayed" });
  const options = asked.commands.flatMap((command) => command.options);
  return new Map([
    ["--help", undefined],
    ...options.map(({ long, argChoices }) => [long ?? "", argChoices] as const),
  ]);
}

const FLAGS = new Map<string, Flags>();
const HELP = new Map<string, string>();
beforeAll(async () => {
  const argv = process.argv;
  for (const { name, file } of COMMANDS) {
    FLAGS.set(name, await flagsOf(file));
    HELP.set(name, asked.help);
  }
  process.argv = argv;
}, 60_000);

/** Named without its command: whose option might it be? */
const someHas = (flag: string, names: readonly string[] = [...FLAGS.keys()]) =>
  names.some((name) => FLAGS.get(name)?.has(flag));

function wrongCommandLines(file: string, lines: readonly ReturnType<typeof commandLinesIn>[0][]): string[] {
  return lines.flatMap((command) => {
    const flags = FLAGS.get(command.name);
    const wrong = NAMES.has(command.name)
      ? flags === undefined
        ? []
        : wrongFlags(command, flags)
      : [`there is no npm run ${command.name}`];
    return wrong.map((what) => `${file}:${command.line}: ${what}`);
  });
}

/** In a table of commands a flag is one of its row's command; elsewhere, standing alone, of some command. */
function wrongFlagsAlone({ file, code, rows }: Page): string[] {
  const ofRows = rows.flatMap(({ line, head, cells: [first = [], ...others] }) => {
    if (!head.includes("npm run")) return [];
    const names = first.flatMap((text) => /^[a-z][\w-]*(?::[\w-]+)*/.exec(text)?.[0] ?? []);
    const flags = [...first, ...others.flat().filter((text) => /^(-- )?--/.test(text))].flatMap(flagsIn);
    return [
      ...names
        .filter((name) => !NAMES.has(name))
        .map((name) => `${file}:${line}: there is no npm run ${name}`),
      ...flags
        .filter((flag) => !someHas(flag, names))
        .map((flag) => `${file}:${line}: ${names.join(", ")}: no ${flag}`),
    ];
  });
  const alone = code
    .filter(({ text }) => /^(-- )?--[a-z]/.test(text))
    .flatMap(({ line, text }) => flagsIn(text).map((flag) => ({ line, flag })));
  return [
    ...ofRows,
    ...alone
      .filter(({ flag }) => !someHas(flag))
      .map(({ line, flag }) => `${file}:${line}: no command of ours has ${flag}`),
  ];
}

const wrongIn = (page: Page) => [
  ...wrongCommandLines(page.file, commandLinesOf(page, NAMES)),
  ...wrongFlagsAlone(page),
];

describe("the commands", () => {
  test("each script of scripts/ is one of package.json, and each has its --help", () => {
    const files = readdirSync(`${ROOT}/scripts`).filter(
      // What the commands share has no main of its own.
      (file) => file.endsWith(".ts") && /^main\(/m.test(read(join("scripts", file))),
    );
    expect(files.map((file) => file.slice(0, -3)).filter((name) => !NAMES.has(name))).toEqual([]);
    expect(FLAGS.size).toBe(COMMANDS.length);
    expect(FLAGS.get("local")?.get("--emulator")).toEqual(["cognito-local", "moto"]);
    expect(FLAGS.get("sign-in")?.has("--password-stdin")).toBe(true);
  });
});

describe("docs/commands.md", () => {
  test("is what npm run commands would write", () => {
    expect(read("docs/commands.md")).toBe(commandsPage(HELP));
  });

  test("has every command", () => {
    expect(GROUPS.flatMap(({ names }) => names).toSorted()).toEqual([...HELP.keys()].toSorted());
  });
});

describe("the command lines", () => {
  test("of the documents can be typed as they stand: the command is there, and has each option", () => {
    expect(PAGES.flatMap((page) => commandLinesOf(page, NAMES)).length).toBeGreaterThan(40);
    expect(PAGES.flatMap(wrongIn)).toEqual([]);
  });

  test("of our messages, comments and templates likewise", () => {
    const sources = TRACKED.filter((file) =>
      /^(lib|scripts|bench|\.github)\/.*\.(ts|mjs|ya?ml)$|^\w+\.ts$/.test(file),
    );
    const wrong = sources.flatMap((file) => {
      // A closing quote ends the message.
      const text = read(file).replace(/["']/g, "`");
      return wrongCommandLines(file, commandLinesIn({ line: 1, text }));
    });
    expect(wrong).toEqual([]);
  });
});

describe("what this test would find", () => {
  test.each([
    ["a command that there is not", "`npm run sing-in`", "there is no npm run sing-in"],
    ["an option that there is not", "`npm run plan -- --yes`", "npm run plan has no --yes"],
    ["one behind a username", "`npm run sign-in -- a@example.com --pasword-stdin`", "has no --pasword-stdin"],
    [
      "one in a second command",
      "```sh\nnpm run check && npm run plan -- --x\n```",
      "npm run plan has no --x",
    ],
    ["one in a line of its own", "```sh\nnpm run plan -- --json \\\n  --x\n```", "npm run plan has no --x"],
    ["one without npm run", "`plan -- --x`", "npm run plan has no --x"],
    ["one alone", "with `--x`", "no command of ours has --x"],
    ["a value that it can't have", "`npm run local -- --emulator motto`", "--emulator can't be motto"],
    ["what npm would take", "`npm run plan --json`", "npm takes --json"],
    [
      "another command's option in its row",
      "| `npm run …` | |\n| - | - |\n| `plan` | `--yes` |",
      "plan: no --yes",
    ],
    ["a command of a row", "| `npm run …` |\n| - |\n| `plant` |", "there is no npm run plant"],
  ])("%s", (_, text, what) => {
    expect(wrongIn(parsePage("a.md", text)).join()).toContain(what);
  });

  test.each([
    "`npm run plan -- --json | jq`",
    "`npm run --silent synth`",
    "`npm run check -- --against HEAD^1 --json`",
    "`npm audit --omit=dev`",
    "`npx cdktf deploy --auto-approve`",
    "```sh\nnpm run export-users -- --out x.json # --not an option\n```",
  ])("nothing is wrong with %s", (text) => {
    expect(wrongIn(parsePage("a.md", text))).toEqual([]);
  });
});
