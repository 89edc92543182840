import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "../../config.ts";
import { UserError } from "../../lib/errors.ts";
import { changesSince, problemsAgainst, type RosterChanges } from "../../lib/review/earlier-roster.ts";
import type { Problem } from "../../lib/roster/problem.ts";
import type { Roster } from "../../lib/roster/roster.ts";
import { requireUsable } from "../../lib/stack/check-settings.ts";
import { describeProblem } from "../../lib/stack/setting-problem.ts";
import { checkedLines, checkRoster } from "./check-report.ts";
import type { Paint } from "./paint.ts";
import { screenOf } from "./screen.ts";
import { harmless } from "./wrap.ts";

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
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const file = relative("", resolve(root, config.roster));
  const warnings = requireUsable(config).map((one) => `${paint.yellow("Warning:")} ${describeProblem(one)}`);
  const alone = await checkRoster(file, { guarded: true, against: undefined });
  const { problems, lines } = alone.roster ? await sinceHead(alone.roster, paint) : NOT_COMPARED;
  const checked = problems.length > 0 ? { file, problems } : alone;
  process.stdout.write(`${[...warnings, ...checkedLines([checked], screen), ...lines].join("\n")}\n`);
  return checked.problems.length === 0 ? 0 : 2;
}

interface SinceHead {
  readonly problems: readonly Problem[];
  readonly lines: readonly string[];
}

const NOT_COMPARED: SinceHead = { problems: [], lines: [] };

async function sinceHead(roster: Roster, paint: Paint): Promise<SinceHead> {
  try {
    const problems = await problemsAgainst("HEAD", roster, config.pool);
    return { problems, lines: wordsOf(await changesSince("HEAD", roster, config.pool), paint) };
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
      ...names.slice(0, NAMES_SHOWN).map((name) => `  ${harmless(name)} ${paint[colour](word)}`),
      ...(more > 0 ? [`  ${more} more: ${paint[colour](word)}`] : []),
    ];
  });
  return lines.length === 0 ? [paint.dim("No change since HEAD")] : ["Since HEAD:", ...lines];
}
