import { config } from "../config.ts";
import { formatLocation } from "../lib/errors.ts";
import { readRoster } from "../lib/roster/load.ts";
import { type Problem, RosterError } from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { guardProblems } from "../lib/stack/guards.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { type Screen, wrapIndented, wrapped } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";

const INDENT = "    ";

/** A problem of a roster, or a warning: where it is and what helps, broken where the window ends. */
export function problemText(
  { location, message, hint }: Problem,
  { paint, columns }: Screen,
  sign = paint.red("✖"),
): string {
  const problem = `${paint.cyan(formatLocation(location))} ${sign} ${message}`;
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - INDENT.length, 20);
  const lines = wrapped(problem, room).map((line, index) => (index === 0 ? line : INDENT + line));
  return [...lines, ...wrapIndented(`${INDENT}${paint.dim("→")} `, hint, columns)].join("\n");
}

export interface Checked {
  readonly file: string;
  /** Missing where there are problems. */
  readonly roster?: Roster;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * Every problem of a roster by config.ts.
 * @param guarded whether config.ts's guards are about this file
 * @param against a commit since which no line of a person who wasn't leaving may be gone
 * @throws UserError (exit 2) when git does not know that commit
 */
export async function checkRoster(
  file: string,
  { guarded, against }: { guarded: boolean; against: string | undefined },
): Promise<Checked> {
  try {
    const { roster, warnings } = readRoster(file, rosterRules(config));
    const problems = [
      ...(guarded ? guardProblems(config.guards ?? {}, roster) : []),
      ...(against === undefined ? [] : await lostSince(against, roster)),
    ];
    return { file, ...(problems.length === 0 && { roster }), problems, warnings };
  } catch (error) {
    if (error instanceof RosterError) {
      return { file, problems: error.problems, warnings: error.warnings };
    }
    throw error;
  }
}

/** What runs git is loaded only where it is needed: check is what editors and hooks call. */
async function lostSince(ref: string, roster: Roster): Promise<Problem[]> {
  const { problemsAgainst } = await import("../lib/review/roster-history.ts");
  return problemsAgainst(ref, roster, rosterRules(config));
}

/** A line for each roster without problems, then all warnings, then all problems and their number. */
export function checkedLines(results: readonly Checked[], screen: Screen): string[] {
  const { paint } = screen;
  const problems = results.flatMap((result) => result.problems);
  const count = counted(problems.length, "problem", "problems");
  return [
    ...results.flatMap(({ file, roster }) => (roster ? `${paint.green("✔")} ${summary(file, roster)}` : [])),
    ...results.flatMap(({ warnings }) =>
      warnings.map((warning) => problemText(warning, screen, paint.yellow("!"))),
    ),
    ...problems.map((problem) => problemText(problem, screen)),
    ...(problems.length > 0 ? [`${paint.red("✖")} ${paint.bold(count)}`] : []),
  ];
}

function summary(file: string, { people }: Roster): string {
  const groups = new Set(people.flatMap((person) => person.groups)).size;
  const counts = [
    [groups, groups === 1 ? "group" : "groups"],
    [people.filter(({ enabled }) => !enabled).length, "disabled"],
    [people.filter(({ invite }) => invite === "none").length, "without invitation"],
    [people.filter(({ leaving }) => leaving).length, "leaving"],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}`] : []));
  const details = counts.length > 0 ? ` (${counts.join(", ")})` : "";
  return `${file}: ${counted(people.length, "person", "people")}, no problems${details}`;
}

/**
 * A problem, or a warning, as GitHub Actions marks it beside the line of a pull request. Escaped as actions/toolkit's
 * command.ts does: `%`, CR and LF in the text, also `:` and `,` in a property.
 */
export function annotation(
  { location, message, hint }: Problem,
  severity: "error" | "warning" = "error",
): string {
  const properties = [
    `file=${property(location.file.replaceAll("\\", "/"))}`,
    ...(location.line === undefined ? [] : [`line=${location.line}`]),
    ...(location.column === undefined ? [] : [`col=${location.column}`]),
  ];
  return `::${severity} ${properties.join(",")}::${data(`${message}. ${hint}`)}`;
}

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
