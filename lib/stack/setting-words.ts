import type { Range } from "./cognito-limits.ts";
import { type SettingProblem, wrong } from "./setting-problem.ts";

/** Why it is not left to Cognito. */
export const refused = (call: string): string =>
  `Cognito would refuse it in the middle of the deploy (${call}).`;

/** Characters as Cognito's limits count them: an emoji is one. */
export const count = (text: string): number => Array.from(text).length;

/**
 * A number that is set, and is too small or too large.
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
  const range = `${min}–${max.toLocaleString("en")} ${unit}`;
  yield wrong({
    setting,
    message: `${shown} is outside ${range}`,
    why: "Cognito takes nothing else.",
    next:
      value < min ? `Write ${min} ${unit} or more.` : `Write ${max.toLocaleString("en")} ${unit} or less.`,
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
