import { createHash } from "node:crypto";
import { join } from "node:path";

export interface Work {
  /** As in `npm run NAME`. */
  readonly command: string;
  readonly userPoolId: string;
  /** Whom, and how: a word for a whole group of people, or everything that tells this piece of work from another. */
  readonly subject: string | readonly string[];
}

/** The name of a piece of work's journal: another piece of work has another, and one that is typed again has the same. */
export function workFile(directory: string, { command, userPoolId, subject }: Work): string {
  const name =
    typeof subject === "string"
      ? subject
      : createHash("sha256").update(JSON.stringify(subject)).digest("hex").slice(0, 16);
  return join(directory, `${command}.${userPoolId}.${name}.done`);
}
