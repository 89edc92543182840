import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, CommanderError, Help, type Option, type ParseOptions } from "commander";
import { EXIT, formatLocation, UserError } from "../../lib/errors.ts";
import { fileFailure } from "../../lib/files.ts";
import { commandLine } from "../../lib/shell.ts";
import { type Screen, wrapIndented, wrapStep } from "../../lib/text/terminal.ts";
import { screenOf } from "../screen.ts";
import { guardRunnerLog } from "./runner-log.ts";
import { requireSettings } from "./settings.ts";
import { sourceStack } from "./source-stack.ts";

/** The repository's root, which is also the project's. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A command as all of ours are: wrong usage, and a config.ts that can't be used, are errors in our own words, which `main`
 * prints.
 * @param name as in `npm run NAME`
 * @param reportsConfig for a command that itself tells what is wrong with config.ts. @default it is refused
 */
export function newCommand(
  name: string,
  description: string,
  { reportsConfig = false }: { readonly reportsConfig?: boolean } = {},
): Command {
  return (
    new CommandOfNpm(commandLine`npm run ${name} --`, reportsConfig)
      .description(description)
      .exitOverride()
      .configureHelp({ optionDescription })
      // commander would quote the argument that it does not understand
      .configureOutput({ outputError: () => {} })
  );
}

/** Options that npm has, too: what npm says of them may come from its configuration, and was not typed here. */
const OF_NPM: ReadonlySet<string> = new Set(["--yes", "--only", "--save"]);

class CommandOfNpm extends Command {
  readonly #reportsConfig: boolean;

  constructor(name: string, reportsConfig: boolean) {
    super(name);
    this.#reportsConfig = reportsConfig;
  }

  /**
   * As commander's, then looks at config.ts: `--help`, and what is wrong with the arguments, come first.
   * @throws UserError where an option stands before the `--`: npm keeps it for itself, and we would go on without it
   * @throws SettingsError where config.ts can't be used
   */
  override parse(argv: readonly string[] = process.argv, options?: ParseOptions): this {
    const kept = this.options.find(
      ({ long = "" }) =>
        !OF_NPM.has(long) &&
        process.env[`npm_config_${long.slice(2).replaceAll("-", "_")}`] &&
        !argv.some((argument) => argument === long || argument.startsWith(`${long}=`)),
    );
    if (kept?.long === undefined) {
      super.parse(argv, options);
      if (!this.#reportsConfig) requireSettings();
      return this;
    }
    throw new UserError(`npm kept ${kept.long} for itself`, {
      why: "npm passes on only what follows a -- of its own. Nothing was done.",
      next: [`write ${this.name()} before the options, as in: ${this.name()} ${kept.long}`],
      exitCode: EXIT.wrong,
    });
  }
}

/** A switch is off, and a list empty, unless it is given: that goes without saying. */
const optionDescription = (option: Option) =>
  new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");

const COMPLAINTS: Readonly<Record<string, string>> = {
  "commander.optionMissingArgument": "An option lacks its value",
  "commander.invalidArgument": "An option has a value that it cannot have",
  "commander.conflictingOption": "Two of the options contradict each other",
  "commander.excessArguments": "There are more arguments than this command takes",
};

/** Words for wrong usage. They never quote what was typed: an argument in the wrong place may be a password. */
export function explainUsage({ code, message }: CommanderError): UserError {
  const hint = /Allowed choices are .*$|Write a .*$/.exec(message)?.[0];
  // The option as we declare it, which commander's sentence begins with
  const declared = /^error: option '(-[^']+)' (?:argument|cannot)/.exec(message)?.[1];
  const complaint = COMPLAINTS[code] ?? "There is an option that this command does not have";
  return new UserError(declared === undefined ? complaint : `${complaint}: ${declared}`, {
    why: [hint, "What was given is not repeated here, in case it is a password."].filter(Boolean).join(" "),
    next: ["--help lists the options"],
    exitCode: EXIT.wrong,
  });
}

/** What happened, where, why, and what to do next, in lines of the window. */
export function errorText(error: UserError, { paint, columns }: Screen): string {
  return [
    ...wrapIndented(`${paint.red("✖")} `, error.message, columns),
    ...(error.where ? [`  ${paint.cyan(formatLocation(error.where))}`] : []),
    ...(error.why ? wrapIndented("  ", error.why, columns) : []),
    ...error.next.flatMap((step) => wrapStep(`  ${paint.yellow("→")} `, step, columns)),
    "",
  ].join("\n");
}

/** What a person should know about what was read, and goes on: on stderr, each once. */
export function warnOf(
  { warnings }: { readonly warnings: readonly string[] },
  { restored = false }: { readonly restored?: boolean } = {},
): void {
  const { yellow } = screenOf(process.stderr).paint;
  const all = restored
    ? [...warnings, "A killed run had left the state broken: it was restored from the copy beside it."]
    : warnings;
  for (const text of all) process.stderr.write(`${yellow("Warning:")} ${text}\n`);
}

/** Nobody reads any more: a closed pipe, a closed terminal. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ENOTCONN"]);

/**
 * Runs a command and turns how it ends into words on stderr and an exit code. The only place that does:
 * a `UserError` is printed (what, where, why, what next) and exits with its own code; so is a file that cannot be read or
 * written, with 1; wrong usage (commander's `exitOverride`) exits 2; Ctrl-C in a prompt 130; anything else is a defect,
 * keeps its stack and exits 1.
 * @param run the command; the number it returns is the exit code, nothing means 0
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a command may simply end
export function main(run: () => Promise<number | void>): void {
  guardRunnerLog();
  // `npm run check | head` closes the pipe early, and a window that is closed takes its terminal with it: whatever
  // was started still has to be stopped, with nobody there to read why.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code)) return;
    // What was to be printed is lost, so nothing else may look like a success.
    process.exit(explain(error));
  });
  process.stderr.on("error", () => {});
  run().then(
    (code) => {
      process.exitCode = code ?? EXIT.ok;
    },
    (error: unknown) => {
      process.exitCode = explain(error);
    },
  );
}

function explain(error: unknown): number {
  // commander has printed its help
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  // By name: @inquirer does not export the class from its main entry.
  if (error instanceof Error && error.name === "ExitPromptError") return EXIT.interrupted;
  const usage = error instanceof CommanderError ? explainUsage(error) : undefined;
  const explained = usage ?? (error instanceof UserError ? error : fileFailure(error));
  if (explained !== undefined) {
    process.stderr.write(errorText(explained, screenOf(process.stderr)));
    return explained.exitCode;
  }
  process.stderr.write(`${stackOf(error)}\n`);
  return EXIT.failed;
}

/** The stacks alone: an inspected SDK error would also print the request, with whatever secret is in it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = sourceStack(error.stack ?? String(error));
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}

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
