import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { z } from "zod";
import { EXIT, UserError } from "../../errors.ts";
import { PRIVATE, writeFile } from "../../files.ts";
import type { Outcome } from "../batch.ts";

/** A password for somebody, and whether it is theirs for good. */
export interface IssuedPassword {
  readonly username: string;
  readonly password: string;
}

/** JSON Lines; a temporary password stands there as in a walk list (first-logins-file.ts), which a new one makes of it. */
const LINE = z.union([
  z.strictObject({ username: z.string(), temporaryPassword: z.string() }),
  z.strictObject({ username: z.string(), password: z.string() }),
]);

/** @param permanent whether these are passwords for good */
function passwordText(issued: readonly IssuedPassword[], permanent: boolean): string {
  return issued
    .map(({ username, password }) =>
      JSON.stringify(permanent ? { username, password } : { username, temporaryPassword: password }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** @returns undefined when it is no text that `passwordText` wrote for this kind */
function parsePasswordText(text: string, permanent: boolean): IssuedPassword[] | undefined {
  const issued: IssuedPassword[] = [];
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const parsed = LINE.safeParse(objectIn(line));
    if (!parsed.success || "password" in parsed.data !== permanent) return undefined;
    const { username } = parsed.data;
    issued.push({
      username,
      password: "password" in parsed.data ? parsed.data.password : parsed.data.temporaryPassword,
    });
  }
  return issued;
}

function objectIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** @throws UserError (exit 2) when the file exists; the system's error, and then nothing is left behind */
function writeNewSecret(path: string, text: string): void {
  try {
    writeFile(path, text, { mode: PRIVATE, exclusive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw isThere(path);
    throw error;
  }
}

/** @returns undefined when there is none */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isThere(path: string): UserError {
  return new UserError(`${path} is there already`, {
    why: "It may hold passwords that nobody else has: it is not written over. Nobody's password was changed.",
    next: ["name another file: --out FILE", "or move it away first"],
    exitCode: EXIT.wrong,
  });
}

export interface KeptPasswords {
  /** Of a run that did not get to its end: its passwords are set for the rest, too. */
  readonly before: readonly IssuedPassword[] | undefined;
  /** Those of the run that is taken up, or new ones; they are on the disk when this returns, before any is set. */
  readonly take: (
    usernames: readonly string[],
    make: () => readonly IssuedPassword[],
  ) => readonly IssuedPassword[];
  /**
   * Gives the file its name, with those passwords that were set; while somebody is left, nothing.
   * @returns whether the file is there now
   */
  readonly finish: (passwords: readonly IssuedPassword[], outcomes: readonly Outcome<unknown>[]) => boolean;
}

/**
 * A file for passwords that no crash loses: until everyone's is set it has `.part` after its name, which git ignores.
 * @param permanent whether they are passwords for good
 * @throws UserError (exit 2) when the file is there, or its unfinished one is of another run
 */
export function keptPasswords(file: string, permanent: boolean): KeptPasswords {
  if (existsSync(file)) throw isThere(file);
  const unfinished = `${file}.part`;
  const text = readIfThere(unfinished);
  const before = text === undefined ? undefined : parsePasswordText(text, permanent);
  if (text !== undefined && before === undefined) throw ofAnotherRun(unfinished);
  return {
    before,
    take(usernames, make) {
      if (before !== undefined && !sameNames(before, usernames)) throw ofAnotherRun(unfinished);
      const passwords = before ?? make();
      if (before === undefined) writeNewSecret(unfinished, passwordText(passwords, permanent));
      return passwords;
    },
    finish(passwords, outcomes) {
      if (outcomes.some(({ state }) => state === "left")) return false;
      const unset = new Set(
        outcomes.flatMap(({ state, username }) =>
          state === "failed" || state === "skipped" ? [username] : [],
        ),
      );
      const set = passwords.filter(({ username }) => !unset.has(username));
      if (set.length === passwords.length) renameNew(unfinished, file);
      else {
        if (set.length > 0) writeNewSecret(file, passwordText(set, permanent));
        rmSync(unfinished);
      }
      return set.length > 0;
    },
  };
}

function renameNew(from: string, to: string): void {
  if (existsSync(to)) throw isThere(to);
  renameSync(from, to);
}

function sameNames(passwords: readonly IssuedPassword[], usernames: readonly string[]): boolean {
  const names = new Set(passwords.map(({ username }) => username));
  return names.size === usernames.length && usernames.every((username) => names.has(username));
}

function ofAnotherRun(unfinished: string): UserError {
  return new UserError(`${unfinished} is of another run, which did not get to its end`, {
    why: "Some of its passwords may be set, and nobody else has them. Nobody's password was changed now.",
    next: ["run that command again as it was", "or move the file away, or name another: --out FILE"],
    exitCode: EXIT.wrong,
  });
}
