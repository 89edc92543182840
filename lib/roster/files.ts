import { readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** `roster` in config.ts: a file, or several by name or by pattern, relative to the repository's root. */
export type RosterSetting = string | readonly string[];

/** Each file or pattern separately. */
export const patternsOf = (roster: RosterSetting): readonly string[] =>
  typeof roster === "string" ? [roster] : roster;

/** The roster's name in messages. */
export const calledRoster = (roster: RosterSetting): string => patternsOf(roster).join(", ");

export const isPattern = (path: string): boolean => /[*?]/.test(path);

/** Whether it is one file, given by its name: then everything works as with a single-file roster. */
export const isOneFile = (roster: RosterSetting): roster is string =>
  typeof roster === "string" && !isPattern(roster);

/** `./people//a.json` and, on Windows, `people\a.json` are `people/a.json`. */
const plainPath = (path: string) =>
  path
    .replaceAll(sep, "/")
    .split("/")
    .filter((part, index) => part !== "." && (part !== "" || index === 0))
    .join("/");

/** `*` matches anything within a folder's or a file's name, `?` one character; neither matches a leading dot. */
function segment(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${/^[*?]/.test(pattern) ? "(?!\\.)" : ""}${source}$`, "u");
}

/**
 * @param pattern a file or a pattern
 * @param name a file's name from the root, with slashes
 */
export function matches(pattern: string, name: string): boolean {
  const [wanted, parts] = [plainPath(pattern).split("/"), plainPath(name).split("/")];
  return (
    wanted.length === parts.length && wanted.every((part, index) => segment(part).test(parts[index] ?? ""))
  );
}

/** The folder that contains a pattern's files: new files there may belong to the roster. */
export function folderOf(pattern: string): string {
  const parts = plainPath(pattern).split("/");
  const fixed = parts.slice(0, parts.findIndex(isPattern));
  return fixed.length === 0 ? "." : fixed.join("/");
}

/**
 * The files of a roster, from the root and with slashes, in the order of their names: each once, however many patterns match
 * it.
 * @returns also the patterns that match none; a file given by name may be missing, which reading it reports
 */
export function rosterFiles(
  root: string,
  roster: RosterSetting,
): { readonly names: readonly string[]; readonly unmatched: readonly string[] } {
  const found = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patternsOf(roster)) {
    const names = isPattern(pattern) ? expand(root, "", plainPath(pattern).split("/")) : [plainPath(pattern)];
    if (names.length === 0) unmatched.push(pattern);
    for (const name of names) found.add(name);
  }
  return { names: [...found].sort(), unmatched };
}

function expand(root: string, folder: string, [next = "", ...rest]: readonly string[]): string[] {
  const at = (name: string) => (folder === "" ? name : `${folder}/${name}`);
  if (!isPattern(next) && rest.length > 0) return expand(root, at(next), rest);
  const wanted = segment(next);
  const names = list(join(root, folder)).filter((name) => wanted.test(name));
  if (rest.length > 0) return names.flatMap((name) => expand(root, at(name), rest));
  return names.map(at).filter((name) => statSync(join(root, name), { throwIfNoEntry: false })?.isFile());
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Then the pattern matches nothing.
  }
}

/** A file's name from the root, as config.ts would write it. */
export const nameFrom = (root: string, path: string): string => plainPath(relative(root, path));
