import { relative, resolve } from "node:path";
import { formatLocation } from "../lib/errors.ts";
import { calledRoster, isOneFile, nameFrom, type RosterSetting } from "../lib/roster/files.ts";
import { readRoster, readRosterFiles } from "../lib/roster/load.ts";
import {
  type Problem,
  type Repeated,
  RosterError,
  repetition,
  withoutRepetition,
} from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { guardProblems } from "../lib/stack/guards.ts";
import { problemLine, SETTINGS_FILE, type SettingProblem } from "../lib/stack/rules/problem.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { type Screen, wrapIndented, wrapped } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { ROOT } from "./frame/main.ts";
import { config, configProblems, rosterSetting, saysRoster } from "./frame/settings.ts";

const INDENT = "    ";

/** A problem as `check` reports it: of a roster, or of config.ts, where each says why it matters. */
type Reported = Problem & Partial<Pick<SettingProblem, "setting" | "why">>;

/** A problem, or a warning: where it is and what helps, broken where the window ends. */
export function problemText(
  reported: Repeated<Reported>,
  { paint, columns }: Screen,
  sign = paint.red("✖"),
): string {
  const { location, message, why, hint } = reported;
  const again = repetition(reported);
  const problem = `${paint.cyan(formatLocation(location))} ${sign} ${message}`;
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - INDENT.length, 20);
  const lines = wrapped(problem, room).map((line, index) => (index === 0 ? line : INDENT + line));
  return [
    ...lines,
    ...(why === undefined ? [] : wrapIndented(INDENT, why, columns)),
    ...wrapIndented(`${INDENT}${paint.dim("→")} `, hint, columns),
    ...(again === undefined ? [] : wrapIndented(INDENT, again, columns)),
  ].join("\n");
}

export interface Checked {
  readonly file: string;
  /** Missing where there are problems. */
  readonly roster?: Roster;
  readonly problems: readonly Reported[];
  readonly warnings: readonly Reported[];
  /** A roster of which nothing can be said before config.ts is mended. */
  readonly unchecked?: true;
}

/** Every problem of config.ts, at its place. */
export function checkConfig(): Checked {
  const of = (severity: SettingProblem["severity"]): Reported[] =>
    configProblems.filter((problem) => problem.severity === severity).map(reported);
  return { file: SETTINGS_FILE, problems: of("error"), warnings: of("warning") };
}

function reported(problem: SettingProblem): Reported {
  const { location = { file: SETTINGS_FILE }, setting, why, next } = problem;
  return { location, message: problemLine(problem), hint: next, ...(setting !== "" && { setting }), why };
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether config.ts says what a roster may hold: else half of the roster's problems would be none. */
function saysRules({ problems }: Checked): boolean {
  const { pool, groups } = config;
  return (
    isObject(pool) &&
    (groups === undefined || isObject(groups)) &&
    !problems.some(({ setting = "" }) => /^pool\.(signInWith|customAttributes)\b/.test(setting))
  );
}

/** The roster that config.ts names; of several files, all of them. */
export interface ConfiguredRoster {
  /** As the report names it. */
  readonly file: string;
  readonly roster: RosterSetting;
}

/** @returns undefined where config.ts names none that can be read */
export function configuredRoster(): ConfiguredRoster | undefined {
  if (!saysRoster()) return undefined;
  const { roster } = config;
  return { roster, file: isOneFile(roster) ? relative("", resolve(ROOT, roster)) : calledRoster(roster) };
}

function read(of: string | ConfiguredRoster) {
  const rules = rosterRules(config);
  if (typeof of === "string") return readRoster(of, rules, nameFrom(ROOT, resolve(of)));
  const display = (path: string) => relative("", path);
  return readRosterFiles({ root: ROOT, roster: of.roster, rules, display, setting: rosterSetting() });
}

/**
 * Every problem of a roster by config.ts.
 * @param of a file alone, or the whole roster
 * @param guarded whether config.ts's guards are about this file
 * @param settings what is wrong with config.ts
 * @param against a commit since which no line of a person who wasn't leaving may be gone
 * @throws UserError (exit 2) when git does not know that commit
 */
export async function checkRoster(
  of: string | ConfiguredRoster,
  { guarded, against, settings }: { guarded: boolean; against: string | undefined; settings: Checked },
): Promise<Checked> {
  const file = typeof of === "string" ? of : of.file;
  if (!saysRules(settings)) return { file, problems: [], warnings: [], unchecked: true };
  const guards = settings.problems.some(({ setting }) => setting?.startsWith("guards"))
    ? {}
    : (config.guards ?? {});
  try {
    const { roster, warnings } = read(of);
    const problems = [
      ...(guarded ? guardProblems(guards, roster) : []),
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

/** A line for each roster without problems, or unchecked, then all warnings, then all problems and their number. */
export function checkedLines(results: readonly Checked[], screen: Screen): string[] {
  const { paint } = screen;
  const problems = results.flatMap((result) => result.problems);
  const different = withoutRepetition(problems);
  const count = `${counted(problems.length, "problem", "problems")}${different.length < problems.length ? `, ${different.length} different` : ""}`;
  return [
    ...results.flatMap(({ file, roster }) => (roster ? `${paint.green("✔")} ${summary(file, roster)}` : [])),
    ...results.flatMap(({ file, unchecked }) =>
      unchecked
        ? [`${paint.yellow("!")} ${file} was not checked: config.ts has to say what it may hold`]
        : [],
    ),
    ...results.flatMap(({ warnings }) =>
      withoutRepetition(warnings).map((warning) => problemText(warning, screen, paint.yellow("!"))),
    ),
    ...different.map((problem) => problemText(problem, screen)),
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
 * A problem, or a warning, as GitHub Actions marks it beside the line of a pull request: once, since it shows ten of a step.
 * Escaped as actions/toolkit's command.ts does: `%`, CR and LF in the text, also `:` and `,` in a property.
 */
export function annotation(problem: Repeated, severity: "error" | "warning" = "error"): string {
  const { location, message, hint } = problem;
  const again = repetition(problem);
  const properties = [
    `file=${property(location.file.replaceAll("\\", "/"))}`,
    ...(location.line === undefined ? [] : [`line=${location.line}`]),
    ...(location.column === undefined ? [] : [`col=${location.column}`]),
  ];
  return `::${severity} ${properties.join(",")}::${data(`${message}. ${hint}${again === undefined ? "" : ` (${again})`}`)}`;
}

const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
