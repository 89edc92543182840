import { readFileSync, realpathSync, type Stats, statSync, writeFileSync } from "node:fs";
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
  /** Write over a file of others, too. @default false */
  readonly replace?: boolean | undefined;
  /** How another file is named, for the words. @default "name another file" */
  readonly elsewhere?: string;
}

const SOURCE = /\.[cm]?[jt]sx?$/i;

/**
 * Looks whether a file may be written, before the work whose result is to stand in it.
 * @throws UserError (exit 2) for a directory, for what commands read, for a state of Terraform's, and for a file that no command
 *   of ours has written unless it may be replaced
 */
export function requireWritable(output: Output): void {
  const { file, isOurs, inputs = [], replace = false, elsewhere = "name another file" } = output;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  const refusal = (message: string, why: string, ...next: string[]) =>
    new UserError(`${file} ${message}`, { why, next: [...next, elsewhere], exitCode: EXIT.wrong });
  if (found.isDirectory()) throw refusal("is a directory, not a file", "The result is to be written there.");
  // A terminal, a pipe, /dev/null: nothing of them is lost.
  if (!found.isFile()) return;
  if (SOURCE.test(realpathSync(file)) || inputs.some((input) => isSame(found, input))) {
    throw refusal(
      "is a file that commands read: it is not written over",
      "The result would stand in its place.",
    );
  }
  const content = readFileSync(file);
  if (/\.tfstate(\.|$)/.test(realpathSync(file)) || isState(content)) {
    throw refusal(
      "is a state of Terraform's: it is not written over",
      "It records who was created. Without it, everyone would be created a second time, in a second pool.",
    );
  }
  if (replace || content.length === 0 || isOurs(content)) return;
  throw refusal(
    "is there already, and says something else",
    "What it says would be lost.",
    "to write over it (git keeps what was committed): add --replace",
  );
}

/**
 * Writes a whole file or nothing, where it may be written.
 * @param mode the file's permissions. @default what the umask leaves of 0666
 * @throws UserError (exit 2) as {@link requireWritable}; the system's error, and nothing is left behind
 */
export function writeOutput(output: Output, content: string | Uint8Array, mode?: number): void {
  requireWritable(output);
  const found = statSync(output.file, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) writeFile(output.file, content, { mode });
  else writeFileSync(output.file, content);
}

/** Whatever it is called: by a link, or in capitals where the disk makes no difference. */
function isSame({ dev, ino }: Stats, input: string): boolean {
  const other = statSync(input, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
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
