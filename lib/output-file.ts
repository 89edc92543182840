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
  /** As the reader named it. */
  readonly file: string;
  /** Whether what is there was written by such a command, and so may be written over. */
  readonly isOurs: (content: Buffer) => boolean;
  /** What commands read: never written over. @default none but sources */
  readonly inputs?: readonly string[];
  /** Why it is never written over, though it may be replaced otherwise, in a sentence; undefined where it may. @default it may */
  readonly keeps?: (content: string) => string | undefined;
  /** Write over a file of others, too. @default false */
  readonly replace?: boolean | undefined;
  /** How another file is named, for the words. @default "name another file" */
  readonly elsewhere?: string;
}

const SOURCE = /\.[cm]?[jt]sx?$/i;

/** Terraform's names, and that of our copy. */
const STATE = /\.tfstate(\.[^/\\]*)?$/i;

/**
 * Looks whether a file may be written, before the work whose result is to stand in it. Where nothing is yet, neither a state nor
 * what commands read may begin to be: the next run would take the result for it.
 * @throws UserError (exit 2) for a directory, for what commands read, for a state of Terraform's, and for a file that no command
 *   of ours has written unless it may be replaced; the system's error where the directory takes no file
 */
export function requireWritable(output: Output): void {
  const { file, isOurs, keeps, inputs = [], replace = false, elsewhere = "name another file" } = output;
  if (openAlready(file) !== undefined) return;
  const refusal = (message: string, why: string, ...next: string[]) =>
    new UserError(`${file} ${message}`, { why, next: [...next, elsewhere], exitCode: EXIT.wrong });
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw refusal("is a directory, not a file", "The result is to be written there.");
  // A terminal, a pipe, /dev/null: nothing of them is lost.
  if (found !== undefined && !found.isFile()) return;
  const real = realPathOf(file);
  if ((found !== undefined && SOURCE.test(real)) || inputs.some((input) => isSame(real, found, input))) {
    throw refusal(
      "is a file that commands read: it is not written over",
      "The result would stand in its place.",
    );
  }
  const content = found === undefined ? Buffer.alloc(0) : readFileSync(file);
  if (STATE.test(real) || isState(content)) {
    throw refusal(
      "is a state of Terraform's: it is not written over",
      "It records who was created. Without it, everyone would be created a second time, in a second pool.",
    );
  }
  const kept = isOurs(content) ? undefined : keeps?.(content.toString());
  if (kept !== undefined) throw refusal("is not written over", kept);
  if (!replace && content.length > 0 && !isOurs(content)) {
    throw refusal(
      "is there already, and says something else",
      "What it says would be lost.",
      "to write over it (git keeps what was committed): add --replace",
    );
  }
  accessSync(dirname(real), constants.W_OK);
}

/**
 * Writes a whole file or nothing, where it may be written. What a link leads to is written, and it stays a link.
 * @param mode the file's permissions. @default what the umask leaves of 0666
 * @throws UserError (exit 2) as {@link requireWritable}; the system's error, and nothing is left behind
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
 * What is open as standard output, or was opened by a shell for `>(…)`. By its name it would be begun anew where it is a file (as
 * root even /dev/stdout itself would be replaced by one), and could not be opened where it is a socket.
 */
function openAlready(file: string): number | undefined {
  if (file === "/dev/stdout") return 1;
  if (file === "/dev/stderr") return 2;
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** How long to wait for the reader of a full pipe, which Node may have told not to wait by itself. */
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

/** With every link followed; where there is no such file yet, those of its directory. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const [directory, name] = [dirname(resolve(file)), basename(file)];
    return existsSync(directory) ? join(realpathSync(directory), name) : resolve(file);
  }
}

/** Whatever it is called: by a link, or in capitals where the disk makes no difference. */
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
