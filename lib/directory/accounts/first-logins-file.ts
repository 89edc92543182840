import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { brokenRules } from "../../auth/new-password.ts";
import { EXIT, UserError } from "../../errors.ts";
import { OTHERS } from "../../files.ts";
import { type Problem, problemList, type Words } from "../../roster/problem.ts";
import { commandLine } from "../../shell.ts";
import type { PasswordPolicy } from "../../stack/settings.ts";

/** One account of a walk list: JSON Lines, an account a line. */
export interface WalkEntry {
  readonly username: string;
  readonly temporaryPassword: string;
  readonly newPassword: string;
  /** Attributes that the pool requires and the account lacks, by Cognito's names. @default none */
  readonly attributes: Readonly<Record<string, string>>;
}

export const WALK_LINE = '{"username": "ci-bot@example.com", "temporaryPassword": "…", "newPassword": "…"}';

/**
 * Reads a walk list, which is full of passwords: a file that others can read is refused, and its passwords count as exposed.
 * @throws UserError (exit 2) for that, for a directory or a device, and for anything but UTF-8; the system's error
 *   (`fileFailure`, lib/files.ts, explains it) for a file that can't be opened
 */
export function readWalkList(file: string): string {
  const opened = openSync(file, "r");
  try {
    // Checks the opened file itself, since another file may have taken its name.
    const found = fstatSync(opened);
    if (!found.isFile() && !found.isFIFO()) throw noFile(file);
    const mode = found.mode & 0o777;
    // Windows has no such permission bits.
    if (process.platform !== "win32" && (mode & OTHERS) !== 0) throw readableByOthers(file, mode);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(opened));
  } catch (error) {
    if (error instanceof TypeError) throw notUtf8(file, error);
    throw error;
  } finally {
    closeSync(opened);
  }
}

/**
 * @param text from `readWalkList`; empty lines are skipped
 * @param file its name in problems
 * @param policy the pool's: a new password that breaks it is reported here, before the walk starts
 * @throws UserError (exit 2) with every problem and its line. None quotes the line: it may contain a password
 */
export function parseWalkList(text: string, file: string, policy?: PasswordPolicy): readonly WalkEntry[] {
  const entries: WalkEntry[] = [];
  const problems: Problem[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === "") continue;
    const line = index + 1;
    const { entry, words } = readLine(content, policy);
    problems.push(...words.map((one) => ({ location: { file, line }, ...one })));
    if (entry === undefined) continue;
    const first = lineOf.get(entry.username);
    if (first === undefined) lineOf.set(entry.username, line);
    else
      problems.push({
        location: { file, line },
        message: `the same username is already on line ${first}`,
        hint: "Delete one of the two lines.",
      });
    entries.push(entry);
  }
  if (problems.length > 0) throw new UserError(problemList(file, problems), { exitCode: EXIT.wrong });
  if (entries.length > 0) return entries;
  throw new UserError(`${file} lists no one`, {
    next: [`write a line for each account: ${WALK_LINE}`],
    exitCode: EXIT.wrong,
  });
}

const FIELDS = ["username", "temporaryPassword", "newPassword"] as const;

function readLine(line: string, policy?: PasswordPolicy): { entry?: WalkEntry; words: Words[] } {
  const object = objectIn(line);
  if (object === undefined) {
    return { words: [{ message: "this line isn't a JSON object", hint: `Write it as ${WALK_LINE}` }] };
  }
  const words: Words[] = [];
  const [username = "", temporaryPassword = "", newPassword = ""] = FIELDS.map((name) => {
    const value = object[name];
    if (typeof value === "string" && value !== "") return value;
    const message = value === undefined ? `${name} is missing` : `${name} must be non-empty text`;
    words.push({ message, hint: `Write it as ${WALK_LINE}` });
    return "";
  });
  const { attributes = {} } = object;
  if (!isTexts(attributes)) {
    words.push({
      message: "attributes must be an object of texts",
      hint: 'Write it as "attributes": {"name": "CI"}',
    });
  }
  if (Object.keys(object).some((name) => name !== "attributes" && !FIELDS.some((field) => field === name))) {
    words.push({
      message: "unknown field",
      hint: `Allowed fields are ${FIELDS.join(", ")} and attributes.`,
    });
  }
  if (newPassword !== "") {
    const broken = brokenRules(newPassword, policy);
    if (newPassword === temporaryPassword) broken.push("not be the temporary one");
    const message = `newPassword is refused by the pool's policy: it must ${broken.join(", and ")}`;
    if (broken.length > 0) words.push({ message, hint: "Choose another." });
  }
  if (words.length > 0 || !isTexts(attributes)) return { words };
  return { entry: { username, temporaryPassword, newPassword, attributes }, words };
}

/** The parser's message is dropped: it would quote the line. */
function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === "string");
}

function readableByOthers(file: string, mode: number): UserError {
  return new UserError(`${file} is for passwords, but other users of this machine can read it`, {
    why: `Its permissions are 0${mode.toString(8)}. If someone may have read passwords in it, replace them.`,
    next: [commandLine`chmod 600 ${file}`, "then run the command again"],
    exitCode: EXIT.wrong,
  });
}

function noFile(file: string): UserError {
  return new UserError(`${file} is a directory or a device, not a file`, {
    next: [`name a file with a line for each account: ${WALK_LINE}`],
    exitCode: EXIT.wrong,
  });
}

function notUtf8(file: string, cause: unknown): UserError {
  return new UserError(`${file} is not UTF-8`, {
    why: "Passwords with such characters would be sent wrong.",
    next: ["save it as UTF-8, then run the command again"],
    exitCode: EXIT.wrong,
    cause,
  });
}
