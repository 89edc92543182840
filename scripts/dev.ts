// npm run dev: what check says, and what changes, each time that the roster or config.ts is saved.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, UserError } from "../lib/errors.ts";
import { changesSince, problemsAgainst, type RosterChanges } from "../lib/review/roster-history.ts";
import { calledRoster, type RosterSetting, rosterFiles } from "../lib/roster/files.ts";
import type { Problem } from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { escapeControls, type Paint } from "../lib/text/terminal.ts";
import { checkConfig, checkedLines, checkRoster, configuredRoster } from "./check-report.ts";
import { interruption, main, newCommand, ROOT } from "./frame/main.ts";
import { config } from "./frame/settings.ts";
import { paintFor, screenOf } from "./screen.ts";

/** So many names of a kind are listed, of the others the number. */
const NAMES_SHOWN = 10;

/**
 * Says what config.ts and the roster it names have of problems, and who joins, changes and leaves since HEAD. Tells the
 * process that has started it, if it listens, which file the roster is.
 * @returns the exit code: 0, or 2 where there are problems
 */
export async function checkOnce(): Promise<number> {
  const named = configuredRoster();
  // Before anything is read: see checkOnSave.
  if (named !== undefined) process.send?.(named.roster);
  const screen = screenOf(process.stdout);
  const settings = checkConfig();
  const alone =
    named === undefined ? [] : [await checkRoster(named, { guarded: true, against: undefined, settings })];
  const compared = alone[0]?.roster ? await sinceHead(alone[0].roster, screen.paint) : NOT_COMPARED;
  const rosters = alone.map(({ file, warnings, ...found }) =>
    compared.problems.length > 0
      ? { file, warnings, problems: compared.problems }
      : { file, warnings, ...found },
  );
  const results = [settings, ...rosters];
  process.stdout.write(`${[...checkedLines(results, screen), ...compared.lines].join("\n")}\n`);
  return results.every(({ problems }) => problems.length === 0) ? EXIT.ok : EXIT.wrong;
}

interface SinceHead {
  readonly problems: readonly Problem[];
  readonly lines: readonly string[];
}

const NOT_COMPARED: SinceHead = { problems: [], lines: [] };

async function sinceHead(roster: Roster, paint: Paint): Promise<SinceHead> {
  try {
    const problems = await problemsAgainst("HEAD", roster, rosterRules(config));
    return { problems, lines: wordsOf(await changesSince("HEAD", roster, rosterRules(config)), paint) };
  } catch (error) {
    // No repository, no commit, or a roster in it that is none: nothing that is wrong with what is edited now.
    if (!(error instanceof UserError)) throw error;
    return { problems: [], lines: [paint.dim(`Not compared with HEAD: ${error.message.split("\n")[0]}`)] };
  }
}

const KINDS: readonly [keyof RosterChanges, keyof Paint, string][] = [
  ["joins", "green", "joins"],
  ["returns", "green", "returns"],
  ["changes", "yellow", "changes"],
  ["remarks", "dim", "has another note or owner"],
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

/** How often it is looked, and how long a file must have been the same: an editor may empty it first, then write it. */
const EVERY_MS = 200;

/**
 * Runs `dev --once` now and after every save, until it is interrupted. Each run is a process of its own, since this one has
 * read config.ts for good. It is looked by path, not waited for events: those are of the file that an editor puts another in
 * place of, and do not reach a container's mounted directory.
 * @param named the roster, if config.ts can be read; each run reports it again
 * @param signal ends it, and a run that is under way
 */
export async function checkOnSave(named: RosterSetting | undefined, signal: AbortSignal): Promise<void> {
  const wait = () => sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  let roster = named;
  let stamp: string | undefined;
  let checked: readonly string[] = [];
  for (; !signal.aborted; await wait()) {
    // Of a pattern, also files that are new, and those that are gone.
    const filesOf = () => ["config.ts", ...(roster === undefined ? [] : rosterFiles(ROOT, roster).names)];
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
      // Not yet read by the run: what is saved from here on is seen.
      checked = [...contents.slice(0, 1), ...contentsOf(rosterFiles(ROOT, named).names)];
    });
  }
}

/** @param onRoster gets the roster's file before it is read, unless config.ts is too broken to read */
async function run(signal: AbortSignal, onRoster: (roster: RosterSetting) => void): Promise<void> {
  const { dim } = paintFor(process.stdout);
  process.stdout.write(`\n${dim(new Date().toTimeString().slice(0, 8))}\n`);
  const child = spawn(process.execPath, [resolve(ROOT, "scripts/run.mjs"), "dev", "--once"], {
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

/** Changes with every save, also one that puts another file in its place. */
function stampOf(file: string): string {
  const found = statSync(resolve(ROOT, file), { throwIfNoEntry: false });
  return found === undefined ? "" : [found.ino, found.mtimeMs, found.size].join("-");
}

function contentOf(file: string): string {
  try {
    const path = resolve(ROOT, file);
    return statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
  } catch {
    return ""; // The run says why it can't be read.
  }
}

main(async () => {
  const { once } = newCommand(
    "dev",
    "Says at every save of the roster or config.ts what check says, and what changes since HEAD. Never reaches AWS. Ctrl-C ends it.",
    { reportsConfig: true },
  )
    .option("--once", "say it once, and end as check does", false)
    .parse()
    .opts<{ once: boolean }>();
  if (once) return checkOnce();
  const interrupted = interruption();
  const { dim } = paintFor(process.stdout);
  const named = configuredRoster();
  const files = [...(named === undefined ? [] : [calledRoster(named.roster)]), "config.ts"];
  process.stdout.write(dim(`Checks ${files.join(" and ")} at every save. Ctrl-C ends.\n`));
  await checkOnSave(named?.roster, interrupted.signal);
  // Ctrl-C is how this ends, not a failure.
  return interrupted.exitCode() === EXIT.interrupted ? EXIT.ok : interrupted.exitCode();
});
