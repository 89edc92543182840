import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { Command, CommanderError, Help, InvalidArgumentError, Option, type ParseOptions } from "commander";
import { EXIT, formatLocation, UserError } from "../../lib/errors.ts";
import { fileFailure } from "../../lib/files.ts";
import { commandLine } from "../../lib/shell.ts";
import { type Screen, wrapIndented, wrapStep } from "../../lib/text/terminal.ts";
import { screenOf } from "../screen.ts";
import { printEnvironment } from "./environment.ts";
import { requireConfirmable } from "./protection.ts";
import { guardRunnerLog } from "./runner-log.ts";
import { environment, environments, requireEnvironment, requireSettings } from "./settings.ts";
import { sourceStack } from "./source-stack.ts";

export { ROOT } from "./root.ts";

/**
 * A command like all of ours: wrong usage and an unusable config.ts are errors in our own words, printed by `main`.
 * @param name as in `npm run NAME`
 */
export function newCommand(name: string, description: string, options: CommandOptions = {}): Command {
  const { changes, destroys } = options;
  const alone = environments.length === 0;
  const command = new CommandOfNpm(commandLine`npm run ${name} --`, options).addOption(
    new Option("--env <name>", "the environment of config.ts (default: ROSTER_ENV)").hideHelp(alone),
  );
  if (changes) command.addOption(new Option("--confirm <name>", CONFIRM).hideHelp(alone));
  if (destroys)
    command.option("--confirm <name>", "the name of the environment or stack, instead of typing it");
  return (
    command
      .description(description)
      .exitOverride()
      .configureHelp({ optionDescription })
      // commander would quote the argument that it does not understand
      .configureOutput({ outputError: () => {} })
  );
}

const CONFIRM = "the name of the protected environment, instead of typing it";

export interface CommandOptions {
  /** Reports what is wrong with config.ts itself. @default an unusable one is refused */
  readonly reportsConfig?: boolean;
  /** Can be for all environments at once. @default one has to be named if there are several */
  readonly allEnvironments?: boolean;
  /** Changes something, and so asks for the name of a protected environment: `confirmEnvironment`. @default it does not */
  readonly changes?: true | "sometimes";
  /** Always asks for the name. @default false */
  readonly destroys?: true;
}

/** Options that npm has, too: npm's value may come from its configuration instead of the command line. */
const OF_NPM: ReadonlySet<string> = new Set(["--yes", "--only", "--save"]);

class CommandOfNpm extends Command {
  readonly #options: CommandOptions;

  constructor(name: string, options: CommandOptions) {
    super(name);
    this.#options = options;
  }

  /**
   * Like commander's, then checks the environment and config.ts: `--help` and invalid arguments come first.
   * @throws CommanderError after --help
   * @throws UserError (exit 2) for wrong usage, in our words
   * @throws UserError if an option is before the `--`: npm keeps it, and we would continue without it
   * @throws SettingsError if config.ts can't be used
   */
  override parse(argv: readonly string[] = process.argv, options?: ParseOptions): this {
    const kept = this.options.find(
      ({ long = "" }) =>
        !OF_NPM.has(long) &&
        process.env[`npm_config_${long.slice(2).replaceAll("-", "_")}`] &&
        !argv.some((argument) => argument === long || argument.startsWith(`${long}=`)),
    );
    if (kept?.long === undefined) {
      this.#parseOptions(argv, options);
      const { reportsConfig = false, allEnvironments = false, changes } = this.#options;
      requireEnvironment(this.name(), allEnvironments);
      // As the settings were chosen by it, before commander could say what is an option and what another one's value.
      const { env } = this.opts<{ env?: string }>();
      if (env !== undefined && env !== environment && environments.length > 0) throw unclear();
      if (!reportsConfig) requireSettings();
      if (changes === true) requireConfirmable(this.opts());
      return this;
    }
    throw new UserError(`npm took ${kept.long} for itself`, {
      why: "npm only passes on what follows a --. Nothing was done.",
      next: [`write ${this.name()} before the options, as in: ${this.name()} ${kept.long}`],
      exitCode: EXIT.wrong,
    });
  }

  #parseOptions(argv: readonly string[], options?: ParseOptions): void {
    try {
      super.parse(argv, options);
    } catch (error) {
      if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
      throw explainUsage(error, this.name());
    }
  }
}

/** For options that count people. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

function unclear(): UserError {
  return new UserError("It isn't clear which environment is meant", {
    next: ["pass --env NAME once, before everything else"],
    exitCode: EXIT.wrong,
  });
}

/** A switch is off and a list empty by default: that needs no mention. */
const optionDescription = (option: Option) =>
  new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");

/** An option as we declare it, without its value. */
const flagOf = (declared: string | undefined) => declared?.split(" ")[0] ?? "";

/** Each kind of wrong usage: what to read in commander's sentence, and what to make of it. */
const COMPLAINTS: Readonly<
  Record<string, readonly [declared: RegExp, words: (...declared: string[]) => string]>
