import { EXIT, formatLocation, type Location, UserError } from "../../errors.ts";
import { counted } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import type { Range } from "./cognito-limits.ts";

/** Where a team's settings stand. */
export const SETTINGS_FILE = "config.ts";

/** One thing that is wrong with the settings, or that a team should know about them. */
export interface SettingProblem {
  /** With an error nothing is synthesized. */
  readonly severity: "error" | "warning";
  /** Its path in config.ts, such as `client.oauth.callbackUrls[0]`; empty for what is wrong with the file. */
  readonly setting: string;
  /** Where config.ts says it. @default unknown, as in an app of a team's own */
  readonly location?: Location;
  readonly message: string;
  readonly why: string;
  /** What to do. */
  readonly next: string;
}

type Words = Omit<SettingProblem, "severity" | "location">;
export const wrong = (words: Words): SettingProblem => ({ severity: "error", ...words });
export const doubtful = (words: Words): SettingProblem => ({ severity: "warning", ...words });

/** The path of a setting in config.ts as TypeScript writes it: `client.oauth.callbackUrls[0]`, `groups["site-admins"]`. */
export function settingPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    const name = String(step);
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
  });
  return steps.join("").replace(/^\./, "");
}

/** What is wrong with which setting, in one line. */
export function problemLine({ setting, message }: SettingProblem): string {
  return setting === "" ? message : `${setting}: ${message}`;
}

/** A problem as a terminal shows it, over three lines without a line break at the end. */
export function describeProblem(problem: SettingProblem): string {
  const { location, why, next } = problem;
  const place = location === undefined ? "" : `${formatLocation(location)}  `;
  return `${place}${problemLine(problem)}\n    ${why}\n    → ${next}`;
}

/** Settings that can't be used; the message lists every error, so that all can be mended at once. */
export class SettingsError extends UserError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
    super([`${SETTINGS_FILE} has ${counted(problems.length, "problem", "problems")}`, ...lines].join("\n"), {
      exitCode: EXIT.wrong,
    });
    this.problems = problems;
  }
}

/** Why it is not left to Cognito. */
export const refused = (call: string): string =>
  `Cognito would refuse it in the middle of the deploy (${call}).`;

/** Characters as Cognito's limits count them: an emoji is one. */
export const count = (text: string): number => Array.from(text).length;

/**
 * A number that is set, and is too small or too large.
 * @param unit what is counted; empty for a bare number
 * @param shown the number as the team wrote it
 */
export function* outOfRange(
  setting: string,
  value: number | undefined,
  { min, max }: Range,
  unit: string,
  shown = String(value),
): Generator<SettingProblem> {
  if (value === undefined || (value >= min && value <= max)) return;
  const measured = (number: string) => (unit === "" ? number : `${number} ${unit}`);
  const [least, most] = [String(min), max.toLocaleString("en")];
  yield wrong({
    setting,
    message: `${shown} is outside ${measured(`${least}–${most}`)}`,
    why: "Cognito takes nothing else.",
    next: value < min ? `Write ${measured(least)} or more.` : `Write ${measured(most)} or less.`,
  });
}

/** A list that is longer than Cognito takes. */
export function* tooMany(setting: string, entries: number, max: number): Generator<SettingProblem> {
  if (entries <= max) return;
  yield wrong({
    setting,
    message: `${entries} are too many`,
    why: `Cognito takes ${max}.`,
    next: "Delete some.",
  });
}

/** The name of a pool or a client. */
export function badName(setting: string, name: string): SettingProblem {
  return wrong({
    setting,
    message: `${quote(name)} is not a name that Cognito takes`,
    why: refused("CreateUserPool"),
    next: "Write 1–128 letters a–z, digits, spaces and _ + = , . @ -",
  });
}
