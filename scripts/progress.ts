import yoctoSpinner from "yocto-spinner";
import { cut, wrapIndented } from "../lib/text/terminal.ts";
import { screenOf } from "./screen.ts";

export interface Shown {
  /**
   * Replaces what is shown.
   * @param detail such as `120 of 1000`
   * @param secondsLeft an estimate; a terminal shows it instead of the elapsed seconds
   */
  readonly say: (step: string, detail?: string, secondsLeft?: number) => void;
  readonly stop: () => void;
}

/** Without a terminal, the same step is repeated at most this often. */
const LINE_EVERY_MS = 2_000;

/** The work in progress, on stderr: a spinner with the step's seconds on a terminal, else one line per step. */
export function progress(): Shown {
  return process.stderr.isTTY ? onTerminal() : inLines();
}

function onTerminal(): Shown {
  // Not its own signal handling, which would end the process before what it started is stopped.
  const spinner = yoctoSpinner({ stream: process.stderr, handleSignals: false });
  let current = "";
  let detail = "";
  let left: number | undefined;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    const seconds = Math.floor((Date.now() - since) / 1_000);
    const time = leftText(left) || (seconds > 1 ? `${seconds} s` : "");
    const text = [current, detail, time].filter(Boolean).join("  ");
    // If it were longer than the window, it could not be erased.
    spinner.text = cut(text, (process.stderr.columns ?? 80) - 4);
  };
  return {
    say: (step, more = "", secondsLeft) => {
      if (step !== current) since = Date.now();
      [current, detail, left] = [step, more, secondsLeft];
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
    say: (step, detail, secondsLeft) => {
      if (step === current && Date.now() - last < LINE_EVERY_MS) return;
      [current, last] = [step, Date.now()];
      process.stderr.write(`${[step, detail, leftText(secondsLeft)].filter(Boolean).join("  ")}\n`);
    },
    stop: () => {},
  };
}

/** `12 s left`, `3 min left`; nothing without an estimate. */
function leftText(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  return seconds < 100 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
}

/** A notice on stderr, replacing the progress. */
export function notice(shown: Shown, text: string): void {
  shown.stop();
  const { paint, columns } = screenOf(process.stderr);
  process.stderr.write(`${wrapIndented(`${paint.yellow("!")} `, text, columns).join("\n")}\n`);
}
