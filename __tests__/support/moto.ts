import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutSteering } from "../../lib/local/emulator-environment.ts";
import { startMoto as loadMoto, type RunningEmulator } from "../../lib/local/moto.ts";

export type { RunningEmulator };

/** A second is enough; a busy machine may need half a minute. */
const PATIENCE_MS = 120_000;

/**
 * Loads moto once, for every {@link startMoto} of this run (moto-forks.py).
 * @returns where it listens, and what ends it; undefined if the `python3` on the PATH has no moto
 */
export async function loadMotoOnce(): Promise<{ socket: string; stop: () => Promise<void> } | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "roster-moto-"));
  const socket = join(directory, "moto");
  const script = fileURLToPath(new URL("moto-forks.py", import.meta.url));
  const child = spawn("python3", [script, socket], {
    env: withoutSteering(process.env),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()).once("error", () => done()));
  child.stdin.on("error", () => {});
  const stop = async () => {
    child.stdin.end();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const isReady = await Promise.race([
    new Promise<boolean>((done) => child.stdout.once("data", () => done(true))),
    ended.then(() => false),
    new Promise<boolean>((done) => setTimeout(() => done(false), PATIENCE_MS).unref()),
  ]);
  if (isReady) return { socket, stop };
  await stop();
  return undefined;
}

/**
 * A moto for one test, which has no data yet; it takes the MOTO_ settings of this process. Where e2e/setup.ts has loaded one, that
 * takes no time; else it is as our own commands start it.
 */
export async function startMoto(): Promise<RunningEmulator> {
  const socket = process.env.ROSTER_TEST_MOTO;
  if (socket === undefined) return await loadMoto();
  const connection = connect(socket);
  const ended = new Promise<void>((done) => connection.once("close", () => done()));
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith("MOTO_"));
  connection.write(`${JSON.stringify(Object.fromEntries(settings))}\n`);
  const port = await new Promise<string>((done, failed) => {
    connection.setEncoding("utf8").once("data", (text) => done(String(text).trim()));
    connection.once("error", failed);
    void ended.then(() => failed(new Error("moto ended before it listened")));
  });
  connection.unref();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      connection.ref();
      connection.end();
      await ended;
    },
  };
}
