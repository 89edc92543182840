// npm run dev: what check says, and what changes, each time that the roster or config.ts is saved.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RESOURCES_FILE } from "../lib/deploy/project.ts";
import { asClause, EXIT, UserError } from "../lib/errors.ts";
import { changesSince, problemsAgainst, type RosterChanges } from "../lib/review/roster-history.ts";
import { calledRoster, patternsOf, type RosterSetting, rosterFiles } from "../lib/roster/files.ts";
import type { Problem } from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { dayOfRun } from "../lib/roster/until.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { escapeControls, type Paint } from "../lib/text/terminal.ts";
import {
  type Checked,
  type CheckedFor,
  type ConfiguredRoster,
  checkConfig,
  checkedLines,
  checkResources,
  checkRoster,
  configuredRosters,
  mergeChecked,
} from "./check-report.ts";
import { interruption, main, newCommand } from "./frame/main.ts";
import { PACKAGE, ROOT } from "./frame/root.ts";
import { paintFor, screenOf } from "./screen.ts";

/** This many names of a kind are listed; the rest are counted. */
const NAMES_SHOWN = 10;

/**
 * Reports the problems in config.ts and the roster, and who joins, changes and leaves since HEAD. Sends the roster's file to
 * the parent process, if it listens.
 * @returns the exit code: 0, or 2 if there are problems
 */
export async function checkOnce(): Promise<number> {
  const configured = configuredRosters();
  // Before anything is read: see checkOnSave.
  const watched = allOf(configured);
  if (watched !== undefined) process.send?.(watched);
  const screen = screenOf(process.stdout);
  const settings = checkConfig();
  const found: CheckedFor[] = [];
  const changes = new Map<string, readonly string[]>();
  for (const one of configured) {
    const alone = await checkRoster(one, { guarded: true, against: undefined, settings });
    const compared = alone.roster ? await sinceHead(alone.roster, one, screen.paint) : NOT_COMPARED;
    const { file, warnings } = alone;
    const checked: Checked =
      compared.problems.length > 0 ? { file, warnings, problems: compared.problems } : alone;
    found.push({ ...one, checked });
    changes.set(file, compared.lines);
  }
  const results = [settings, ...(await checkResources()), ...mergeChecked(found)];
  const lines = [...changes].flatMap(([file, lines]) =>
    changes.size > 1 && lines.length > 0 ? [`${file}:`, ...lines] : lines,
  );
  process.stdout.write(`${[...checkedLines(results, screen), ...lines].join("\n")}\n`);
  return results.every(({ problems }) => problems.length === 0) ? EXIT.ok : EXIT.wrong;
}

/** What all the rosters are made of; undefined if config.ts names none that can be read. */
function allOf(configured: readonly ConfiguredRoster[]): RosterSetting | undefined {
  const all = [...new Set(configured.flatMap(({ roster }) => patternsOf(roster)))];
  const [first] = configured;
  return first === undefined || all.length === patternsOf(first.roster).length ? first?.roster : all;
}

interface SinceHead {
  readonly problems: readonly Problem[];
  readonly lines: readonly string[];
}

const NOT_COMPARED: SinceHead = { problems: [], lines: [] };

async function sinceHead(roster: Roster, { settings }: ConfiguredRoster, paint: Paint): Promise<SinceHead> {
  try {
    const rules = rosterRules(settings);
    const problems = await problemsAgainst("HEAD", roster, rules, dayOfRun(settings, { env: process.env }));
    return { problems, lines: wordsOf(await changesSince("HEAD", roster, rules), paint) };
  } catch (error) {
    // No repository, no commit, or an invalid roster in it: no problem of what is being edited now.
    if (!(error instanceof UserError)) throw error;
    return {
      problems: [],
      lines: [paint.dim(`Not compared with HEAD: ${asClause(error.message.split("\n")[0] ?? "")}`)],
    };
  }
}

const KINDS: readonly [keyof RosterChanges, keyof Paint, string][] = [
  ["joins", "green", "joins"],
  ["returns", "green", "returns"],
  ["changes", "yellow", "changes"],
  ["remarks", "dim", "has a new note or owner"],
  ["leaves", "red", "leaves"],
  ["gone", "red", "is gone"],
];

