import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const WINDOWS = process.platform === "win32";

export interface Supervision {
  /** Whether the grace period ran out and everything was killed. */
  readonly killed: () => boolean;
  /** Call it when Terraform has exited. Ends whatever is left in its process group, such as a provider. */
  readonly release: () => void;
}

/**
 * Makes Terraform stop in time and completely. An abort sends it exactly one SIGINT: it then finishes the calls under way and
 * saves the state. A second one would make it quit at once and lose what it had just created. After the grace period its whole
 * process group is killed. If this process exits while Terraform runs, the same happens before the exit.
 * @param pid Terraform's, and its process group's
 */
export function superviseTerraform(pid: number, gracePeriodMs: number, signal?: AbortSignal): Supervision {
  let interrupted = false;
  let killed = false;
  let timer: NodeJS.Timeout | undefined;

  const interrupt = () => {
    if (interrupted) return;
    interrupted = true;
    // Windows can't send a Ctrl-C to one process; there Terraform shares our console and gets the terminal's own
    if (!WINDOWS) send(pid, "SIGINT");
  };
  const onAbort = () => {
    interrupt();
    timer = setTimeout(() => {
      killed = true;
      killGroup(pid);
    }, gracePeriodMs);
  };
  const onExit = () => {
    interrupt();
    const deadline = Date.now() + gracePeriodMs;
    while (Date.now() < deadline && isRunning(pid)) {
      // an exit handler cannot await
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
    killGroup(pid);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  process.once("exit", onExit);
  return {
    killed: () => killed,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      process.removeListener("exit", onExit);
      killGroup(pid);
    },
  };
}

function killGroup(pid: number): void {
  if (WINDOWS) spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
  else send(-pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: already gone. EPERM: what macOS returns for a group with only a zombie left
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** A finished child stays a zombie until the event loop reaps it, so asking with `kill(pid, 0)` would wait in vain. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    const state = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
    return /^[^ZX\s]/.test(state.trim());
  }
}
