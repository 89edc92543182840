// npm run dev: what check says, and what changes, each time that the roster or config.ts is saved.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { config } from "../config.ts";
import { EXIT, UserError } from "../lib/errors.ts";
import { changesSince, problemsAgainst, type RosterChanges } from "../lib/review/roster-history.ts";
import type { Problem } from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { requireUsable } from "../lib/stack/rules/check.ts";
import { describeProblem } from "../lib/stack/rules/problem.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { escapeControls, type Paint } from "../lib/text/terminal.ts";
import { checkedLines, checkRoster } from "./check-report.ts";
import { interruption, main, newCommand, ROOT } from "./frame/main.ts";
import { paintFor, screenOf } from "./screen.ts";

/** So many names of a kind are listed, of the others the number. */
const NAMES_SHOWN = 10;

/**
 * Says what config.ts and the roster it names have of problems, and who joins, changes and leaves since HEAD. Tells the
 * process that has started it, if it listens, which file the roster is.
 * @returns the exit code: 0, or 2 where there are problems
 * @throws SettingsError (exit 2) for settings that Cognito would refuse
 */
export async function checkOnce(): Promise<number> {
  // Before anything is read: see checkOnSave.
  process.send?.(config.roster);
  const screen = screenOf(process.stdout);
  const { paint } = screen;
  const file = relative("", resolve(ROOT, config.roster));
  const warnings = requireUsable(config).map((one) => `${paint.yellow("Warning:")} ${describeProblem(one)}`);
  const alone = await checkRoster(file, { guarded: true, against: undefined });
  const { problems, lines } = alone.roster ? await sinceHead(alone.roster, paint) : NOT_COMPARED;
  const checked = problems.length > 0 ? { file, problems, warnings: alone.warnings } : alone;
  process.stdout.write(`${[...warnings, ...checkedLines([checked], screen), ...lines].join("\n")}\n`);
  return checked.problems.length === 0 ? EXIT.ok : EXIT.wrong;
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
 * @param roster as config.ts names it; each run reports it again
 * @param signal ends it, and a run that is under way
 */
export async function checkOnSave(roster: string, signal: AbortSignal): Promise<void> {
  const wait = () => sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  let files = ["config.ts", roster];
  let stamp: string | undefined;
  let checked: readonly string[] = [];
  for (; !signal.aborted; await wait()) {
    const now = files.map(stampOf).join();
    if (now === stamp) continue;
    await wait();
    if (signal.aborted || files.map(stampOf).join() !== now) continue;
    stamp = now;
    const contents = files.map(contentOf);
    // Written twice, or saved without a change.
    if (contents.join() === checked.join()) continue;
    checked = contents;
    await run(signal, (named) => {
      if (named === files[1]) return;
      files = ["config.ts", named];
      // Not yet read by the run: what is saved from here on is seen.
      checked = [contents[0] ?? "", contentOf(named)];
    });
  }
}

/** @param onRoster gets the roster's file before it is read, unless config.ts is too broken to read */
async function run(signal: AbortSignal, onRoster: (file: string) => void): Promise<void> {
  const { dim } = paintFor(process.stdout);
  process.stdout.write(`\n${dim(new Date().toTimeString().slice(0, 8))}\n`);
  const child = spawn(process.execPath, [resolve(ROOT, "scripts/run.mjs"), "dev", "--once"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.on("message", (file) => onRoster(String(file)));
  const stop = () => child.kill();
  signal.addEventListener("abort", stop, { once: true });
  await once(child, "close");
  signal.removeEventListener("abort", stop);
}

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
  )
    .option("--once", "say it once, and end as check does", false)
    .parse()
    .opts<{ once: boolean }>();
  if (once) return checkOnce();
  const interrupted = interruption();
  const { dim } = paintFor(process.stdout);
  process.stdout.write(dim(`Checks ${config.roster} and config.ts at every save. Ctrl-C ends.\n`));
  await checkOnSave(config.roster, interrupted.signal);
  // Ctrl-C is how this ends, not a failure.
  return interrupted.exitCode() === EXIT.interrupted ? EXIT.ok : interrupted.exitCode();
});
