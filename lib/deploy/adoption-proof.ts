import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PRIVATE, writeFile } from "../files.ts";
import { RefusedError } from "../review/refusals.ts";
import { commandLine } from "../shell.ts";
import type { PoolComparison } from "./compare-pool.ts";

/** Written before an apply and removed after a whole one: what was being created when it was interrupted, and since when. */
const APPLY = z.object({ startedAt: z.iso.datetime(), people: z.array(z.string()) });
type Apply = z.infer<typeof APPLY>;

const fileIn = (cacheDirectory: string, stack: string) => join(cacheDirectory, `applying.${stack}.json`);

/** Whom an apply is about to create. An interrupted one's, of which nobody knows how far it came, stay in it. */
export function beginApply(cacheDirectory: string, stack: string, people: readonly string[]): void {
  if (people.length === 0) return;
  const before = readApply(cacheDirectory, stack);
  const apply: Apply = {
    startedAt: before?.startedAt ?? new Date().toISOString(),
    people: [...new Set([...(before?.people ?? []), ...people])],
  };
  writeFile(fileIn(cacheDirectory, stack), JSON.stringify(apply), { mode: PRIVATE });
}

/** It came to its end, and everyone is recorded. */
export function endApply(cacheDirectory: string, stack: string): void {
  rmSync(fileIn(cacheDirectory, stack), { force: true });
}

function readApply(cacheDirectory: string, stack: string): Apply | undefined {
  try {
    return APPLY.parse(JSON.parse(readFileSync(fileIn(cacheDirectory, stack), "utf8")));
  } catch {
    // Without it there is no proof, which is the safe side.
    return undefined;
  }
}

/** Between this machine's clock and Cognito's. */
const SKEW_MS = 5 * 60_000;

export interface ProofOptions {
  readonly cacheDirectory: string;
  readonly stack: string;
  /** The roster's file, as the reader names it. */
  readonly roster: string;
  /** Whom adopt.json names: `import-users` found them, and the change that has the file was reviewed. */
  readonly imported: readonly string[];
  /** Named by `--adopt`. */
  readonly adopt: readonly string[];
}

/**
 * Whoever exists and is to be taken over gets what the roster gives to their name. So an account is only taken over when it is
 * known whose it is: by adopt.json, by the command line, or because it is one that our own interrupted apply created and nobody
 * has signed in to yet (its password is still the temporary one).
 * @throws RefusedError (exit 3) that names everyone else
 */
export function requireProof(
  { unrecorded, accountOf }: Pick<PoolComparison, "unrecorded" | "accountOf">,
  { cacheDirectory, stack, roster, imported, adopt }: ProofOptions,
): void {
  const known = new Set([...imported, ...adopt]);
  const doubtful = unrecorded.people.filter((username) => !known.has(username));
  if (doubtful.length === 0) return;
  const apply = readApply(cacheDirectory, stack);
  const begun = new Set(apply?.people ?? []);
  const since = apply === undefined ? Number.POSITIVE_INFINITY : Date.parse(apply.startedAt) - SKEW_MS;
  const unproved = doubtful.filter((username) => {
    const account = accountOf(username);
    const ours =
      begun.has(username) &&
      account?.status === "FORCE_CHANGE_PASSWORD" &&
      (account.createdAt?.getTime() ?? 0) >= since;
    return !ours;
  });
  if (unproved.length === 0) return;
  throw new RefusedError(
    unproved.map((username) => {
      const account = accountOf(username);
      const used = account !== undefined && account.status !== "FORCE_CHANGE_PASSWORD";
      return {
        message: `"${username}" exists in the user pool already, and this repository did not create the account`,
        hint: `${used ? "Somebody signs in with it, with their own password, and" : "Whoever created it may know its password, and"} would get what the roster gives to that name. If it is theirs: ${commandLine`--adopt ${username}`}. To take over a whole pool: npm run import-users -- --write`,
      };
    }),
    roster,
    "would take over an account of somebody else's",
  );
}
