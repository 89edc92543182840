import { execa } from "execa";
import { z } from "zod";
import type { Entry, Review } from "../review/review.ts";

/** The stack output with the last deploys, one JSON document a line, newest first. */
export const DEPLOYS_OUTPUT = "deploys";

/** How many are kept. */
const KEPT = 20;

const RECORD = z.object({
  at: z.string(),
  commit: z.string().optional(),
  uncommitted: z.literal(true).optional(),
  digest: z.string(),
  done: z.record(z.string(), z.number()),
});

/**
 * One deploy. It contains no names and no attributes, because outputs are printed in many places. Who ran it isn't known
 * here; the workflow's log or CloudTrail has that.
 */
export interface DeployRecord {
  /** When it ended, ISO 8601. */
  readonly at: string;
  /** The commit that was checked out. @default not a git clone */
  readonly commit?: string | undefined;
  /** Files differed from that commit. @default none did */
  readonly uncommitted?: true | undefined;
  /** Digest of roster and settings (`Project.digest`), SHA-256. */
  readonly digest: string;
  /** How many people join, leave, …; `memberships` and `settings` are counted beside them. */
  readonly done: Readonly<Record<string, number>>;
}

/** What is checked out, for a record. */
export type CheckedOut = Pick<DeployRecord, "commit" | "uncommitted">;

/**
 * The deploys in the outputs, newest first. Lines that another version wrote are skipped.
 * @param outputs of the stack, by name
 */
export function deploysIn(outputs: Readonly<Record<string, unknown>>): DeployRecord[] {
  const text = outputs[DEPLOYS_OUTPUT];
  if (typeof text !== "string") return [];
  return text.split("\n").flatMap((line) => {
    try {
      return [RECORD.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** The output's next value: this deploy, followed by the earlier ones. */
export function withDeploy(outputs: Readonly<Record<string, unknown>>, record: DeployRecord): string {
  return [record, ...deploysIn(outputs)]
    .slice(0, KEPT)
    .map((one) => JSON.stringify(one))
    .join("\n");
}

/**
 * Counts what a deploy has done.
 * @param at when it ended
 */
export function deployRecord(
  { entries }: Pick<Review, "entries">,
  { digest, checkedOut, at }: { readonly digest: string; readonly checkedOut: CheckedOut; readonly at: Date },
): DeployRecord {
  const done = new Map<string, number>();
  for (const entry of entries) done.set(countedAs(entry), (done.get(countedAs(entry)) ?? 0) + 1);
  return {
    at: at.toISOString().replace(/\.\d+Z$/, "Z"),
    ...checkedOut,
    digest,
    done: Object.fromEntries([...done].sort()),
  };
}

function countedAs(entry: Entry): string {
  if (entry.about === "person") return entry.what;
  return entry.about === "membership" ? "memberships" : "settings";
}

/**
 * What is checked out in a directory; empty if it isn't a clone, or git is missing.
 * @param directory anywhere in the clone
 */
export async function checkedOutAt(directory: string): Promise<CheckedOut> {
  const git = (...args: readonly string[]) =>
    execa("git", args, { cwd: directory, reject: false, timeout: 10_000 });
  const head = await git("rev-parse", "--verify", "--quiet", "HEAD");
  if (head.exitCode !== 0) return {};
  const status = await git("status", "--porcelain", "--untracked-files=no");
  const isClean = status.exitCode === 0 && status.stdout === "";
  return { commit: head.stdout, ...(isClean ? {} : { uncommitted: true }) };
}
