import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Location } from "../errors.ts";
import { calledRoster, isOneFile, patternsOf, type RosterSetting, rosterFiles } from "./files.ts";
import { sourceOf } from "./json-text.ts";
import { parseRosterFiles, type RosterText } from "./parse.ts";
import { type Problem, RosterError } from "./problem.ts";
import { quote } from "./redact.ts";
import type { GivenRules, Roster } from "./roster.ts";

/**
 * Reads a roster from a file.
 * @param file path, relative to the working directory or absolute; problems use it as given
 * @param rules as for `parseRoster`
 * @throws RosterError (exit code 2) with every problem, also if the file can't be read or is not UTF-8
 * @example
 * const { people } = loadRoster("users.json", { signInWith: "username", customAttributes: ["team"] });
 */
export function loadRoster(file: string, rules?: GivenRules): Roster {
  return readRoster(file, rules).roster;
}

/**
 * Like {@link loadRoster}, with the text that the roster was read from (for anything else derived from the file, such as a
 * digest) and its warnings.
 * @param name the file from the repository's root, as config.ts names it
 * @throws RosterError (exit code 2)
 */
export function readRoster(
  file: string,
  rules?: GivenRules,
  name = file,
): { readonly roster: Roster; readonly text: string; readonly warnings: readonly Problem[] } {
  const text = readText(file);
  const { roster, problems, warnings } = parseRosterFiles([{ text, file, name }], file, rules);
  if (roster === undefined) throw new RosterError(file, problems, warnings);
  return { roster, text, warnings };
}

export interface ReadFilesOptions {
  /** The directory of config.ts. */
  readonly root: string;
  /** `roster` of config.ts. */
  readonly roster: RosterSetting;
  readonly rules?: GivenRules | undefined;
  /** The name that problems use for a file. @default its whole path */
  readonly display?: (path: string) => string;
  /** The place of `roster` in config.ts. @default only the file is named */
  readonly setting?: Location;
}

/**
 * Reads a roster as config.ts declares it, in one file or in several.
 * @throws RosterError (exit code 2) with every problem of every file, also if a pattern matches none
 */
export function readRosterFiles({
  root,
  roster: named,
  rules,
  display = (path) => path,
  setting = { file: "config.ts" },
}: ReadFilesOptions): {
  readonly roster: Roster;
  readonly texts: readonly RosterText[];
  readonly warnings: readonly Problem[];
} {
  const called = isOneFile(named) ? display(resolve(root, named)) : calledRoster(named);
  const { names, unmatched } = rosterFiles(root, named);
  const problems: Problem[] = unmatched.map((pattern) => ({
    location: setting,
    message: `no file matches ${quote(pattern)}`,
    hint: "Correct the pattern, add a file, or take the pattern out of roster in config.ts.",
  }));
  const texts: RosterText[] = [];
  for (const name of names) {
    const file = display(resolve(root, name));
    try {
      texts.push({ text: readText(file, resolve(root, name)), file, name });
    } catch (error) {
      if (!(error instanceof RosterError)) throw error;
      problems.push(...error.problems);
    }
  }
  const parsed = parseRosterFiles(texts, called, rules);
  if (parsed.roster === undefined || problems.length > 0)
    throw new RosterError(called, [...problems, ...parsed.problems], parsed.warnings);
  const from = isOneFile(named) ? {} : { from: { root, patterns: patternsOf(named) } };
  return { roster: { ...parsed.roster, ...from }, texts, warnings: parsed.warnings };
}

/** @param path where it is. @default its name */
function readText(file: string, path = file): string {
  let bytes: Buffer | undefined;
  try {
    const found = statSync(path);
    // A device may never end, and reading it would fill the memory; a pipe (/dev/stdin) ends.
    if (!found.isCharacterDevice() && !found.isBlockDevice()) bytes = readFileSync(path);
  } catch (error) {
    throw new RosterError(file, [
      { location: { file }, ...explainUnread((error as NodeJS.ErrnoException).code) },
    ]);
  }
  if (bytes === undefined) {
    const hint = "Check the path; config.ts names the roster.";
    throw new RosterError(file, [{ location: { file }, message: "this is a device, not a file", hint }]);
  }
  // Half of an ASCII character in UTF-16, which as UTF-8 would be an invisible character.
  const text = bytes.subarray(0, 2).includes(0) ? undefined : decode(bytes);
  if (text !== undefined) return text;
  throw new RosterError(file, [explainEncoding(bytes, file)]);
}

function explainUnread(code: string | undefined): { message: string; hint: string } {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { message: "there is no such file", hint: "Check the path; config.ts names the roster." };
    case "EISDIR":
      return { message: "this is a directory, not a file", hint: "Name a file in it." };
    case "EACCES":
    case "EPERM":
      return { message: "the file can't be read: permission denied", hint: "Check its permissions." };
    default:
      return {
        message: `the file can't be read (${code ?? "unknown error"})`,
        hint: "Check the path and the disk.",
      };
  }
}

/** @returns undefined if the bytes are not UTF-8; a byte order mark stays, for `sourceOf` */
function decode(bytes: Uint8Array, more = false): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: more });
  } catch {
    return undefined;
  }
}

function explainEncoding(bytes: Buffer, file: string): Problem {
  if (/^(?:fffe|feff|00..|..00)/.test(bytes.toString("hex", 0, 2))) {
    return {
      location: { file, line: 1, column: 1 },
      message: "the file is UTF-16, not UTF-8",
      hint: "Save it as UTF-8.",
    };
  }
  // The longest prefix that is still UTF-8 ends at the first wrong byte.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (decode(bytes.subarray(0, middle), true) === undefined) bad = middle;
    else good = middle;
  }
  const before = decode(bytes.subarray(0, good), true) ?? "";
  return {
    location: sourceOf(before, file).locate(before.replace(/^\ufeff/, "").length),
    message: "the file isn't valid UTF-8 from here on",
    hint: "Save it as UTF-8 (it may be Shift_JIS, EUC-JP or Latin-1).",
  };
}
