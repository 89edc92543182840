import { relative, resolve } from "node:path";
import { placesInFiles, RESOURCES_FILE } from "../lib/deploy/project.ts";
import { readEvidence, recertificationWarnings } from "../lib/directory/recertify/lists.ts";
import { formatLocation } from "../lib/errors.ts";
import { endingWarnings } from "../lib/roster/ending-warnings.ts";
import { calledRoster, isOneFile, nameFrom, type RosterSetting, rosterFiles } from "../lib/roster/files.ts";
import { readRoster, readRosterFiles } from "../lib/roster/load.ts";
import { placesIn } from "../lib/roster/parse.ts";
import {
  type Problem,
  type Repeated,
  RosterError,
  repetition,
  withoutRepetition,
} from "../lib/roster/problem.ts";
import type { Roster } from "../lib/roster/roster.ts";
import { type Day, DEFAULT_TIME_ZONE, dayOfRun, isTimeZone, rosterOn } from "../lib/roster/until.ts";
import { guardProblems } from "../lib/stack/guards.ts";
import { problemLine, SETTINGS_FILE, type SettingProblem } from "../lib/stack/rules/problem.ts";
import { type GuardSettings, rosterRules, type Settings } from "../lib/stack/settings.ts";
import { type Screen, wrapIndented, wrapped } from "../lib/text/terminal.ts";
import { counted } from "../lib/text/words.ts";
import { ROOT } from "./frame/main.ts";
import { ownResources, ResourcesError } from "./frame/resources.ts";
import { checkedSettings, configProblems, rosterSetting, saysRoster } from "./frame/settings.ts";

const INDENT = "    ";

/** A problem as `check` reports it: in a roster, or in config.ts, where each says why it matters. */
type Reported = Problem & Partial<Pick<SettingProblem, "setting" | "why">>;

/** A problem or a warning: where it is and how to fix it, wrapped to the window. */
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
  /** Missing if there are problems. */
  readonly roster?: Roster;
  readonly problems: readonly Reported[];
  readonly warnings: readonly Reported[];
  /** A roster that can't be checked until config.ts is fixed. */
  readonly unchecked?: true;
}

/** Every problem in config.ts, with its place. */
export function checkConfig(): Checked {
  const of = (severity: SettingProblem["severity"]): Reported[] =>
    configProblems.filter((problem) => problem.severity === severity).map(reported);
  return { file: SETTINGS_FILE, problems: of("error"), warnings: of("warning") };
}

/** Whether resources.ts, if there is one, can be loaded and exports a function; a plan checks what it creates. */
export async function checkResources(): Promise<Checked[]> {
  try {
    await ownResources();
    return [];
  } catch (error) {
    if (!(error instanceof ResourcesError)) throw error;
    return [{ file: RESOURCES_FILE, problems: error.problems.map(reported), warnings: [] }];
  }
}

