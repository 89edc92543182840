import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { replaceFile } from "../files.ts";
import { ADOPTION_FILE, adoptionText } from "../stack/adoption-file.ts";
import { configText } from "./config-text.ts";
import type { PoolImport } from "./import-pool.ts";
import { refuseNobody, refuseOtherThings } from "./roster-place.ts";

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
  refuseNobody(roster, ["make a roster by hand, with the first people of the pool"]);
  refuseOtherThings(rosterFile, roster.text, {
    replace: replace ?? false,
    elsewhere: "name the roster's file in config.ts: roster",
  });
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
