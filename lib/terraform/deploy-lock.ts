import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";

/**
 * Sees to it that only one plan or deploy at a time works in a directory: they share cdk.tf.json and the saved plan, and a yes
 * to one review must not apply the plan of another. Terraform's lock of the state does not help: it is not held while a
 * person reads.
 *
 * Held by a socket that listens, not by a file: it ends with its process, also with a killed one, and nobody has to clean up.
 * @param directory the repository's root
 * @returns lets it go
 * @throws UserError (exit 1) when another process has it
 */
export async function holdWorkingCopy(directory: string): Promise<() => void> {
  const path = socketOf(directory);
  let server = await listen(path);
  if (server === undefined && !(await answers(path))) {
    // Of a process that was killed.
    rmSync(path, { force: true });
    server = await listen(path);
  }
  if (server === undefined) {
    throw new UserError("Another plan or deploy is running in this directory", {
      why: "They share their files: what you are shown might not be what is done.",
      next: ["wait until it has ended, or end it, and run the command again"],
    });
  }
  const held = server;
  return () => void held.close();
}

function socketOf(directory: string): string {
  const name = `cognito-roster-${createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 16)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** @returns undefined where something is there already */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => {
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
