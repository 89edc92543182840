import { execa } from "execa";
import { createScanner, type ParseError, parse } from "jsonc-parser";
import { UserError } from "../errors.ts";
import { matches } from "../roster/files.ts";
import type { Commit, LineThen, Version } from "./person-events.ts";

/** What git has about a roster's files. */
export interface RosterLog {
  /** Oldest first: each commit of the branch that changed one of the files, and their contents after it, as blobs. */
  readonly changes: readonly { readonly commit: Commit; readonly blobs: readonly string[] }[];
  /** Every commit of the branch, the newest first. */
  readonly branch: readonly string[];
  /** Whether older commits are missing in this clone. */
  readonly shallow: boolean;
}

/**
 * The commits of the checked-out branch that touched a roster's files, with a merge as one change; follows renames.
 * @param root the directory of config.ts
 * @param patterns the roster's files, by name or pattern
 * @throws UserError (exit 1) without git, in no clone, or before the first commit
 */
export async function rosterLog(root: string, patterns: readonly string[]): Promise<RosterLog> {
  const shallow = (await git(root, "rev-parse", "--is-shallow-repository")).trim() === "true";
  const format = "--format=%x01%H%x02%an%x02%cI%x02%s%x02";
  const log = await git(
    root,
    "log",
    "--first-parent",
    "-m",
    "--raw",
    "-z",
    "-M",
    "--no-abbrev",
    "--relative",
    format,
  );
  const [listed, ...commits] = [
    await git(root, "ls-tree", "-r", "-z", "HEAD"),
    ...log.split("\x01").slice(1),
  ];
  const isRosters = (name: string) => patterns.some((pattern) => matches(pattern, name));
  const earlier = new Set<string>();
  const tracked = (name: string) => isRosters(name) || earlier.has(name);
  const files = new Map<string, string>();
  for (const line of (listed ?? "").split("\0")) {
    const [meta = "", name = ""] = line.split("\t");
    if (isRosters(name)) files.set(name, meta.split(" ")[2] ?? "");
  }
  const changes: { commit: Commit; blobs: string[] }[] = [];
  const branch: string[] = [];
  // From the newest back: undoing a commit's change gives the version before it.
  for (const text of commits) {
    const [id = "", author = "", date = "", subject = "", raw = ""] = text.split("\x02");
    branch.push(id);
    const blobs = [...files.values()];
    let touched = false;
    const parts = raw.split("\0").map((part) => part.replace(/^\n+/, ""));
    for (let at = 0; at < parts.length; at++) {
      const meta = /^:\d+ \d+ ([0-9a-f]+) [0-9a-f]+ ([A-Z])/.exec(parts[at] ?? "");
      if (meta === null) continue;
      const [, oldBlob = "", status] = meta;
      const from = parts[++at] ?? "";
      const to = status === "R" || status === "C" ? (parts[++at] ?? "") : from;
      if (!tracked(to) && !tracked(from)) continue;
      touched = true;
      if (status !== "D") files.delete(to);
      if (status === "A" || status === "C") continue;
      if (status === "R") earlier.add(from);
      files.set(from, oldBlob);
    }
    if (touched) changes.push({ commit: { id, author, date, subject }, blobs });
  }
  return { changes: changes.reverse(), branch, shallow };
}

/**
 * The versions of a person's line, under any of their names: `formerly` links them.
 * @param name the current one, or an earlier one
 * @returns oldest first, and every name that was found
 */
export async function versionsOf(
  root: string,
  { changes }: RosterLog,
  name: string,
): Promise<{ readonly versions: readonly Version[]; readonly names: readonly string[] }> {
  const all = [...new Set(changes.flatMap(({ blobs }) => blobs))];
  const names = [name];
  const lines = new Map<string, ReadonlyMap<string, LineThen>>();
  for (let known = 0; known < names.length; ) {
    known = names.length;
    const cache = new Map<string, LineThen>();
    for await (const [blob, text] of blobTexts(root, all)) {
      const found = new Map(names.map((one) => [one, lineIn(text, one, cache)]));
      lines.set(blob, found);
      for (const other of [...otherNames(text, names), ...[...found.values()].flatMap(formerlyOf)])
        if (!names.includes(other)) names.push(other);
    }
  }
  const versions = changes.map(({ commit, blobs }): Version => {
    for (const one of names) {
      const line = blobs
        .map((blob) => lines.get(blob)?.get(one) ?? "absent")
        .find((found) => typeof found !== "string");
      if (line !== undefined) return { commit, name: one, line };
    }
    const broken = blobs.some((blob) => lines.get(blob)?.get(name) === "unread");
    return { commit, name, line: broken ? "unread" : "absent" };
  });
  return { versions, names };
}

