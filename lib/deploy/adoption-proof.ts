import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PRIVATE, writeFile } from "../files.ts";
import { RefusedError } from "../review/refusals.ts";
import { commandLine } from "../shell.ts";
import type { PoolComparison } from "./compare-pool.ts";

/** Written before an apply and removed after a complete one: which people an interrupted apply was creating, and since when. */
const APPLY = z.object({ startedAt: z.iso.datetime(), people: z.array(z.string()) });
type Apply = z.infer<typeof APPLY>;

const fileIn = (cacheDirectory: string, stack: string) => join(cacheDirectory, `applying.${stack}.json`);

/**
 * Records the people an apply is about to create. Those of an interrupted apply, whose progress is unknown, stay in the
 * record.
 */
export function beginApply(cacheDirectory: string, stack: string, people: readonly string[]): void {
  if (people.length === 0) return;
  const before = readApply(cacheDirectory, stack);
  const apply: Apply = {
    startedAt: before?.startedAt ?? new Date().toISOString(),
    people: [...new Set([...(before?.people ?? []), ...people])],
  };
  writeFile(fileIn(cacheDirectory, stack), JSON.stringify(apply), { mode: PRIVATE });
}

/** The apply completed, and everyone is in the state. */
export function endApply(cacheDirectory: string, stack: string): void {
  rmSync(fileIn(cacheDirectory, stack), { force: true });
}

function readApply(cacheDirectory: string, stack: string): Apply | undefined {
  try {
    return APPLY.parse(JSON.parse(readFileSync(fileIn(cacheDirectory, stack), "utf8")));
  } catch {
    // Without the record there is no proof, which is the safe side.
    return undefined;
  }
}

/** Allowance for the difference between this machine's clock and Cognito's. */
const SKEW_MS = 5 * 60_000;

export interface ProofOptions {
  readonly cacheDirectory: string;
  readonly stack: string;
  /** The roster's file, as messages name it. */
  readonly roster: string;
  /** The people in adopt.json: `import-users` found them, and the file was reviewed. */
  readonly imported: readonly string[];
  /** The people named by `--adopt`. */
  readonly adopt: readonly string[];
}

/**
 * An adopted account gets the access that the roster gives to its name. So an account is adopted only if its owner is known:
 * it is in adopt.json, named on the command line, or created by our own interrupted apply and never signed in to (its
 * password is still temporary).
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
        message: `"${username}" already exists in the user pool, and this repository didn't create it`,
        hint: `${used ? "Someone signs in with it, using their own password, and" : "Its creator may know its password, and"} would get what the roster gives to that name. If it is the right person: ${commandLine`--adopt ${username}`}. To take over a whole pool: npm run import-users -- --write`,
      };
    }),
    roster,
    "would take over someone else's account",
  );
}
