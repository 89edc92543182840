import { EXIT, formatLocation, type Location, UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import { counted } from "../text/words.ts";

/** For the room `stack`, which may import this room but not `text`. */
export { closest, counted, plain } from "../text/words.ts";

/** One thing wrong with a roster, or doubtful. Neither text ever holds a secret. */
export interface Problem {
  readonly location: Location;
  /** What is wrong, with the value where that helps. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** A problem's two texts, before it has a place. */
export type Words = Pick<Problem, "message" | "hint">;

const SHOWN_IN_ERROR = 20;

/** A roster that can't be used; the message lists its problems, so that every command shows them. */
export class RosterError extends UserError {
  readonly problems: readonly Problem[];
  /** What could be used, and is worth a look. */
  readonly warnings: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], warnings: readonly Problem[] = []) {
    const left = problems.length - SHOWN_IN_ERROR;
    super(problemList(file, problems), {
      exitCode: EXIT.wrong,
      ...(left > 0 && { next: [`See the other ${left}: ${commandLine`npm run check -- ${file}`}`] }),
    });
    this.problems = problems;
    this.warnings = warnings;
  }
}

/** How many problems a file has, and the first twenty of them, a line for each and one for what to do about it. */
export function problemList(file: string, problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, SHOWN_IN_ERROR)
    .map(({ location, message, hint }) => `  ${formatLocation(location)}  ${message}\n      ${hint}`);
  return [`${file} has ${counted(problems.length, "problem", "problems")}`, ...lines].join("\n");
}

export const SHOWN_CHARACTERS = 60;

/** As JSON escapes it, in two halves where it has two. */
export function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}