const formerlyOf = (line: LineThen): string[] =>
  typeof line !== "string" && typeof line.formerly === "string" ? [line.formerly] : [];

/** Who had this name before. Rarely anyone: then the whole text is read. */
function otherNames(text: string, names: readonly string[]): string[] {
  if (!text.includes('"formerly"')) return [];
  return Object.entries(usersIn(text) ?? {}).flatMap(([name, line]) =>
    formerlyOf(line).some((former) => names.includes(former)) ? [name] : [],
  );
}

/**
 * A person's line in a text. Parsing a whole roster takes many times longer than finding a name in it: the text is only parsed
 * if the name's value is new.
 */
function lineIn(text: string, name: string, cache: Map<string, LineThen>): LineThen {
  const key = `${JSON.stringify(name)}\0${/\\u/.test(text) ? text : slicesOf(text, name).join("\0")}`;
  const known = cache.get(key);
  // Nothing found: either no one has that name, or the text is broken.
  if (known !== undefined && known !== "absent") return known;
  if (known === "absent" && isJson(text)) return known;
  const users = usersIn(text);
  const line = users === undefined ? "unread" : (users[name] ?? "absent");
  if (line !== "unread") cache.set(key, line);
  return line;
}

/** Several times faster than finding the comments. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The objects that follow a name, wherever it is a key. */
function slicesOf(text: string, name: string): string[] {
  const quoted = JSON.stringify(name);
  const slices: string[] = [];
  for (let at = text.indexOf(quoted); at >= 0; at = text.indexOf(quoted, at + 1)) {
    const behind = /^\s*:\s*(?=\{)/.exec(text.slice(at + quoted.length, at + quoted.length + 200));
    if (behind !== null) slices.push(objectAt(text, at + quoted.length + behind[0].length));
  }
  return slices;
}

/** jsonc-parser's SyntaxKind, whose names a single module can't read. */
const TOKEN = { openBrace: 1, closeBrace: 2, end: 17 };

function objectAt(text: string, start: number): string {
  const scanner = createScanner(text, true);
  scanner.setPosition(start);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== TOKEN.end; kind = scanner.scan()) {
    if (kind === TOKEN.openBrace) depth++;
    if (kind === TOKEN.closeBrace && --depth === 0) break;
  }
  return text.slice(start, scanner.getPosition());
}

/** @returns undefined if the text is not a roster */
function usersIn(text: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined {
  const errors: ParseError[] = [];
  const { users } = Object(parse(text, errors, { allowTrailingComma: true }));
  return errors.length > 0 || typeof users !== "object" || users === null ? undefined : users;
}

/** The texts of blobs, one after the other: together they may be hundreds of megabytes. */
async function* blobTexts(root: string, blobs: readonly string[]): AsyncGenerator<readonly [string, string]> {
  const child = execa("git", ["cat-file", "--batch"], {
    cwd: root,
    input: blobs.map((blob) => `${blob}\n`).join(""),
    buffer: false,
    encoding: "buffer",
    reject: false,
  });
  let rest = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let waiting = 0;
  for await (const chunk of child.stdout) {
    chunks.push(chunk as Buffer);
    waiting += (chunk as Buffer).length;
    if (rest.length + waiting < needed(rest)) continue;
    rest = Buffer.concat([rest, ...chunks]);
    [chunks, waiting] = [[], 0];
    for (let size = needed(rest); size <= rest.length; size = needed(rest)) {
      const line = rest.subarray(0, rest.indexOf(10)).toString();
      const [blob = "", type] = line.split(" ");
      const body = rest.subarray(line.length + 1, size - 1);
      if (type === "blob") yield [blob, body.toString("utf8")];
      rest = rest.subarray(size);
    }
  }
  await child;
}

/** The number of bytes that the first object in the output takes: its line, its body, and the line's end. */
function needed(bytes: Buffer): number {
  const end = bytes.indexOf(10);
  if (end < 0) return bytes.length + 1;
  const [, type, size] = bytes.subarray(0, end).toString().split(" ");
  return type === "missing" ? end + 1 : end + 1 + Number(size) + 1;
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const done = await execa("git", args, {
    cwd,
    env: { LC_ALL: "C" },
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 1_000_000_000,
  });
  if (done.exitCode === 0) return done.stdout;
  throw new UserError("The roster's history could not be read from git", {
    why:
      done.exitCode === undefined
        ? "git itself could not be run, and the history is in its commits."
        : done.stderr.trim().split("\n")[0] || "It gave no reason.",
    next: ["run this in a clone of the repository, with git installed"],
  });
}
