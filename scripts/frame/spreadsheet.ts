import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { importedInto } from "../../lib/directory/import/import.ts";
import { changesOf, type SheetChanges } from "../../lib/directory/spreadsheet/changes.ts";
import {
  type GivenMapping,
  type Mapping,
  mapColumns,
  mapOption,
  openQuestions,
  parseMapping,
  unanswered,
} from "../../lib/directory/spreadsheet/columns.ts";
import { checkedCountry } from "../../lib/directory/spreadsheet/phones.ts";
import {
  changesText,
  problemsText,
  readingText,
  sheetDocument,
} from "../../lib/directory/spreadsheet/render.ts";
import { readForSpreadsheet, writeChanges } from "../../lib/directory/spreadsheet/roster-files.ts";
import {
  type CellProblem,
  readPeople,
  readTable,
  type Sheet,
  type Table,
} from "../../lib/directory/spreadsheet/sheet.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { calledRoster, isOneFile } from "../../lib/roster/files.ts";
import { type RosterRules, withDefaults } from "../../lib/roster/roster.ts";
import { rosterRules } from "../../lib/stack/settings.ts";
import { askColumns } from "../ask/columns.ts";
import { screenOf } from "../screen.ts";
import { ROOT } from "./main.ts";
import { confirmed } from "./pool.ts";
import { config, rosterSetting } from "./settings.ts";

export interface SpreadsheetOptions {
  readonly csv: string;
  readonly map?: string | undefined;
  readonly country?: string | undefined;
  readonly encoding?: string | undefined;
  readonly into?: string | undefined;
  readonly leavers: boolean;
  readonly allowRemovals?: number | undefined;
  readonly yes: boolean;
  readonly json: boolean;
}

/** How many rows show what a column without a known header contains. */
const SAMPLES = 20;

/**
 * Compares a spreadsheet with the roster, shows what it changes, asks, and writes that. Sends no requests: needs no
 * credentials.
 * @returns the exit code
 */
export async function importSpreadsheet(options: SpreadsheetOptions): Promise<number> {
  const { csv: file, encoding, leavers, allowRemovals, yes, json } = options;
  const rules = withDefaults(rosterRules(config));
  const given: GivenMapping = options.map === undefined ? new Map() : parseMapping(options.map, rules);
  const country = options.country === undefined ? undefined : checkedCountry(options.country);
  const into = options.into === undefined ? undefined : importedInto(ROOT, config, options.into);
  const table = readTable(readFileSync(file), { file, rules, encoding, given });
  const sheet = readPeople(table, await mappingOf(table, rules, given), rules, country);
  const files = readForSpreadsheet({
    root: ROOT,
    settings: config,
    rules,
    into,
    display: (path) => relative("", path),
    setting: rosterSetting(),
  });
  const { roster, guards = {} } = config;
  const called = isOneFile(roster) ? relative("", resolve(ROOT, roster)) : calledRoster(roster);
  const changes = changesOf(sheet, files, { rules, guards, called, into, leavers, allowRemovals });
  const problems = problemsOf(sheet, changes);
  const print = (written: readonly string[]) => {
    if (json)
      process.stdout.write(`${JSON.stringify(sheetDocument(sheet, changes, problems, written), null, 2)}\n`);
  };
  const screen = screenOf(process.stdout);
  if (!json) process.stdout.write(readingText(sheet, screen));
  if (problems.length > 0) {
    print([]);
    throw new UserError(problemsText(file, problems), { exitCode: EXIT.wrong });
  }
  if (!json) process.stdout.write(changesText(sheet, changes, screen));
  if (changes.refusal !== undefined) {
    print([]);
    throw changes.refusal;
  }
  const names = changes.texts.map((text) => text.file);
  if (names.length === 0 || (json && !yes)) {
    print([]);
    if (!json)
      process.stdout.write(
        `\n${screen.paint.green("✔")} Nothing to write: ${called} is already up to date\n`,
      );
    return EXIT.ok;
  }
  const signal = new AbortController().signal;
  const question = `Write ${names.join(", ")}?`;
  if (!yes && !(await confirmed(question, { command: "npm run import-users", signal }))) {
    process.stderr.write("Nothing was written.\n");
    return EXIT.failed;
  }
  const written = writeChanges(changes, files, ROOT).map((path) => relative("", path));
  print(written);
  if (!json) {
    process.stdout.write(`\n${screen.paint.green("✔")} Written: ${written.join(", ")}\n`);
    process.stdout.write("  → git diff, then npm run plan: what it does to whom\n");
  }
  return EXIT.ok;
}

/** What can't be read, and what check refuses in the rest: if both are about one cell, the first explains it. */
function problemsOf(sheet: Sheet, changes: SheetChanges): CellProblem[] {
  const told = new Set(sheet.problems.map(({ cell }) => cell));
  const echo = ({ cell }: CellProblem) => told.size > 0 && (cell === "" || told.has(cell));
  const all = [...sheet.problems, ...changes.problems.filter((problem) => !echo(problem))];
  if (all.length === 0 && sheet.people.length === 0) {
    throw new UserError(`${sheet.file} has no people in it`, {
      why: "No row below the header has a value in a known column.",
      next: ["if it is the right sheet, describe its columns with --map"],
      exitCode: EXIT.wrong,
    });
  }
  return all.sort(
    ({ location: a }, { location: b }) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** What the columns are; if the headers don't show it, asks on a terminal. */
async function mappingOf(table: Table, rules: RosterRules, given: GivenMapping): Promise<Mapping> {
  const { file, headers, rows } = table;
  const mapping = mapColumns(headers, rules, given);
  const samples = rows.slice(0, SAMPLES).map((cells) => cells.map(({ text }) => text));
  const questions = openQuestions(headers, mapping, rules, samples);
  if (questions.length === 0) return mapping;
  if (!(process.stdin.isTTY && process.stderr.isTTY)) throw unanswered(file, questions);
  const answers = new Map([...given, ...(await askColumns(questions))]);
  process.stderr.write(`To skip these questions next time: ${mapOption([...answers])}\n`);
  return mapColumns(headers, rules, answers);
}
