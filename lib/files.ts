import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { sep } from "node:path";
import { UserError } from "./errors.ts";

/** Permissions of a file that only its owner's account may read. */
export const PRIVATE = 0o600;

/** The permissions that {@link PRIVATE} withholds: those of the group and of everyone else. */
export const OTHERS = 0o077;

export interface WriteOptions {
  /** The file's permissions, from the first byte on. @default what the umask leaves of 0666 */
  readonly mode?: number | undefined;
  /** Fails with EEXIST where something exists, a link that leads nowhere included. @default false: it is replaced */
  readonly exclusive?: boolean;
}

/**
 * Writes a whole file or nothing: readers find the old content or the new one, even if this process is killed or the power
 * fails. The unfinished file lies beside it and ends in `.part`, which git ignores.
 * @throws the system's error, and nothing is left behind (see {@link fileFailure} for its words)
 */
export function writeFile(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666, exclusive = false }: WriteOptions = {},
): void {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    writeNew(unfinished, content, mode);
    if (exclusive) nameNew(unfinished, path, () => writeNew(path, content, mode));
    else renameSync(unfinished, path);
  } finally {
    if (existsSync(unfinished)) rmSync(unfinished);
  }
}

/** On the disk when it returns: after a power cut the name would else stand for an empty file. */
function writeNew(path: string, content: string | Uint8Array, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Closed by now: Windows removes no open file.
    rmSync(path, { force: true });
    throw withPath(error, path);
  }
}

/**
 * Of a file that is open already the system does not say which one it is, as where the disk is full.
 * @returns the same error, which then names `path` unless it names another
 */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return Object.assign(error, { path: (error as NodeJS.ErrnoException).path ?? path });
}

/** A rename would replace what exists; a second name for the same file is refused then. */
function nameNew(unfinished: string, path: string, otherwise: () => void): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    // Disks without hard links (exFAT, some network shares) say so with various codes.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    otherwise();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this account is not allowed to",
  EPERM: "this account is not allowed to",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "this account's share of the disk is used up",
  EFBIG: "it would be larger than files may be here",
  EISDIR: "it is a directory, and a file was expected",
  ENOTDIR: "a part of its path is a file, and a directory was expected",
  EEXIST: "something else is there already",
  ENOENT: "there is no such file or directory",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
  EIO: "the disk reports an error",
};

/**
 * Words for a file or a disk that does not do what it should: no permission, read-only, full, a directory in place of a file.
 * @returns undefined when this is another error
 */
export function fileFailure(error: unknown): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", syscall, path = socketOf(error) } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  // A full disk is noticed when a file is open already, and then the system names no path. No other error goes without.
  if (
    reason === undefined ||
    syscall === undefined ||
    (path === undefined && !/^(write|fsync)$/.test(syscall))
  ) {
    return undefined;
  }
  const { dest } = error as { readonly dest?: string };
  const name = (FULL.has(code) ? (dest ?? path) : path)?.replace(/\.[0-9a-f-]{36}\.part$/, "");
  return new UserError(`${name ?? "A file"} cannot be ${DONE[syscall] ?? "used"}: ${reason} (${code})`, {
    why: "The command stopped there.",
    next: ["mend that, then run the command again"],
    cause: error,
  });
}

/** What goes wrong where something is written, not where it is read: of a copy, its destination. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS"]);

/** Of a socket that lies on the disk, as that of the working copy's lock does, the system names the address. */
function socketOf({
  syscall,
  address,
}: NodeJS.ErrnoException & { readonly address?: string }): string | undefined {
  return syscall === "listen" && address?.includes(sep) ? address : undefined;
}

const DONE: Readonly<Record<string, string>> = {
  open: "opened",
  read: "read",
  scandir: "read",
  write: "written",
  fsync: "written",
  rename: "written",
  link: "written",
  mkdir: "made",
  access: "written to",
  mkdtemp: "made",
  listen: "made",
  copyfile: "written",
  ftruncate: "written",
  symlink: "made",
  unlink: "removed",
  rm: "removed",
};
