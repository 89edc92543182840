import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { z } from "zod";
import { EXIT, UserError } from "../../errors.ts";
import { PRIVATE, writeFile } from "../../files.ts";
import type { Outcome } from "../batch.ts";

/** A person's password, and whether it is permanent. */
export interface IssuedPassword {
  readonly username: string;
  readonly password: string;
}

/** JSON Lines; a temporary password uses the format of a walk list (first-logins-file.ts), which adds a new one. */
const LINE = z.union([
  z.strictObject({ username: z.string(), temporaryPassword: z.string() }),
  z.strictObject({ username: z.string(), password: z.string() }),
]);

/** @param permanent whether these passwords are permanent */
function passwordText(issued: readonly IssuedPassword[], permanent: boolean): string {
  return issued
    .map(({ username, password }) =>
      JSON.stringify(permanent ? { username, password } : { username, temporaryPassword: password }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** @returns undefined unless `passwordText` wrote the text for this kind */
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

/** @throws UserError (exit 2) when the file exists; the system's error, leaving nothing behind */
function writeNewSecret(path: string, text: string): void {
  try {
    writeFile(path, text, { mode: PRIVATE, exclusive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw isThere(path);
    throw error;
  }
}

/** @returns undefined if there is none */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isThere(path: string): UserError {
  return new UserError(`${path} already exists`, {
    why: "It may hold passwords that no one else has, so it isn't overwritten. No password was changed.",
    next: ["choose another file: --out FILE", "or move it away first"],
    exitCode: EXIT.wrong,
  });
}

export interface KeptPasswords {
  /** The passwords of an unfinished run, which are used for the remaining people too. */
  readonly before: readonly IssuedPassword[] | undefined;
  /** The unfinished run's passwords, or new ones; they are on disk on return, before any is set. */
  readonly take: (
    usernames: readonly string[],
    make: () => readonly IssuedPassword[],
  ) => readonly IssuedPassword[];
  /**
   * Gives the file its final name, with the passwords that were set; does nothing while people remain.
   * @returns whether the file exists now
   */
  readonly finish: (passwords: readonly IssuedPassword[], outcomes: readonly Outcome<unknown>[]) => boolean;
}

/**
 * A password file that survives a crash: until every password is set, its name ends in `.part`, which git ignores.
 * @param permanent whether the passwords are permanent
 * @throws UserError (exit 2) when the file exists, or its unfinished one belongs to another run
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
  return new UserError(`${unfinished} belongs to another run that didn't finish`, {
    why: "Some of its passwords may be set, and nobody else has them. Nobody's password was changed now.",
    next: ["run that same command again", "or move the file away, or choose another: --out FILE"],
    exitCode: EXIT.wrong,
  });
}
