import { readFileSync, statSync } from "node:fs";
import { UserError } from "../errors.ts";
import type { PoolRoster } from "./roster-from-pool.ts";

export interface OtherThings {
  /** Write over what is there. */
  readonly replace: boolean;
  /** How another file is named, for the words where this one is a directory. */
  readonly elsewhere: string;
}

/**
 * Looks, before a pool's people are written to a file, what is there already; the same text is no trouble.
 * @throws UserError (exit 2) for a directory, and for a file that says something else unless it may be replaced
 */
export function refuseOtherThings(file: string, text: string, { replace, elsewhere }: OtherThings): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) {
    throw new UserError(`${file} is a directory, not a file`, {
      why: "The pool's people are to be written there.",
      next: [elsewhere],
      exitCode: 2,
    });
  }
  if (replace || readFileSync(file, "utf8") === text) return;
  throw new UserError(`${file} is there already, and says something else`, {
    why: "The pool's people would stand in place of those in it.",
    next: [
      "to write over it (git keeps what was committed): add --replace",
      `or move it away first: mv ${file} ${file}.old`,
    ],
    exitCode: 2,
  });
}

/**
 * @param next what to do instead
 * @throws UserError: deploying an empty roster would mean deleting everybody, so no command takes one
 */
export function refuseNobody({ people, leftOut }: PoolRoster, next: readonly string[]): void {
  if (people.length > 0) return;
  const [first] = leftOut;
  throw new UserError("There is nobody in the pool whom a roster can hold", {
    ...(first && { why: `${leftOut.length} left out; the first, ${first.name}, ${first.reason}.` }),
    next,
  });
}
