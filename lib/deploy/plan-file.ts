import { readFileSync } from "node:fs";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import type { Drift } from "../review/drift.ts";
import { commandLine } from "../shell.ts";
import type { Fingerprints } from "./second-look.ts";

/** Our own entry in Terraform's plan file, which is a zip archive whose other entries Terraform looks up by name. */
const ENTRY = "cognito-roster.json";

/** What a plan file has to tell the deploy that applies it, beyond what Terraform knows. */
export interface PlanNote {
  /** Of what the plan was made from: the `digest` of its project (project.ts). */
  readonly source: string;
  /** Where the plan is for, as far as it was known. */
  readonly region?: string;
  readonly account?: string;
  readonly found: FoundInPool;
  /** Of whom and what the plan touches. */
  readonly fingerprints: Fingerprints;
  /** Of the state that it was made from: `versionOf`. */
  readonly state: string;
}

/**
 * What was found in the user pool when the plan was made. It is shown, and nothing is done by it: a file can be edited.
 */
export interface FoundInPool {
  readonly strangers: readonly string[];
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
});

const NOTE = z.object({
  // Of another version of this package, the rest could be anything.
  format: z.literal(2),
  source: z.string(),
  region: z.string().exactOptional(),
  account: z.string().exactOptional(),
  found: z.object({ strangers: z.array(z.string()), drift: DRIFT }),
  fingerprints: z.record(z.string(), z.string()),
  state: z.string(),
});

/** @returns a file that is still a plan of Terraform's own: `terraform show FILE` reads it */
export function packPlan(tfplan: Uint8Array, note: PlanNote): Uint8Array {
  return zipSync({
    ...unzipSync(tfplan),
    [ENTRY]: strToU8(JSON.stringify({ format: 2, ...note })),
  });
}

/** Whether a file is a plan that {@link packPlan} made, of whichever version: an archive that has our entry. */
export const isKeptPlan = (content: Buffer): boolean =>
  content.toString("latin1", 0, 2) === "PK" && content.includes(ENTRY);

/**
 * @param file as the reader names it
 * @throws UserError (exit 2) for anything but a file that `packPlan` made; the system's error when it can't be read
 */
export function openPlan(file: string): { readonly tfplan: Uint8Array; readonly note: PlanNote } {
  const tfplan = read(file);
  try {
    const entry = unzipSync(tfplan, { filter: ({ name }) => name === ENTRY })[ENTRY];
    return { tfplan, note: NOTE.parse(JSON.parse(strFromU8(entry ?? new Uint8Array()))) };
  } catch (error) {
    throw new UserError(`${file} is no plan that npm run plan -- --out has made`, {
      why: "It may be damaged, or a plan of plain Terraform, which does not say what roster it was made from.",
      next: [commandLine`npm run plan -- --out ${file}`],
      exitCode: EXIT.wrong,
      cause: error,
    });
  }
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    // The system does not say which one when it is a directory.
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
      why: "What was reviewed would be done somewhere else.",
      next: [`run it with the credentials and the AWS_REGION that the plan was made with`],
      exitCode: EXIT.refused,
    });
  }
}

/**
 * @param file the plan file that was given; without one the plan was made by this run
 * @param cause Terraform's own refusal
 */
export function outOfDate(file?: string, cause?: unknown): UserError {
  return new UserError("The plan is out of date: somebody has deployed since it was made", {
    why: "Terraform refuses it, for what was reviewed may not be what would happen now. Nothing was changed.",
    next: [
      file === undefined
        ? "make a new one: npm run deploy"
        : `make a new one, and have it reviewed: ${commandLine`npm run plan -- --out ${file}`}`,
    ],
    cause,
  });
}

/** @throws UserError (exit 3) when the plan was made from another roster, or other settings, than those on disk */
export function requireSameSource(file: string, note: PlanNote, source: string): void {
  if (note.source === source) return;
  throw new UserError(`REFUSED: ${file} was made from another roster or config.ts than those on disk`, {
    why: "What was reviewed would not be what is written here.",
    next: [
      "check out the commit that the plan was made from",
      `or make a new plan, and have it reviewed: ${commandLine`npm run plan -- --out ${file}`}`,
    ],
    exitCode: EXIT.refused,
  });
}
