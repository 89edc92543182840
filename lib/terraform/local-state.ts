import { chmodSync, readFileSync, statSync } from "node:fs";
import { UserError } from "../errors.ts";
import { OTHERS, PRIVATE, writeFile } from "../files.ts";
import { commandLine } from "../shell.ts";

/** By then, another Terraform that is writing has filled the file again; it takes milliseconds. */
const SETTLE_MS = 500;

/**
 * Protects the local backend's state from a killed Terraform. Terraform writes it in place, at every step: it empties the file,
 * then fills it. A run that is killed in between leaves an empty file, which the next one reads as "nothing was deployed yet":
 * it would create a second pool, with everyone in it again (Terraform 1.11: internal/states/statemgr/filesystem.go).
 *
 * So before every run that may write, including plain cdktf's, and after a deploy, a valid state is copied beside itself
 * (`<path>.last`). A broken one is replaced by the newest valid copy, this one or Terraform's own (`<path>.backup`). People
 * whom the killed run created are then in the pool and not in the state, and the next deploy adopts them.
 * @param path the state file
 * @param settleMs how long another Terraform may take to write, in milliseconds. @default 500
 * @param lookOnly whether nothing may be written, except to restore a broken state, as for a plan. @default false
 * @returns `restored` if the state was broken; the caller reports it
 * @throws UserError if it is broken, or gone, in a way that only a person can judge
 */
export function keepLocalState(
  path: string,
  {
    settleMs = SETTLE_MS,
    lookOnly = false,
  }: { readonly settleMs?: number; readonly lookOnly?: boolean } = {},
): "none" | "kept" | "restored" {
  const last = `${path}.last`;
  let text = read(path);
  if (text === undefined) {
    if (sound(read(last)) === undefined) return "none";
    throw gone(path, last);
  }
  const current = sound(text);
  if (current !== undefined) {
    if (lookOnly) return "kept";
    for (const file of [path, `${path}.backup`]) keepPrivate(file);
    if (read(last) !== text) writeFile(last, text, { mode: PRIVATE });
    return "kept";
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settleMs);
  text = read(path) ?? "";
  if (sound(text) !== undefined) return "kept";
  const [newest] = [read(last), read(`${path}.backup`)]
    .flatMap((copy) => sound(copy) ?? [])
    .sort((a, b) => b.serial - a.serial);
  if (newest !== undefined) {
    writeFile(path, newest.text, { mode: PRIVATE });
    return "restored";
  }
  // Terraform makes an empty file when it locks the state for the first time.
  if (text.trim() === "") return "none";
  throw new UserError(`The state file ${path} is damaged, and there is no sound copy beside it`, {
    why: "It records who was created. Without it, everyone would be created a second time, in a second pool.",
    next: [
      `restore your own copy of it at ${path}`,
      "or delete it, and adopt the existing people and pool: npm run import-users -- --user-pool-id ID",
    ],
  });
}

/** Plain cdktf's Terraform lets everyone on the machine read it, and it may contain an app client's secret. */
function keepPrivate(file: string): void {
  if (((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) === 0) return;
  try {
    chmodSync(file, PRIVATE);
  } catch {
    // Another account's file, or a disk without modes (a Windows one under Linux): no reason to stop a plan.
  }
}

interface Copy {
  readonly text: string;
  /** Counts the changes. */
  readonly serial: number;
}

/** A whole state of Terraform's, or undefined. */
function sound(text: string | undefined): Copy | undefined {
  if (text === undefined) return undefined;
  try {
    // The fields that OpenTofu's encrypted states have as well
    const { serial, lineage } = JSON.parse(text) as { serial?: unknown; lineage?: unknown };
    return typeof serial === "number" && typeof lineage === "string" ? { text, serial } : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    // The system does not name the path if it is a directory.
    throw Object.assign(error as Error, { path });
  }
}

function gone(path: string, last: string): UserError {
  return new UserError(`The state file ${path} is missing`, {
    why: "It existed at the last run. Without it, everyone would be created a second time, in a second pool.",
    next: [
      `to continue with what was deployed: ${commandLine`cp ${last} ${path}`}`,
      `or, for a new pool beside the old one: ${commandLine`rm ${last}`}`,
    ],
  });
}
