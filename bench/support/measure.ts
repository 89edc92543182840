import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExecaError, execa } from "execa";
import { UserError } from "../../lib/errors.ts";

export interface Limits {
  /** Wall time, after which the command and what it started are killed. */
  readonly seconds: number;
  /** User CPU, likewise: on a machine that is not alone the clock would stop what is quick enough. Linux only. @default none */
  readonly userSeconds?: number;
  /**
   * Address space of each process. A plan of a bad shape fills the memory of any machine. Not for Node, which reserves
   * more than it uses for WebAssembly. @default none
   */
  readonly megabytes?: number;
}

/** What a command took. Times in seconds, of the whole process tree. */
export interface Measured {
  /** `over-time`, `over-memory`: it was stopped by one of the limits, and would have taken more. */
  readonly outcome: "done" | "over-time" | "over-memory";
  /** CPU, less than it would have been for one that was stopped. */
  readonly user: number;
  readonly wall: number;
  /** The most that any one of its processes had resident; with `tree`, all of them together. */
  readonly megabytes: number;
  readonly stdout: string;
}

export interface MeasureOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Whether the memory of all processes together counts, looked at twice a second. Linux only. @default false */
  readonly tree?: boolean;
}

/** The clock ticks of /proc, the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * Runs a command under GNU time, which counts the processes that it has started and waited for: Terraform's provider is one.
 * @throws UserError where there is no GNU time; Error with what the command printed when it fails
 */
export async function measure(command: readonly string[], options: MeasureOptions): Promise<Measured> {
  const { directory, env, limits, signal, tree = false } = options;
  signal.throwIfAborted();
  const scratch = await mkdtemp(join(tmpdir(), "roster-bench-time-"));
  const timing = join(scratch, "timing");
  const { seconds, userSeconds = Number.POSITIVE_INFINITY, megabytes } = limits;
  const limit = megabytes === undefined ? "unlimited" : String(megabytes * 1_000);
  const shell = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', limit, ...command];
  const began = performance.now();
  const child = execa(await gnuTime(), ["--format=%U %e %M", `--output=${timing}`, ...shell], {
    cwd: directory,
    env,
    extendEnv: false,
    stdin: "ignore",
    detached: true,
    reject: false,
    maxBuffer: 500_000_000,
  });
  let stoppedAfter: number | undefined;
  const killAll = () => killGroup(child.pid);
  const timer = setInterval(() => {
    const user = cpuOfGroup(child.pid);
    if (user < userSeconds && performance.now() - began < seconds * 1_000) return;
    stoppedAfter = user;
    killAll();
  }, 1_000);
  let together = 0;
  const sampler = tree
    ? setInterval(() => {
        together = Math.max(together, residentOfTree(child.pid));
      }, 500)
    : undefined;
  signal.addEventListener("abort", killAll);
  process.once("exit", killAll);
  try {
    const { exitCode, stdout, stderr } = await child;
    signal.throwIfAborted();
    if (stoppedAfter !== undefined) {
      const wall = (performance.now() - began) / 1_000;
      return { outcome: "over-time", user: stoppedAfter, wall, megabytes: 0, stdout: "" };
    }
    // GNU time says first that the command failed, if it did.
    const [user = 0, wall = 0, kilobytes = 0] =
      (await readFile(timing, "utf8")).trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
    const memory = /out of memory|cannot allocate memory|Plugin did not respond/i.test(stderr);
    if (exitCode !== 0 && !memory) {
      // Terraform quotes cdk.tf.json, which is one line of megabytes.
      throw new Error(`${command.join(" ")} failed:\n${stderr.slice(0, 2_000)}\n${stdout.slice(-2_000)}`);
    }
    const outcome = memory ? "over-memory" : "done";
    return { outcome, user, wall, megabytes: Math.round(Math.max(kilobytes, together) / 1_000), stdout };
  } finally {
    clearInterval(timer);
    clearInterval(sampler);
    signal.removeEventListener("abort", killAll);
    process.removeListener("exit", killAll);
    // A provider that outlived its Terraform, which the memory limit ended.
    killAll();
    await rm(scratch, { recursive: true, force: true });
  }
}

let found: Promise<string> | undefined;

/** BSD's `time` and the shells' own know nothing of memory, or of formats. */
function gnuTime(): Promise<string> {
  found ??= (async () => {
    for (const name of ["time", "gtime"]) {
      const { stdout, stderr } = await execa(name, ["--version"], { reject: false }).catch(
        (error: ExecaError) => error,
      );
      if (/GNU/.test(`${stdout}${stderr}`)) return name;
    }
    throw new UserError("The bench measures with GNU time, which is not on the PATH", {
      next: ["apt-get install time", "or brew install gnu-time"],
    });
  })();
  return found;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** User seconds of a process group so far. Linux only; elsewhere 0. */
function cpuOfGroup(group: number | undefined): number {
  let ticks = 0;
  for (const entry of process.platform === "linux" ? readdirSync("/proc") : []) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, "utf8");
      // After the command's name, which may contain anything: state, ppid, pgrp, …; utime is the twelfth.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) === group) ticks += Number(fields[11]);
    } catch {
      // ended in the meantime
    }
  }
  return ticks / TICKS_A_SECOND;
}

/** Kilobytes that a process and all below it have resident. Linux only; elsewhere 0. */
function residentOfTree(root: number | undefined): number {
  const children = new Map<number, number[]>();
  const resident = new Map<number, number>();
  for (const entry of process.platform === "linux" ? readdirSync("/proc") : []) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
      resident.set(Number(entry), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // ended in the meantime
    }
  }
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child), resident.get(pid) ?? 0);
  return root === undefined ? 0 : sum(root);
}

/** The middle one of several runs, by what is asked for. */
export function median(runs: readonly Measured[], by: "user" | "wall"): Measured {
  const sorted = runs.toSorted((a, b) => a[by] - b[by]);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
