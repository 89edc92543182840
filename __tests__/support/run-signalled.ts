import { execa } from "execa";
import { startFaultyProxy } from "./faulty-proxy.ts";
import type { CommandResult } from "./run-command.ts";

export interface Signalled {
  /** The emulator; between it and the command stands a proxy without faults. */
  readonly target: string;
  /** @param endpoint the proxy */
  readonly env: (endpoint: string) => Record<string, string>;
  readonly signal: "SIGINT" | "SIGKILL";
  /** The command gets the signal when it makes this call for the nth time. */
  readonly at: { readonly operation: string; readonly nth: number };
}

/**
 * Runs a command and sends it a signal in the middle of its work.
 * @returns also how often it made that call
 */
export async function runSignalled(
  name: string,
  args: readonly string[],
  { target, env, signal, at }: Signalled,
): Promise<CommandResult & { readonly calls: number }> {
  const kill = new AbortController();
  let calls = 0;
  const proxy = await startFaultyProxy(target, {
    faults: { throttle: 0, drop: 0, delay: 0 },
    random: () => 0,
    onCall: (operation) => {
      if (operation !== at.operation) return;
      calls += 1;
      if (calls === at.nth) kill.abort();
    },
  });
  const running = execa(process.execPath, ["scripts/run.mjs", name, ...args], {
    env: env(proxy.endpoint),
    extendEnv: false,
    reject: false,
  });
  kill.signal.addEventListener("abort", () => running.kill(signal));
  const { exitCode, stdout, stderr } = await running;
  await proxy.stop();
  return { exitCode, stdout, stderr, calls };
}
