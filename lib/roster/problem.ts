import { EXIT, formatLocation, type Location, UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import { counted } from "../text/words.ts";

/** For the room `stack`, which may import this room but not `text`. */
export { closest, counted, plain } from "../text/words.ts";

/** Something wrong with a roster, or doubtful. Neither text ever contains a secret. */
export interface Problem {
  readonly location: Location;
  /** What is wrong, with the value if that helps. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** A problem's two texts, without a place. */
export type Words = Pick<Problem, "message" | "hint">;

/** The same problem on several lines is one thing to fix. */
export type Repeated<P extends Problem = Problem> = P & {
  /** The other places of the same problem, in file order. */
  readonly others: readonly Location[];
};

/** The problems without repetitions in the same file, whose places are added to the first. */
export function withoutRepetition<P extends Problem>(problems: readonly P[]): Repeated<P>[] {
  const same = new Map<string, { first: P; others: Location[] }>();
  for (const problem of problems) {
    const { location, message, hint } = problem;
    const key = JSON.stringify([location.file, message, hint]);
    const known = same.get(key);
    if (known === undefined) same.set(key, { first: problem, others: [] });
    else known.others.push(location);
  }
  return [...same.values()].map(({ first, others }) => ({ ...first, others }));
}

const PLACES_SHOWN = 4;

/**
 * How often a problem occurs, and its first places, in words.
 * @returns undefined for one that occurs once
 */
export function repetition({ others }: Repeated): string | undefined {
  if (others.length === 0) return undefined;
  const more = others.length - PLACES_SHOWN;
  const places = others.slice(0, PLACES_SHOWN).map(formatLocation).join(", ");
  return `${others.length + 1} times, also at ${places}${more > 0 ? `, and ${more} more` : ""}`;
}

const SHOWN_IN_ERROR = 20;

/** A roster that can't be used; the message lists its problems, so that every command shows them. */
export class RosterError extends UserError {
  readonly problems: readonly Problem[];
  /** Warnings about what could be used. */
  readonly warnings: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], warnings: readonly Problem[] = []) {
    const shown = withoutRepetition(problems).slice(0, SHOWN_IN_ERROR);
    const left = problems.length - shown.reduce((sum, { others }) => sum + 1 + others.length, 0);
    super(problemList(file, problems), {
      exitCode: EXIT.wrong,
      ...(left > 0 && { next: [`See the other ${left}: ${commandLine`npm run check -- ${file}`}`] }),
    });
    this.problems = problems;
    this.warnings = warnings;
  }
}

/**
 * The number of a file's problems, and the first twenty different ones, with one line each for the problem, the next step, and
 * its other places.
 */
export function problemList(file: string, problems: readonly Problem[]): string {
  const lines = withoutRepetition(problems)
    .slice(0, SHOWN_IN_ERROR)
    .map((problem) => {
      const { location, message, hint } = problem;
      const again = repetition(problem);
      const place = `  ${formatLocation(location)}  ${message}`;
      return [place, hint, ...(again === undefined ? [] : [again])].join("\n      ");
    });
  return [`${file} has ${counted(problems.length, "problem", "problems")}`, ...lines].join("\n");
}

export const SHOWN_CHARACTERS = 60;

/** In JSON's escapes, with two halves if it has two. */
export function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
