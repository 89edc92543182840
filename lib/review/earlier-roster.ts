import { basename, dirname } from "node:path";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import type { Problem } from "../roster/problem.ts";
import type { Roster, RosterRules } from "../roster/roster.ts";
import { peopleInRoster } from "./former.ts";
import { explainRemoval } from "./removal-words.ts";
import { departures } from "./removals.ts";

/**
 * The lines that a roster has lost since an earlier commit although nobody was leaving: what a deploy would be refused for,
 * found without Terraform or AWS. Each is placed where the line stood.
 * @param ref a commit, branch or tag, such as "origin/main"
 * @param roster as it is now
 * @throws UserError (exit 2) when git does not know the ref; RosterError when what it has there is no roster
 */
export async function problemsAgainst(
  ref: string,
  { file, people }: Roster,
  rules: Partial<RosterRules>,
): Promise<Problem[]> {
  const text = await textAt(ref, file);
  if (text === undefined) return [];
  const { removed } = departures(peopleInRoster(text, `${ref}:${file}`, rules), people);
  return removed.map((removal) => {
    const { message, hint } = explainRemoval(removal, file);
    const { line, column } = removal.former.where ?? {};
    return {
      location: { file, ...(line !== undefined && column !== undefined ? { line, column } : {}) },
      message: `${message} (the line is as in ${ref})`,
      hint,
    };
  });
}

/** @returns undefined when there was no such file then */
async function textAt(ref: string, file: string): Promise<string | undefined> {
  const git = (...args: readonly string[]) =>
    execa("git", args, {
      cwd: dirname(file) || ".",
      // Its messages are read below.
      env: { LC_ALL: "C" },
      reject: false,
      stripFinalNewline: false,
    });
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
  if (commit.exitCode !== 0) {
    throw new UserError(`git knows no commit ${JSON.stringify(ref)} here`, {
      why:
        commit.exitCode === undefined
          ? "git itself could not be run."
          : commit.stderr.trim() || "It may not have been fetched.",
      next: ["git fetch origin", "in GitHub Actions: actions/checkout with fetch-depth: 0"],
      exitCode: 2,
    });
  }
  const shown = await git("show", "--end-of-options", `${commit.stdout.trim()}:./${basename(file)}`);
  if (shown.exitCode === 0) return shown.stdout;
  if (/does not exist|exists on disk, but not in/.test(shown.stderr)) return undefined;
  throw new UserError(`git could not show ${file} as it was in ${ref}`, {
    why: shown.stderr.trim(),
    exitCode: 2,
  });
}
