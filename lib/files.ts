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
  /** The file's permissions from the first byte on. @default 0666 minus the umask */
  readonly mode?: number | undefined;
  /** Fails with EEXIST if anything exists there, even a dangling link. @default false: it is replaced */
  readonly exclusive?: boolean;
}

/**
 * Writes the whole file or nothing: readers see the old content or the new, even if this process is killed or the power
 * fails. The unfinished file is beside it and ends in `.part`, which git ignores.
 * @throws the system's error, leaving nothing behind (see {@link fileFailure})
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

/** Flushed to disk on return: otherwise a power cut could leave an empty file under the name. */
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
    // Already closed: Windows can't remove an open file.
    rmSync(path, { force: true });
    throw withPath(error, path);
  }
}

/**
 * Adds the path, which the system omits for a file that is already open, as when the disk is full.
 * @returns the same error, naming `path` unless it names another
 */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return Object.assign(error, { path: (error as NodeJS.ErrnoException).path ?? path });
}

/** A rename would replace an existing file; a hard link to the same file fails instead. */
function nameNew(unfinished: string, path: string, otherwise: () => void): void {
  try {
    linkSync(unfinished, path);
  } catch (error) {
    // Disks without hard links (exFAT, some network shares) report various codes.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    otherwise();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "it would exceed the maximum file size",
  EISDIR: "it is a directory, not a file",
  ENOTDIR: "part of its path is a file, not a directory",
  EEXIST: "something else already exists there",
  ENOENT: "there is no such file or directory",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
  EIO: "the disk reports an error",
};

/**
 * Explains an error of a file or a disk: no permission, read-only, full, a directory instead of a file.
 * @returns undefined for any other error
 */
export function fileFailure(error: unknown): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", syscall, path = socketOf(error) } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  // A full disk shows only once a file is open, and the system then names no path. Every other error names one.
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
    next: ["fix that, then run the command again"],
    cause: error,
  });
}

/** Failures of writing, not of reading: for a copy, they concern its destination. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS"]);

/** For a socket on disk, such as the working copy's lock, the system names the address instead of the path. */
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
