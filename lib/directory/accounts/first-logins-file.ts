import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { brokenRules } from "../../auth/new-password.ts";
import { EXIT, UserError } from "../../errors.ts";
import { OTHERS } from "../../files.ts";
import { type Problem, problemList, type Words } from "../../roster/problem.ts";
import { commandLine } from "../../shell.ts";
import type { PasswordPolicy } from "../../stack/settings.ts";

/** One account of a walk list, which is JSON Lines: an account a line. */
export interface WalkEntry {
  readonly username: string;
  readonly temporaryPassword: string;
  readonly newPassword: string;
  /** What the pool requires and the account lacks, as Cognito names it. @default none */
  readonly attributes: Readonly<Record<string, string>>;
}

export const WALK_LINE = '{"username": "ci-bot@example.com", "temporaryPassword": "…", "newPassword": "…"}';

/**
 * Reads a walk list, which is full of passwords: one that others may read is refused, and what was in it counts as known.
 * @throws UserError (exit 2) for that, for a directory or a device, and for what is not UTF-8; the system's error
 *   (`fileFailure`, lib/files.ts, has the words) for a file that can't be opened
 */
export function readWalkList(file: string): string {
  const opened = openSync(file, "r");
  try {
    // Asked of the very file that is then read, whatever has its name by then.
    const found = fstatSync(opened);
    if (!found.isFile() && !found.isFIFO()) throw noFile(file);
    const mode = found.mode & 0o777;
    // Windows has no such bits.
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
 * @param text as `readWalkList` gives it; empty lines are passed over
 * @param file named in problems
 * @param policy the pool's: a new password that breaks it is a problem here, before anybody is walked
 * @throws UserError (exit 2) with every problem at its line. None repeats what stands there: it may be a password
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
        message: `the same username stands on line ${first} already`,
        hint: "Delete one of the two lines.",
      });
    entries.push(entry);
  }
  if (problems.length > 0) throw new UserError(problemList(file, problems), { exitCode: EXIT.wrong });
  if (entries.length > 0) return entries;
  throw new UserError(`${file} lists nobody`, {
    next: [`write a line for each account: ${WALK_LINE}`],
    exitCode: EXIT.wrong,
  });
}

const FIELDS = ["username", "temporaryPassword", "newPassword"] as const;

function readLine(line: string, policy?: PasswordPolicy): { entry?: WalkEntry; words: Words[] } {
  const object = objectIn(line);
  if (object === undefined) {
    return { words: [{ message: "this line is not a JSON object", hint: `Write it as ${WALK_LINE}` }] };
  }
  const words: Words[] = [];
  const [username = "", temporaryPassword = "", newPassword = ""] = FIELDS.map((name) => {
    const value = object[name];
    if (typeof value === "string" && value !== "") return value;
    const message = value === undefined ? `${name} is missing` : `${name} is no text, or an empty one`;
    words.push({ message, hint: `Write it as ${WALK_LINE}` });
    return "";
  });
  const { attributes = {} } = object;
  if (!isTexts(attributes)) {
    words.push({
      message: "attributes is no object of texts",
      hint: 'Write it as "attributes": {"name": "CI"}',
    });
  }
  if (Object.keys(object).some((name) => name !== "attributes" && !FIELDS.some((field) => field === name))) {
    words.push({
      message: "there is a field that a walk list does not have",
      hint: `It has ${FIELDS.join(", ")} and attributes.`,
    });
  }
  if (newPassword !== "") {
    const broken = brokenRules(newPassword, policy);
    if (newPassword === temporaryPassword) broken.push("not be the temporary one");
    const message = `newPassword is not accepted: it must ${broken.join(", and ")}`;
    if (broken.length > 0) words.push({ message, hint: "Choose another." });
  }
  if (words.length > 0 || !isTexts(attributes)) return { words };
  return { entry: { username, temporaryPassword, newPassword, attributes }, words };
}

/** What the parser complains of is dropped: it would quote the line. */
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
  return new UserError(`${file} is full of passwords, and others on this machine may use it`, {
    why: `Its permissions are 0${mode.toString(8)}. If somebody else has read it, its passwords are known: give others.`,
    next: [commandLine`chmod 600 ${file}`, "then run the command again"],
    exitCode: EXIT.wrong,
  });
}

function noFile(file: string): UserError {
  return new UserError(`${file} is a directory or a device, and a file was expected`, {
    next: [`name a file with a line for each account: ${WALK_LINE}`],
    exitCode: EXIT.wrong,
  });
}

function notUtf8(file: string, cause: unknown): UserError {
  return new UserError(`${file} is not UTF-8`, {
    why: "A password with such a character would be sent as another one.",
    next: ["save it as UTF-8, then run the command again"],
    exitCode: EXIT.wrong,
    cause,
  });
}
