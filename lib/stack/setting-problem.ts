import { UserError } from "../errors.ts";

/** Where a team's settings stand. */
const SETTINGS_FILE = "config.ts";

/** One thing that is wrong with the settings, or that a team should know about them. */
export interface SettingProblem {
  /** With an error nothing is synthesized. */
  readonly severity: "error" | "warning";
  /** Its path in config.ts, such as `client.oauth.callbackUrls[0]`. */
  readonly setting: string;
  readonly message: string;
  readonly why: string;
  /** What to do. */
  readonly next: string;
}

type Words = Omit<SettingProblem, "severity">;
export const wrong = (words: Words): SettingProblem => ({ severity: "error", ...words });
export const doubtful = (words: Words): SettingProblem => ({ severity: "warning", ...words });

/** A problem as a terminal shows it, over three lines without a line break at the end. */
export function describeProblem({ setting, message, why, next }: SettingProblem): string {
  return `${setting}: ${message}\n    ${why}\n    → ${next}`;
}

/** Settings that can't be used; the message lists every error, so that all can be mended at once. */
export class SettingsError extends UserError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
    super([`${SETTINGS_FILE} has ${count}`, ...lines].join("\n"), { exitCode: 2 });
    this.problems = problems;
  }
}
