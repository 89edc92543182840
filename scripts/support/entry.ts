import { CommanderError } from "commander";
import { UserError } from "../../lib/errors.ts";
import { fileFailure } from "../../lib/files.ts";
import { explainUsage } from "./command.ts";
import { errorText } from "./error-text.ts";
import { screenOf } from "./screen.ts";
import { sourceStack } from "./stack.ts";

/** Nobody reads any more: a closed pipe, a closed terminal. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ENOTCONN"]);

/** 128 + SIGINT: what a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Runs a command and turns how it ends into words on stderr and an exit code. The only place that does:
 * a `UserError` is told (what, where, why, what next) and exits with its own code; so is a file that cannot be read or
 * written, with 1; wrong usage (commander's `exitOverride`) exits 2; Ctrl-C in a prompt 130; anything else is a defect,
 * keeps its stack and exits 1.
 * @param run the command; the number it returns is the exit code, nothing means 0
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a command may simply end
export function main(run: () => Promise<number | void>): void {
  // `npm run check | head` closes the pipe early, and a window that is closed takes its terminal with it: whatever
  // was started still has to be stopped, with nobody there to be told.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code)) return;
    // What was to be told is lost, so nothing else may look like a success.
    process.exit(explain(error));
  });
  process.stderr.on("error", () => {});
  run().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      process.exitCode = explain(error);
    },
  );
}

function explain(error: unknown): number {
  // commander has printed its help
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // By name: @inquirer does not export the class from its main entry.
  if (error instanceof Error && error.name === "ExitPromptError") return INTERRUPTED;
  const usage = error instanceof CommanderError ? explainUsage(error) : undefined;
  const told = usage ?? (error instanceof UserError ? error : fileFailure(error));
  if (told !== undefined) {
    process.stderr.write(errorText(told, screenOf(process.stderr)));
    return told.exitCode;
  }
  process.stderr.write(`${stackOf(error)}\n`);
  return 1;
}

/** The stacks alone: an inspected SDK error would also print the request, with whatever secret is in it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = sourceStack(error.stack ?? String(error));
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}
