import { setMaxListeners } from "node:events";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** Resolves when the person interrupts. */
  readonly happened: Promise<void>;
  /** 128 + the signal's number, as shells report it. */
  readonly exitCode: () => number;
}

/** Ctrl-C and its kin as an AbortSignal, so that whoever started something can end it before the process does. */
export function interruption(): Interruption {
  const controller = new AbortController();
  // Every request that waits for its turn listens, and there are fifty at a time: no leak, so no warning on stderr.
  setMaxListeners(0, controller.signal);
  let exitCode = 0;
  const happened = new Promise<void>((resolve) => {
    for (const name of SIGNALS) {
      process.on(name, () => {
        exitCode ||= 128 + constants.signals[name];
        controller.abort();
        resolve();
      });
    }
  });
  // A signal to npm alone reaches npm alone: when it goes, whoever waits for us has gone.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.emit("SIGHUP");
  }, 1_000).unref();
  return { signal: controller.signal, happened, exitCode: () => exitCode };
}
