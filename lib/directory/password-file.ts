import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../errors.ts";

/** A password for somebody, and whether it is theirs for good. */
export interface IssuedPassword {
  readonly username: string;
  readonly password: string;
}

/** JSON Lines; a temporary password stands there as in a walk list (walk-list.ts), which a new one makes of it. */
const LINE = z.union([
  z.strictObject({ username: z.string(), temporaryPassword: z.string() }),
  z.strictObject({ username: z.string(), password: z.string() }),
]);

/** @param permanent whether these are passwords for good */
export function passwordText(issued: readonly IssuedPassword[], permanent: boolean): string {
  return issued
    .map(({ username, password }) =>
      JSON.stringify(permanent ? { username, password } : { username, temporaryPassword: password }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** @returns undefined when it is no text that `passwordText` wrote for this kind */
export function parsePasswordText(text: string, permanent: boolean): IssuedPassword[] | undefined {
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

/**
 * Writes a file that only its owner can read, where there was none; it is on the disk when this returns.
 * @throws UserError (exit 2) when something is there; the system's error, and then nothing is left behind
 */
export function writeNewSecret(path: string, text: string): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw isThere(path);
    throw error;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** @returns undefined when there is none */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function isThere(path: string): UserError {
  return new UserError(`${path} is there already`, {
    why: "It may hold passwords that nobody else has: it is not written over. Nobody's password was changed.",
    next: ["name another file: --out FILE", "or move it away first"],
    exitCode: 2,
  });
}