function reported(problem: SettingProblem): Reported {
  const { location = { file: SETTINGS_FILE }, setting, why, next } = problem;
  return { location, message: problemLine(problem), hint: next, ...(setting !== "" && { setting }), why };
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether config.ts declares what a roster may contain: else half of the roster's problems would be false. */
function saysRules({ problems }: Checked, { pool, groups }: Settings): boolean {
  return (
    isObject(pool) &&
    (groups === undefined || isObject(groups)) &&
    !problems.some(({ setting = "" }) =>
      /^(?:environments\b.*)?\bpool\.(?:signInWith|customAttributes)\b/.test(setting),
    )
  );
}

/** A file that may contain people, and the settings that apply to it. */
export interface RosterFile {
  /** Its name in the report. */
  readonly file: string;
  /** Its environments. @default config.ts has none */
  readonly environment?: string;
  readonly settings: Settings;
}

/** The roster that config.ts names; of several files, all of them. */
export interface ConfiguredRoster extends RosterFile {
  readonly roster: RosterSetting;
}

/**
 * The roster of each environment, or the only one.
 * @returns none for an environment without a readable roster setting
 */
export function configuredRosters(): readonly ConfiguredRoster[] {
  return checkedSettings().flatMap((one) => {
    if (!saysRoster(one.settings)) return [];
    const { roster } = one.settings;
    return [
      {
        ...one,
        roster,
        file: isOneFile(roster) ? relative("", resolve(ROOT, roster)) : calledRoster(roster),
      },
    ];
  });
}

/**
 * A single file, with the settings of the environments whose roster includes it: a hook passes the changed files. If it is in
 * none of them, with all settings.
 */
export function rosterFileFor(file: string): readonly RosterFile[] {
  const all = checkedSettings();
  const path = resolve(file);
  const owners = all.filter(
    ({ settings }) =>
      saysRoster(settings) &&
      rosterFiles(ROOT, settings.roster).names.some((name) => resolve(ROOT, name) === path),
  );
  return (owners.length > 0 ? owners : all).map((one) => ({ ...one, file }));
}

function read(of: RosterFile | ConfiguredRoster) {
  const { file, settings, environment } = of;
  const rules = rosterRules(settings);
  if (!("roster" in of)) {
    const read = readRoster(file, rules, nameFrom(ROOT, resolve(file)));
    return { ...read, placeOf: placesIn(read.text, file) };
  }
  const display = (path: string) => relative("", path);
  const read = readRosterFiles({
    root: ROOT,
    roster: of.roster,
    rules,
    display,
    setting: rosterSetting(environment),
  });
  return { ...read, placeOf: placesInFiles(read.texts, read.roster) };
}

export interface CheckOptions {
  /** Whether config.ts's guards apply to this file. */
  readonly guarded: boolean;
  /** A commit since which no person's line may have been removed unless they were leaving. */
  readonly against: string | undefined;
  /** What is wrong with config.ts. */
  readonly settings: Checked;
  /** The day to evaluate access for. @default ROSTER_DAY, else today */
  readonly on?: string | undefined;
}

/**
 * Every problem of a roster by config.ts, and what ends within a week.
 * @param of a single file, or the whole roster
 * @throws UserError (exit 2) if git does not know that commit
 */
export async function checkRoster(
  of: RosterFile | ConfiguredRoster,
  { guarded, against, settings, on }: CheckOptions,
): Promise<Checked> {
  const { file, settings: its } = of;
  if (!saysRules(settings, its)) return { file, problems: [], warnings: [], unchecked: true };
  const guards = settings.problems.some(({ setting }) =>
    /^(?:environments\b.*\.)?guards\b/.test(setting ?? ""),
  )
    ? {}
    : (its.guards ?? {});
  // An invalid time zone is a problem of config.ts.
  const { timeZone = DEFAULT_TIME_ZONE } = its;
  const day = dayOfRun(
    { timeZone: isTimeZone(timeZone) ? timeZone : DEFAULT_TIME_ZONE },
    { env: process.env, on },
  );
  try {
    const { roster, placeOf, warnings } = read(of);
    const problems = [
      ...(guarded ? guardProblems(guards, rosterOn(roster, day)) : []),
      ...(against === undefined ? [] : await lostSince(against, roster, its, day)),
    ];
    return {
      file,
      ...(problems.length === 0 && { roster }),
      problems,
      warnings: [
        ...warnings,
        ...endingWarnings(roster, placeOf, day),
        ...(guarded ? notRecertified(guards, rosterOn(roster, day), of, day) : []),
      ],
    };
  } catch (error) {
    if (error instanceof RosterError) {
      return { file, problems: error.problems, warnings: error.warnings };
    }
    throw error;
  }
}

/** For the whole roster: people whose access has not been confirmed for longer than config.ts allows. */
function notRecertified(
  { recertifyEvery }: Pick<GuardSettings, "recertifyEvery">,
  { people }: Roster,
  { file, environment }: RosterFile,
  day: Day,
): Problem[] {
  if (recertifyEvery === undefined) return [];
  const every = Number.parseInt(recertifyEvery, 10);
  return recertificationWarnings(people, readEvidence(ROOT, environment), { every, day, file });
}

/** The code that runs git is only loaded if needed: check is what editors and hooks call. */
async function lostSince(ref: string, roster: Roster, settings: Settings, day: Day): Promise<Problem[]> {
  const { problemsAgainst } = await import("../lib/review/roster-history.ts");
  return problemsAgainst(ref, roster, rosterRules(settings), day);
}

/** What was found in a roster, and its environments. */
export interface CheckedFor {
  /** @default config.ts has no environments */
  readonly environment?: string | undefined;
  readonly checked: Checked;
}

/** For a roster of several environments: each problem once, with the environments unless all have it. */
export function mergeChecked(each: readonly CheckedFor[]): Checked[] {
  const files = [...new Set(each.map(({ checked }) => checked.file))];
  return files.map((file): Checked => {
    const same = each.filter(({ checked }) => checked.file === file);
    const [first, ...others] = same.map(({ checked }) => checked);
    if (first === undefined || others.length === 0) return first ?? { file, problems: [], warnings: [] };
    const whole = same.every(({ checked }) => checked.roster !== undefined);
    return {
      file,
      ...(whole && first.roster && { roster: first.roster }),
      problems: together(same, ({ problems }) => problems),
      warnings: together(same, ({ warnings }) => warnings),
      ...(same.some(({ checked }) => checked.unchecked) && { unchecked: true }),
    };
  });
}

function together(
  each: readonly CheckedFor[],
  found: (checked: Checked) => readonly Reported[],
): readonly Reported[] {
  const all = new Map<string, { one: Reported; names: string[] }>();
  for (const { environment, checked } of each) {
    for (const one of found(checked)) {
      const key = JSON.stringify(one);
      all.set(key, { one, names: [...(all.get(key)?.names ?? []), ...(environment ? [environment] : [])] });
    }
  }
  return [...all.values()].map(({ one, names }) =>
    names.length === each.length ? one : { ...one, message: `${one.message} (in ${names.join(", ")})` },
  );
}

/** A line for each roster without problems, or unchecked, then all warnings, then all problems and their number. */
export function checkedLines(results: readonly Checked[], screen: Screen): string[] {
  const { paint } = screen;
  const problems = results.flatMap((result) => result.problems);
  const different = withoutRepetition(problems);
  const count = `${counted(problems.length, "problem", "problems")}${different.length < problems.length ? `, ${different.length} different` : ""}`;
  return [
    ...results.flatMap(({ file, roster }) =>
      roster ? wrapIndented(`${paint.green("✔")} `, summary(file, roster), screen.columns) : [],
    ),
    ...results.flatMap(({ file, unchecked }) =>
      unchecked ? [`${paint.yellow("!")} ${file} was not checked: that needs a valid config.ts`] : [],
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
    [people.filter(({ invite }) => invite === "none").length, "without an invitation"],
    [people.filter(({ leaving }) => leaving).length, "leaving"],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}`] : []));
  const details = counts.length > 0 ? ` (${counts.join(", ")})` : "";
  return `${file}: ${counted(people.length, "person", "people")}, no problems${details}`;
}

/**
 * A problem or a warning as GitHub Actions shows it beside the line of a pull request: once, since it shows ten per step.
 * Escaped as in actions/toolkit's command.ts: `%`, CR and LF in the text, also `:` and `,` in a property.
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
