import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT, UserError } from "./errors.ts";
import { writeFile } from "./files.ts";

/** A file that a command was asked to write. */
export interface Output {
  /** As the user typed it. */
  readonly file: string;
  /** Whether such a command wrote the existing content, so that it may be overwritten. */
  readonly isOurs: (content: Buffer) => boolean;
  /** The command's input files: never overwritten. @default only source files */
  readonly inputs?: readonly string[];
  /**
   * Why the file must be kept although it could be replaced, in a sentence; undefined if it may be overwritten. @default it
   * may
   */
  readonly keeps?: (content: string) => string | undefined;
  /** Overwrite other files as well. @default false */
  readonly replace?: boolean | undefined;
  /** How messages say to choose another file. @default "name another file" */
  readonly elsewhere?: string;
}

const SOURCE = /\.[cm]?[jt]sx?$/i;

/** Terraform's state files, and our copy of one. */
const STATE = /\.tfstate(\.[^/\\]*)?$/i;

/**
 * Checks that a file may be written, before the work that produces its content. A new file must not look like a state or a
 * command's input: the next run would use it as one.
 * @throws UserError (exit 2) for a directory, a command's input, a Terraform state, and a file that none of our commands
 *   wrote unless it may be replaced; the system's error where the directory accepts no file
 */
export function requireWritable(output: Output): void {
  const { file, isOurs, keeps, inputs = [], replace = false, elsewhere = "name another file" } = output;
  if (openAlready(file) !== undefined) return;
  const refusal = (message: string, why: string, ...next: string[]) =>
    new UserError(`${file} ${message}`, { why, next: [...next, elsewhere], exitCode: EXIT.wrong });
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw refusal("is a directory, not a file", "The result would be written there.");
  // A terminal, a pipe, /dev/null: writing there overwrites nothing.
  if (found !== undefined && !found.isFile()) return;
  const real = realPathOf(file);
  if ((found !== undefined && SOURCE.test(real)) || inputs.some((input) => isSame(real, found, input))) {
    throw refusal("is a file that commands read, so it isn't overwritten", "The result would replace it.");
  }
  const content = found === undefined ? Buffer.alloc(0) : readFileSync(file);
  if (STATE.test(real) || isState(content)) {
    throw refusal(
      "is a Terraform state, so it isn't overwritten",
      "It records who was created. Without it, everyone would be created a second time, in a second pool.",
    );
  }
  const kept = isOurs(content) ? undefined : keeps?.(content.toString());
  if (kept !== undefined) throw refusal("isn't overwritten", kept);
  if (!replace && content.length > 0 && !isOurs(content)) {
    throw refusal(
      "already exists with other contents",
      "Its contents would be lost.",
      "to overwrite it, add --replace (git keeps what was committed)",
    );
  }
  accessSync(dirname(real), constants.W_OK);
}

/**
 * Writes a whole file or nothing, where it may be written. A link stays a link, and its target is written.
 * @param mode the file's permissions. @default 0666 minus the umask
 * @throws UserError (exit 2) as {@link requireWritable}; the system's error, leaving nothing behind
 */
export function writeOutput(output: Output, content: string | Uint8Array, mode?: number): void {
  requireWritable(output);
  const { file } = output;
  const descriptor = openAlready(file);
  const found = statSync(file, { throwIfNoEntry: false });
  if (descriptor !== undefined) send(descriptor, content);
  else if (found === undefined || found.isFile()) writeFile(realPathOf(file), content, { mode });
  else writeFileSync(file, content);
}

/**
 * The descriptor for standard output, or for one that a shell opened for `>(…)`. Opened by name, a file would be truncated
 * (as root, even /dev/stdout itself would be replaced), and a socket couldn't be opened.
 */
function openAlready(file: string): number | undefined {
  if (file === "/dev/stdout") return 1;
  if (file === "/dev/stderr") return 2;
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** How long to wait for the reader of a full pipe, which Node may have set not to block. */
const PAUSE_MS = 5;

function send(descriptor: number, content: string | Uint8Array): void {
  const bytes = Buffer.from(content);
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(descriptor, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

/** With every link resolved; if the file doesn't exist yet, those of its directory. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const [directory, name] = [dirname(resolve(file)), basename(file)];
    return existsSync(directory) ? join(realpathSync(directory), name) : resolve(file);
  }
}

/** Compares files, not names: a link, or other letter case on a case-insensitive disk, is the same file. */
function isSame(real: string, found: Stats | undefined, input: string): boolean {
  if (real === realPathOf(input)) return true;
  const other = statSync(input, { throwIfNoEntry: false });
  return found !== undefined && other?.dev === found.dev && other.ino === found.ino;
}

function isState(content: Buffer): boolean {
  if (!content.includes('"lineage"')) return false;
  try {
    const { lineage, serial } = JSON.parse(content.toString()) as { lineage?: unknown; serial?: unknown };
    return typeof lineage === "string" && typeof serial === "number";
  } catch {
    return false;
  }
}