> = {
  "commander.optionMissingArgument": [
    /^error: option '(-[^']+)' argument missing/,
    (option) => `An option is missing its value: ${option}`,
  ],
  "commander.invalidArgument": [
    /^error: option '(-[^']+)' argument '/,
    (option) => `An option has an invalid value: ${option}`,
  ],
  "commander.conflictingOption": [
    /^error: option '(-[^']+)' cannot be used with option '(-[^']+)'$/,
    (one, other) => `${flagOf(one)} and ${flagOf(other)} can't be combined`,
  ],
  "commander.missingArgument": [
    /^error: missing required argument '([^']+)'/,
    (argument = "") => `Missing argument: ${argument.toUpperCase()}`,
  ],
  "commander.excessArguments": [/^/, () => "Too many arguments"],
  "commander.unknownOption": [/^/, () => "Unknown option"],
};

/** With nothing to leave out by mistake, there is nothing to hide. */
const WITHOUT_INPUT: ReadonlySet<string> = new Set([
  "commander.conflictingOption",
  "commander.missingArgument",
]);

/**
 * The message for wrong usage. It never quotes the input: an argument in the wrong place may be a password.
 * @param command as it was typed, up to its options: `npm run plan --`
 */
function explainUsage({ code, message }: CommanderError, command: string): UserError {
  const hint = /Allowed choices are .*$|Write a .*$/.exec(message)?.[0];
  // It begins like one of ours, so it says no more than --help does.
  const near = /\n\(Did you mean (?:one of )?(--[a-z, -]+)\?\)$/.exec(message)?.[1];
  const [pattern, words] = COMPLAINTS[code] ?? [/^/, () => "The options or arguments are wrong"];
  const [, ...declared] = pattern.exec(message) ?? [];
  const why = [
    hint,
    WITHOUT_INPUT.has(code) ? "" : "Your input is not repeated here, in case it is a password.",
  ]
    .filter(Boolean)
    .join(" ");
  return new UserError(words(...declared), {
    ...(why && { why }),
    next: [
      ...(near === undefined ? [] : [`did you mean ${near.replace(/, (?=[^,]*$)/, " or ")}?`]),
      ...(code === "commander.conflictingOption" ? ["leave out one of them"] : []),
      `see its options: ${command} --help`,
    ],
    exitCode: EXIT.wrong,
  });
}

/** What happened, where, why, and what to do next, wrapped to the window. */
export function errorText(error: UserError, { paint, columns }: Screen): string {
  return [
    ...wrapIndented(`${paint.red("✖")} `, error.message, columns),
    ...(error.where ? [`  ${paint.cyan(formatLocation(error.where))}`] : []),
    ...(error.why ? wrapIndented("  ", error.why, columns) : []),
    ...error.next.flatMap((step) => wrapStep(`  ${paint.yellow("→")} `, step, columns)),
    "",
  ].join("\n");
}

/** Warnings about what was read: on stderr, each once. */
export function warnOf(
  { warnings }: { readonly warnings: readonly string[] },
  { restored = false }: { readonly restored?: boolean } = {},
): void {
  const { paint, columns } = screenOf(process.stderr);
  const all = restored
    ? [...warnings, "A killed run had damaged the state. It was restored from the copy beside it."]
    : warnings;
  const lines = all.flatMap((text) => wrapIndented(`${paint.yellow("Warning:")} `, text, columns));
  for (const line of lines) process.stderr.write(`${line}\n`);
}

/** No reader: a closed pipe, a closed terminal. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ENOTCONN"]);

/**
 * Runs a command and turns its result into a message on stderr and an exit code. Nothing else does: a `UserError` is printed
 * (what, where, why, next step) and exits with its own code; so is a file that can't be read or written, with 1; wrong usage
 * (commander's `exitOverride`) exits 2; Ctrl-C in a prompt 130; anything else is a defect, keeps its stack and exits 1.
 * @param run the command; the number it returns is the exit code, nothing means 0
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a command may simply end
export function main(run: () => Promise<number | void>): void {
  guardRunnerLog();
  printEnvironment(environment);
  // `npm run check | head` closes the pipe early, and a closed window ends its terminal: whatever was started still has to be
  // stopped, although no one reads why.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code)) return;
    // The output is lost, so nothing else may look like a success.
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
  const explained = error instanceof UserError ? error : fileFailure(error);
  if (explained !== undefined) {
    process.stderr.write(errorText(explained, screenOf(process.stderr)));
    return explained.exitCode;
  }
  process.stderr.write(`${stackOf(error)}\n`);
  return EXIT.failed;
}

/** Only the stacks: an inspected SDK error would also print the request, with any secret in it. */
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

/** Ctrl-C and similar signals as an AbortSignal, so that what was started can be stopped before the process ends. */
export function interruption(): Interruption {
  const controller = new AbortController();
  // Every waiting request listens, and there are fifty at a time: no leak, so no warning on stderr.
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
  // A signal to npm alone reaches only npm: if it has gone, no one waits for us any more.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.emit("SIGHUP");
  }, 1_000).unref();
  return { signal: controller.signal, happened, exitCode: () => exitCode };
}
