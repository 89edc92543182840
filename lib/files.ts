import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "./errors.ts";

/**
 * Writes a whole file or nothing: whoever reads it, and whatever kills this process, finds the old content or the new one.
 * @param mode the file's permissions. @default what the umask leaves of 0666
 * @throws the system's error; nothing is left behind then (see {@link fileFailure} for its words)
 */
export function replaceFile(path: string, content: string | Uint8Array, mode?: number): void {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    // On the disk before it gets its name: after a power cut the name would else stand for an empty file.
    writeFileSync(unfinished, content, { flag: "wx", flush: true, ...(mode === undefined ? {} : { mode }) });
    renameSync(unfinished, path);
  } catch (error) {
    if (existsSync(unfinished)) rmSync(unfinished);
    throw error;
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
  const { code = "", syscall, path } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  // A full disk is noticed when a file is open already, and then the system names no path. No other error goes without.
  if (
    reason === undefined ||
    syscall === undefined ||
    (path === undefined && !/^(write|fsync)$/.test(syscall))
  ) {
    return undefined;
  }
  const name = path?.replace(/\.[0-9a-f-]{36}\.part$/, "");
  return new UserError(`${name ?? "A file"} cannot be ${DONE[syscall] ?? "used"}: ${reason} (${code})`, {
    why: "The command stopped there.",
    next: ["mend that, then run the command again"],
    cause: error,
  });
}

const DONE: Readonly<Record<string, string>> = {
  open: "opened",
  read: "read",
  scandir: "read",
  write: "written",
  fsync: "written",
  rename: "written",
  mkdir: "made",
  symlink: "made",
  unlink: "removed",
  rm: "removed",
};
