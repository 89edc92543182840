import yoctoSpinner from "yocto-spinner";

export interface Shown {
  /** Replaces what is shown. */
  readonly say: (step: string, detail?: string) => void;
  readonly stop: () => void;
}

/** Without a terminal the same step is told again at most this often. */
const LINE_EVERY_MS = 2_000;

/** What goes on, on stderr: a spinner with the step's seconds on a terminal, else a line for every step. */
export function progress(): Shown {
  return process.stderr.isTTY ? onTerminal() : inLines();
}

function onTerminal(): Shown {
  // Not its own signal handling, which would end the process before what it started is stopped.
  const spinner = yoctoSpinner({ stream: process.stderr, handleSignals: false });
  let current = "";
  let detail = "";
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    const seconds = Math.floor((Date.now() - since) / 1_000);
    const text = [current, detail, seconds > 1 ? `${seconds} s` : ""].filter(Boolean).join("  ");
    // Longer than the window, it could not be erased again.
    spinner.text = text.slice(0, (process.stderr.columns ?? 80) - 4);
  };
  return {
    say: (step, more = "") => {
      if (step !== current) since = Date.now();
      [current, detail] = [step, more];
      show();
      spinner.start();
      timer ??= setInterval(show, 1_000).unref();
    },
    stop: () => {
      clearInterval(timer);
      timer = undefined;
      spinner.stop();
    },
  };
}

function inLines(): Shown {
  let current = "";
  let last = 0;
  return {
    say: (step, detail) => {
      if (step === current && Date.now() - last < LINE_EVERY_MS) return;
      [current, last] = [step, Date.now()];
      process.stderr.write(`${[step, detail].filter(Boolean).join("  ")}\n`);
    },
    stop: () => {},
  };
}
