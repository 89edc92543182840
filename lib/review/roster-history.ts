import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { EXIT, UserError } from "../errors.ts";
import { matches } from "../roster/files.ts";
import { parseRoster } from "../roster/parse.ts";
import { type Problem, RosterError } from "../roster/problem.ts";
import type { Person, Roster, RosterRules } from "../roster/roster.ts";
import type { Day } from "../roster/until.ts";
import { earlierRules, explainRemoval, missingPeople, peopleInRoster } from "./departures.ts";

/**
 * The lines that a roster has lost since an earlier commit although the people weren't leaving: a deploy would refuse this.
 * Found without Terraform or AWS. Each is placed where the line was.
 * @param ref a commit, branch or tag, such as "origin/main"
 * @param roster the current one
 * @param day people whose access has ended by then may be gone: a deploy has made them leave, or refuses. @default no `until`
 *   is considered
 * @throws UserError (exit 2) if git does not know the ref
 */
export async function problemsAgainst(
  ref: string,
  roster: Roster,
  rules: Partial<RosterRules>,
  day?: Day,
): Promise<Problem[]> {
  const texts = await textsAt(ref, roster);
  const before = texts.flatMap(({ text, file }) => peopleInRoster(text, `${ref}:${file}`, rules, day));
  const { removed } = missingPeople(before, roster.people);
  return removed.map((removal) => {
    const { message, hint } = explainRemoval(removal, roster.file);
    const { line, column, file: where } = removal.former.where ?? {};
    const file = where?.slice(ref.length + 1) ?? roster.file;
    return {
      location: { file, ...(line !== undefined && column !== undefined ? { line, column } : {}) },
      message: `${message} (${line === undefined ? "it stood" : `line ${line}`} in ${ref})`,
      hint,
    };
  });
}

/** Usernames by what has happened to them since an earlier commit, in the order of the roster that has them. */
export interface RosterChanges {
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  readonly returns: readonly string[];
  /** Including people with another address and the same account, under the new one. */
  readonly changes: readonly string[];
  /** Only their note or owner differs: a deploy changes nothing. */
  readonly remarks: readonly string[];
  /** Their line is gone. */
  readonly gone: readonly string[];
}

/**
 * What a roster changes since an earlier commit, found without Terraform or AWS. If there was no such file, everyone joins.
 * @param ref a commit, branch or tag
 * @param roster the current one
 * @throws UserError (exit 2) if git does not know the ref; RosterError if the earlier one is not a valid roster
 */
export async function changesSince(
  ref: string,
  roster: Roster,
  rules: Partial<RosterRules>,
): Promise<RosterChanges> {
  const { people } = roster;
  const texts = await textsAt(ref, roster);
  const before = byName(texts.flatMap(({ text, file }) => earlierPeople(text, `${ref}:${file}`, rules)));
  const now = byName(people);
  const earlier = ({ username, formerly = "" }: Person) => before.get(username) ?? before.get(formerly);
  const former = new Set(
    people.flatMap(({ username, formerly }) =>
      before.has(username) || formerly === undefined ? [] : formerly,
    ),
  );
  const names = (holds: (was: Person | undefined, is: Person) => boolean) =>
    people.filter((is) => holds(earlier(is), is)).map(({ username }) => username);
  return {
    joins: names((was) => was === undefined),
    leaves: names((was, is) => was?.leaving === false && is.leaving),
    returns: names((was, is) => was?.leaving === true && !is.leaving),
    changes: names(
      (was, is) => was?.leaving === is.leaving && !isDeepStrictEqual(deployed(was), deployed(is)),
    ),
    remarks: names(
      (was, is) =>
        was?.leaving === is.leaving &&
        isDeepStrictEqual(deployed(was), deployed(is)) &&
        (was.note !== is.note || was.owner !== is.owner),
    ),
    gone: [...before.keys()].filter((username) => !now.has(username) && !former.has(username)),
  };
}

/** A person without what is never sent anywhere; the name in `formerly` differs anyway. */
function deployed({
  note: _,
  owner: __,
  formerly: ___,
  ...person
}: Person): Omit<Person, "note" | "owner" | "formerly"> {
  return person;
}

const byName = (people: readonly Person[]) => new Map(people.map((person) => [person.username, person]));

function earlierPeople(text: string, file: string, rules: Partial<RosterRules>): readonly Person[] {
  const { roster, problems } = parseRoster(text, file, earlierRules(rules));
  if (roster === undefined) throw new RosterError(file, problems);
  return roster.people;
}

/** The files that the roster had in a commit: if there are several, those that its patterns match there. */
async function textsAt(ref: string, { file, from }: Roster): Promise<{ text: string; file: string }[]> {
  if (from === undefined) {
    const text = await textAt(ref, file);
    return text === undefined ? [] : [{ text, file }];
  }
  const { root, patterns } = from;
  const commit = await commitOf(ref, root);
  // Relative to the root, which may be a folder of the repository.
  const listed = await git(root, "ls-tree", "-r", "-z", "--name-only", "--end-of-options", commit);
  const names = listed.stdout
    .split("\0")
    .filter((name) => patterns.some((pattern) => matches(pattern, name)));
  const texts: { text: string; file: string }[] = [];
  for (const name of names.sort()) {
    const path = relative("", join(root, name));
    const text = await textAt(ref, path);
    if (text !== undefined) texts.push({ text, file: path });
  }
  return texts;
}

function git(cwd: string, ...args: readonly string[]) {
  return execa("git", args, {
    cwd,
    // The code below reads its messages.
    env: { LC_ALL: "C" },
    reject: false,
    stripFinalNewline: false,
  });
}

/** @throws UserError (exit 2) if git does not know the ref */
async function commitOf(ref: string, cwd: string): Promise<string> {
  const commit = await git(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
  if (commit.exitCode === 0) return commit.stdout.trim();
  throw new UserError(`There is no commit ${JSON.stringify(ref)} here`, {
    why:
      commit.exitCode === undefined
        ? "git could not be run."
        : commit.stderr.trim() || "It may not have been fetched.",
    next: ["git fetch origin", "in GitHub Actions: actions/checkout with fetch-depth: 0"],
    exitCode: EXIT.wrong,
  });
}

/** @returns undefined if there was no such file then */
async function textAt(ref: string, file: string): Promise<string | undefined> {
  // The folder may be gone by now.
  const folder = dirname(file) || ".";
  const cwd = existsSync(folder) ? folder : ".";
  const name = cwd === folder ? basename(file) : file;
  const commit = await commitOf(ref, cwd);
  const shown = await git(cwd, "show", "--end-of-options", `${commit}:./${name}`);
  if (shown.exitCode === 0) return shown.stdout;
  if (/does not exist|exists on disk, but not in/.test(shown.stderr)) return undefined;
  throw new UserError(`git could not show ${file} as it was in ${ref}`, {
    why: shown.stderr.trim(),
    exitCode: EXIT.wrong,
  });
}
