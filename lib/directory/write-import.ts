import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { replaceFile } from "../files.ts";
import { ADOPTION_FILE, adoptionText } from "../stack/adoption-file.ts";
import { configText } from "./config-text.ts";
import type { PoolImport } from "./import-pool.ts";
import type { PoolRoster } from "./roster-from-pool.ts";

/** Not config.ts itself: a team reads it first. Ignored by git. */
export const PROPOSAL_FILE = "config.proposal.ts";

export interface WriteImportOptions {
  /** The repository's root. */
  readonly directory: string;
  /** Write over a roster that is there already. @default false */
  readonly replace?: boolean;
}

/**
 * Writes the roster, `adopt.json` and `config.proposal.ts`: all of them or, when one can't be written, none.
 * @returns the files' paths
 * @throws UserError (exit 2) when another roster is there already; the system's error (`fileFailure` has the words)
 */
export function writeImport(imported: PoolImport, { directory, replace }: WriteImportOptions): string[] {
  const { roster, settings, adoption } = imported;
  const rosterFile = resolve(directory, settings.roster);
  refuseNobody(roster);
  refuseOtherThings(rosterFile, roster.text, replace ?? false);
  return replaceAll([
    { path: join(directory, PROPOSAL_FILE), text: configText(settings) },
    { path: join(directory, ADOPTION_FILE), text: adoptionText(adoption) },
    { path: rosterFile, text: roster.text },
  ]);
}

interface WholeFile {
  readonly path: string;
  readonly text: string;
}

/** A roster without adopt.json would invite everyone anew, and adopt.json beside another roster would delete people. */
function replaceAll(files: readonly WholeFile[]): string[] {
  const before = files.map(({ path }) => (existsSync(path) ? readFileSync(path) : undefined));
  for (const [index, { path, text }] of files.entries()) {
    try {
      replaceFile(path, text);
    } catch (error) {
      for (const [done, { path }] of files.slice(0, index).entries()) {
        const old = before[done];
        if (old === undefined) rmSync(path);
        else replaceFile(path, old);
      }
      throw error;
    }
  }
  return files.map(({ path }) => path);
}

function refuseOtherThings(file: string, text: string, replace: boolean): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isDirectory()) {
    throw new UserError(`${file} is a directory, not a file`, {
      why: "The roster is to be written there.",
      next: ["name the roster's file in config.ts: roster"],
      exitCode: 2,
    });
  }
  if (replace || readFileSync(file, "utf8") === text) return;
  throw new UserError(`${file} is there already, and says something else`, {
    why: "The pool's people would stand in place of those in it.",
    next: [
      "to write over it (git keeps what was committed): add --replace",
      `or move it away first: mv ${file} ${file}.old`,
    ],
    exitCode: 2,
  });
}

/** @throws UserError: deploying an empty roster would mean deleting everybody, so no command takes one */
function refuseNobody({ people, leftOut }: PoolRoster): void {
  if (people.length > 0) return;
  const [first] = leftOut;
  throw new UserError("There is nobody in the pool whom a roster can hold", {
    ...(first && { why: `${leftOut.length} left out; the first, ${first.name}, ${first.reason}.` }),
    next: ["make a roster by hand, with the first people of the pool"],
  });
}
