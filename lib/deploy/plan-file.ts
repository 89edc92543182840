import { readFileSync } from "node:fs";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import type { Drift } from "../review/drift.ts";
import type { Day } from "../roster/until.ts";
import { commandLine } from "../shell.ts";
import type { Fingerprints } from "./second-look.ts";

/** Our own entry in Terraform's plan file: a zip archive whose other entries Terraform finds by name. */
const ENTRY = "cognito-roster.json";

/** What a plan file passes to the deploy that applies it, beyond what Terraform knows. */
export interface PlanNote {
  /** Identifies what the plan was made from: the `digest` of its project (project.ts). */
  readonly source: string;
  /** The plan's region, if known. */
  readonly region?: string;
  readonly account?: string;
  readonly found: FoundInPool;
  /** Fingerprints of everything that the plan touches. */
  readonly fingerprints: Fingerprints;
  /** The day whose access it grants. @default made by an earlier version, without days */
  readonly day?: Day;
  /** Identifies the state that it was made from: `versionOf`. */
  readonly state: string;
}

/** What was found in the user pool when the plan was made. Only for display: a file can be edited. */
export interface FoundInPool {
  readonly strangers: readonly string[];
  readonly unconfirmed?: readonly string[];
  readonly drift: Drift;
}

const DRIFT = z.object({
  people: z.array(
    z.object({
      username: z.string(),
      what: z.enum(["missing", "differs"]),
      attributes: z.array(z.string()),
      enabled: z.boolean().exactOptional(),
      otherAccount: z.literal(true).exactOptional(),
      held: z.literal(true).exactOptional(),
      invitation: z.enum(["email", "sms", "none"]).exactOptional(),
    }),
  ),
  things: z.array(
    z.object({
      about: z.enum(["pool", "client", "group", "other"]),
      label: z.string(),
      settings: z.array(
        z.looseObject({ name: z.string(), from: z.string().exactOptional(), to: z.string().exactOptional() }),
      ),
      missing: z.literal(true).exactOptional(),
      held: z.literal(true).exactOptional(),
    }),
  ),
  memberships: z.array(
    z.object({
      username: z.string(),
      group: z.string(),
      what: z.enum(["added", "removed"]),
      stranger: z.literal(true).exactOptional(),
    }),
  ),
  groups: z.array(z.object({ name: z.string(), members: z.number(), roleArn: z.string().exactOptional() })),
  services: z
    .array(z.object({ what: z.enum(["resource server", "identity provider"]), name: z.string() }))
    .default([]),
});

const NOTE = z.object({
  // With another version of this package, the rest could be anything.
  format: z.literal(2),
  source: z.string(),
  region: z.string().exactOptional(),
  account: z.string().exactOptional(),
  day: z.iso.date().exactOptional(),
  found: z.object({
    strangers: z.array(z.string()),
    unconfirmed: z.array(z.string()).exactOptional(),
    drift: DRIFT,
  }),
  fingerprints: z.record(z.string(), z.string()),
  state: z.string(),
});

/** @returns a file that is still a Terraform plan: `terraform show FILE` reads it */
export function packPlan(tfplan: Uint8Array, note: PlanNote): Uint8Array {
  return zipSync({
    ...unzipSync(tfplan),
    [ENTRY]: strToU8(JSON.stringify({ format: 2, ...note })),
  });
}

/** Whether a file is a plan by {@link packPlan}, of any version: an archive with our entry. */
export const isKeptPlan = (content: Buffer): boolean =>
  content.toString("latin1", 0, 2) === "PK" && content.includes(ENTRY);

/**
 * @param file as the user typed it
 * @throws UserError (exit 2) for anything but a file from `packPlan`; the system's error when it can't be read
 */
export function openPlan(file: string): { readonly tfplan: Uint8Array; readonly note: PlanNote } {
  const tfplan = read(file);
  try {
    const entry = unzipSync(tfplan, { filter: ({ name }) => name === ENTRY })[ENTRY];
    return { tfplan, note: NOTE.parse(JSON.parse(strFromU8(entry ?? new Uint8Array()))) };
  } catch (error) {
    throw new UserError(`${file} is not a plan saved by npm run plan -- --out`, {
      why: "It may be damaged, or a plain Terraform plan, which doesn't record the roster it was made from.",
      next: ["name one that it saved", "or make one: npm run plan -- --out FILE"],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    // For a directory, the system doesn't name the path.
    throw Object.assign(error as Error, { path: file });
  }
}

/** @throws UserError (exit 3) when the plan was reviewed for another region, or another AWS account */
export function requireSamePlace(
  file: string,
  note: PlanNote,
  here: { readonly region?: string | undefined; readonly account?: string | undefined },
): void {
  const [then, now] = [note, here].map(({ region, account }) => ({ region, account }));
  for (const what of ["region", "account"] as const) {
    const [was, is] = [then?.[what], now?.[what]];
    if (was === undefined || is === undefined || was === is) continue;
    throw new UserError(`REFUSED: ${file} was made for the ${what} ${was}, and this run is for ${is}`, {
      why: "The reviewed changes would be applied somewhere else.",
      next: [`use the credentials and AWS_REGION that the plan was made with`],
      exitCode: EXIT.refused,
    });
  }
}

/**
 * @param file the given plan file; without one, this run made the plan
 * @param cause Terraform's own refusal
 */
export function outOfDate(file?: string, cause?: unknown): UserError {
  return new UserError("The plan is out of date: someone has deployed since it was made", {
    why: "What was reviewed may not be what would happen now, so Terraform refused it. Nothing was changed.",
    next: [
      file === undefined
        ? "make a new plan: npm run deploy"
        : `make a new plan and have it reviewed: ${commandLine`npm run plan -- --out ${file}`}`,
    ],
    cause,
  });
}

/** @throws UserError (exit 3) when the plan was made from a roster or settings that differ from those on disk */
export function requireSameSource(file: string, note: PlanNote, source: string): void {
  if (note.source === source) return;
  throw new UserError(`REFUSED: ${file} was made from another roster or config.ts than the ones on disk`, {
    why: "What was reviewed isn't what the files say now.",
    next: [
      "check out the commit that the plan was made from",
      `or make a new plan and have it reviewed: ${commandLine`npm run plan -- --out ${file}`}`,
    ],
    exitCode: EXIT.refused,
  });
}
