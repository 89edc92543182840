import { EXIT, formatLocation, type Location, UserError } from "../../errors.ts";
import { counted } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import type { Range } from "./cognito-limits.ts";

/** Where the settings are. */
export const SETTINGS_FILE = "config.ts";

/** Something that is wrong with the settings, or worth knowing about them. */
export interface SettingProblem {
  /** If there is an error, nothing is synthesized. */
  readonly severity: "error" | "warning";
  /** Its path in config.ts, such as `client.oauth.callbackUrls[0]`; empty for a problem of the whole file. */
  readonly setting: string;
  /** Its place in config.ts. @default unknown, as in your own app */
  readonly location?: Location;
  /** The environments that have it. @default config.ts has none, or all of them have it */
  readonly environments?: readonly string[];
  readonly message: string;
  readonly why: string;
  /** What to do. */
  readonly next: string;
}

type Words = Omit<SettingProblem, "severity" | "location">;
export const wrong = (words: Words): SettingProblem => ({ severity: "error", ...words });
export const doubtful = (words: Words): SettingProblem => ({ severity: "warning", ...words });

/** The path of a setting in config.ts in TypeScript's notation: `client.oauth.callbackUrls[0]`, `groups["site-admins"]`. */
export function settingPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    const name = String(step);
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
  });
  return steps.join("").replace(/^\./, "");
}

/** The setting and its problem, in one line. */
export function problemLine({ setting, message }: SettingProblem): string {
  return setting === "" ? message : `${setting}: ${message}`;
}

/** A problem as a terminal shows it, on three lines without a final line break. */
export function describeProblem(problem: SettingProblem): string {
  const { location, why, next } = problem;
  const place = location === undefined ? "" : `${formatLocation(location)}  `;
  return `${place}${problemLine(problem)}\n    ${why}\n    → ${next}`;
}

/** Unusable settings; the message lists every error, so that all can be fixed at once. */
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

/** Why this is checked here instead of by Cognito. */
export const refused = (call: string): string =>
  `Cognito would refuse it halfway through the deploy (${call}).`;

/** Characters as Cognito's limits count them: an emoji is one. */
export const count = (text: string): number => Array.from(text).length;

/**
 * A number that is set, and is too small or too large.
 * @param unit what is counted; empty for a bare number
 * @param shown the number as written in config.ts
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
    why: "Cognito accepts nothing else.",
    next: value < min ? `Write ${measured(least)} or more.` : `Write ${measured(most)} or less.`,
  });
}

/** A list that is longer than Cognito allows. */
export function* tooMany(setting: string, entries: number, max: number): Generator<SettingProblem> {
  if (entries <= max) return;
  yield wrong({
    setting,
    message: `${entries} are too many`,
    why: `Cognito's limit is ${max}.`,
    next: "Delete some.",
  });
}

/** The name of a pool or a client. */
export function badName(setting: string, name: string): SettingProblem {
  return wrong({
    setting,
    message: `${quote(name)} isn't a name that Cognito accepts`,
    why: refused("CreateUserPool"),
    next: "Write 1–128 letters a–z, digits, spaces and _ + = , . @ -",
  });
}
