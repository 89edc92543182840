import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Who is done, on the disk: a run that is interrupted, or killed, is taken up where it stopped. */
export interface Journal {
  /** Usernames that an earlier run got done. */
  readonly done: ReadonlySet<string>;
  /** When that run last got somebody done; undefined when there was none. */
  readonly since: Date | undefined;
  /** Writes one down, at once. */
  readonly record: (username: string) => void;
  /** Everyone is done, or the work is to begin anew. */
  readonly remove: () => void;
}

/**
 * Opens the journal of one piece of work: usernames, a line for each, nothing else, readable by its owner alone. The work
 * belongs into the file's name (command, pool, whom it was asked for), for another piece of work must not take it up.
 *
 * A line is written after the person's job and in one piece. What a kill leaves between the two, or half a line, means that
 * this one person's job is done again.
 * @param path under `.cache/`, which git ignores. The file is made with the first person
 * @throws the system's error for a disk that does not do what it should (fileFailure, lib/files.ts, has the words)
 */
export function openJournal(path: string): Journal {
  const text = readIfThere(path);
  // After half a line the next one would be lost as well.
  let torn = text !== "" && !text.endsWith("\n");
  return {
    done: new Set(text.split("\n").flatMap(usernameIn)),
    since: text === "" ? undefined : statSync(path).mtime,
    record(username) {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${torn ? "\n" : ""}${JSON.stringify(username)}\n`, { mode: 0o600 });
      torn = false;
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Half a line is no JSON: the closing quotation mark comes last. */
function usernameIn(line: string): string[] {
  try {
    const username: unknown = JSON.parse(line);
    return typeof username === "string" ? [username] : [];
  } catch {
    return [];
  }
}