function wordsOf(changes: RosterChanges, paint: Paint): string[] {
  const lines = KINDS.flatMap(([kind, colour, word]) => {
    const names = changes[kind];
    const more = names.length - NAMES_SHOWN;
    return [
      ...names.slice(0, NAMES_SHOWN).map((name) => `  ${escapeControls(name)} ${paint[colour](word)}`),
      ...(more > 0 ? [`  ${more} more: ${paint[colour](word)}`] : []),
    ];
  });
  return lines.length === 0 ? [paint.dim("No change since HEAD")] : ["Since HEAD:", ...lines];
}

/** How often to look, and how long a file must stay the same: an editor may empty it first, then write it. */
const EVERY_MS = 200;

/**
 * Runs `dev --once` now and after every save, until it is interrupted. Each run is a separate process, since this one has
 * loaded config.ts for good. It polls paths instead of waiting for events: those follow a file that an editor replaces, and do
 * not reach a container's mounted directory.
 * @param named the roster, if config.ts can be read; each run reports it again
 * @param signal ends it, and a run in progress
 */
export async function checkOnSave(named: RosterSetting | undefined, signal: AbortSignal): Promise<void> {
  const wait = () => sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  let roster = named;
  let stamp: string | undefined;
  let checked: readonly string[] = [];
  for (; !signal.aborted; await wait()) {
    // For a pattern, this includes new and deleted files.
    const filesOf = () => [
      "config.ts",
      RESOURCES_FILE,
      ...(roster === undefined ? [] : rosterFiles(ROOT, roster).names),
    ];
    const looked = filesOf();
    const now = stampsOf(looked);
    if (now === stamp) continue;
    await wait();
    if (signal.aborted || stampsOf(filesOf()) !== now) continue;
    stamp = now;
    const contents = contentsOf(looked);
    // Written twice, or saved without a change.
    if (contents.join() === checked.join()) continue;
    checked = contents;
    await run(signal, (named) => {
      if (JSON.stringify(named) === JSON.stringify(roster)) return;
      roster = named;
      // Not yet read by the run: later saves are noticed.
      checked = [...contents.slice(0, 2), ...contentsOf(rosterFiles(ROOT, named).names)];
    });
  }
}

/** @param onRoster gets the roster's file before it is read, unless config.ts is too broken to read */
async function run(signal: AbortSignal, onRoster: (roster: RosterSetting) => void): Promise<void> {
  const { dim } = paintFor(process.stdout);
  process.stdout.write(`\n${dim(new Date().toTimeString().slice(0, 8))}\n`);
  const launcher = ROOT === PACKAGE ? "run.mjs" : "cognito-roster.mjs";
  const child = spawn(process.execPath, [resolve(PACKAGE, "scripts", launcher), "dev", "--once"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.on("message", (roster) => onRoster(roster as RosterSetting));
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  await once(child, "close");
  signal.removeEventListener("abort", stop);
}

const stampsOf = (files: readonly string[]) => files.map((file) => `${file} ${stampOf(file)}`).join();

const contentsOf = (files: readonly string[]) => files.map((file) => `${file} ${contentOf(file)}`);

/** Changes with every save, even one that replaces the file. */
function stampOf(file: string): string {
  const found = statSync(resolve(ROOT, file), { throwIfNoEntry: false });
  return found === undefined ? "" : [found.ino, found.mtimeMs, found.size].join("-");
}

function contentOf(file: string): string {
  try {
    const path = resolve(ROOT, file);
    return statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
  } catch {
    return ""; // The run reports why it can't be read.
  }
}

main(async () => {
  const { once } = newCommand(
    "dev",
    "Runs check whenever the roster or config.ts is saved, and shows who changes since HEAD. Never contacts AWS. Ctrl-C stops it.",
    { reportsConfig: true, allEnvironments: true },
  )
    .option("--once", "run once and exit like check", false)
    .parse()
    .opts<{ once: boolean }>();
  if (once) return checkOnce();
  const interrupted = interruption();
  const { dim } = paintFor(process.stdout);
  const named = allOf(configuredRosters());
  const files = [...(named === undefined ? [] : [calledRoster(named)]), "config.ts"];
  process.stdout.write(dim(`Checking ${files.join(" and ")} on every save. Press Ctrl-C to stop.\n`));
  await checkOnSave(named, interrupted.signal);
  // Ctrl-C is the normal way to end this, not a failure.
  return interrupted.exitCode() === EXIT.interrupted ? EXIT.ok : interrupted.exitCode();
});
