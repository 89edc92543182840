import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { UserError } from "../errors.ts";

/** Within `.cache`, which git ignores. */
const DIRECTORY = "lock";

/** The longest path of a socket that every system takes: sun_path has 104 bytes on macOS, 108 on Linux, a zero byte included. */
const PATH_MAX_BYTES = 103;

/**
 * Allows only one plan or deploy at a time in a directory: they share cdk.tf.json, and a yes to one review must not apply the
 * plan of another. Terraform's state lock does not help: it is not held while a person reads.
 *
 * It is held by a listening socket, not a file: it ends with its process, even a killed one. The socket is in the working copy,
 * so that everyone who works there sees it: in another shell, as another user, in a container on the same machine. If the disk
 * doesn't support sockets, it is in the directory for temporary files, where only runs with the same TMPDIR see it.
 * @param root the repository's root
 * @returns a function that releases it
 * @throws UserError (exit 1) if another process holds it
 */
export async function holdWorkingCopy(root: string): Promise<() => void> {
  const held =
    process.platform === "win32"
      ? await listen(`\\\\.\\pipe\\${nameOf(root)}`)
      : ((await holdIn(join(root, ".cache", DIRECTORY))) ?? (await holdIn(join(tmpdir(), nameOf(root)))));
  if (held === undefined) {
    throw new UserError("The working copy can't be locked", {
      why: "Neither its disk nor the one for temporary files supports sockets, so two deploys could run at once unnoticed.",
      next: ["set TMPDIR to a directory on a local disk, with a short path"],
    });
  }
  if (held === "taken") {
    throw new UserError("Another plan or deploy is running in this directory", {
      why: "They share files, so what you are shown might not be what is applied.",
      next: ["wait for it to finish, or stop it, then run the command again"],
    });
  }
  return () => void held.close();
}

const nameOf = (root: string) =>
  `cognito-roster-${createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 16)}`;

/**
 * The sockets in the directory are numbered, and the highest is the lock: the process that listens there holds it. If none
 * does, the next number is claimed, which only one process can do. The highest is never removed, so that a number is never
 * reused: a process with an outdated listing finds that it is behind, and looks again.
 * @returns undefined if no socket can be created
 */
async function holdIn(directory: string): Promise<Server | "taken" | undefined> {
  mkdirSync(directory, { recursive: true });
  const path = (name: string) => shorter(join(directory, name));
  const own = path(`${randomUUID()}.new`);
  if (Buffer.byteLength(own) > PATH_MAX_BYTES) return undefined;
  const server = await listen(own);
  if (server === undefined || server === "taken") return undefined;
  try {
    for (;;) {
      const last = highestIn(directory);
      if (last > 0 && (await answers(path(String(last))))) break;
      const mine = last + 1;
      if (!linked(own, path(String(mine)))) continue;
      if (highestIn(directory) > mine) continue;
      rmSync(own);
      for (const number of numbersIn(directory))
        if (number < mine) rmSync(path(String(number)), { force: true });
      return server;
    }
  } catch (error) {
    server.close();
    // Hard links are not allowed there.
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
  server.close();
  return "taken";
}

/** Relative to here, or to the root: a socket's path must be short. */
function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}

const numbersIn = (directory: string) =>
  readdirSync(directory).flatMap((name) => (/^[1-9]\d*$/.test(name) ? [Number(name)] : []));
const highestIn = (directory: string) => Math.max(0, ...numbersIn(directory));

/** @returns false if the name is taken */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** @returns "taken" if something already exists there, undefined if no socket can be created */
function listen(path: string): Promise<Server | "taken" | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve("taken");
      else if (["ENOTSUP", "EOPNOTSUPP", "EPERM", "EINVAL"].includes(error.code ?? "")) resolve(undefined);
      else reject(error);
    });
    // Anyone who works in the directory may check whether it is held.
    server.listen({ path, readableAll: true, writableAll: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}
