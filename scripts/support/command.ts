import { Command, type CommanderError, Help, type Option, type ParseOptions } from "commander";
import { UserError } from "../../lib/errors.ts";

/**
 * A command as all of ours are: wrong usage is an error in our own words, which `main` tells.
 * @param name as in `npm run NAME`
 */
export function newCommand(name: string, description: string): Command {
  return (
    new CommandOfNpm(`npm run ${name} --`)
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
  /**
   * As commander's.
   * @throws UserError where an option stands before the `--`: npm keeps it for itself, and we would go on without it
   */
  override parse(argv: readonly string[] = process.argv, options?: ParseOptions): this {
    const kept = this.options.find(
      ({ long = "" }) =>
        !OF_NPM.has(long) &&
        process.env[`npm_config_${long.slice(2).replaceAll("-", "_")}`] &&
        !argv.some((argument) => argument === long || argument.startsWith(`${long}=`)),
    );
    if (kept?.long === undefined) return super.parse(argv, options);
    throw new UserError(`npm kept ${kept.long} for itself`, {
      why: "npm passes on only what follows a -- of its own. Nothing was done.",
      next: [`write ${this.name()} before the options, as in: ${this.name()} ${kept.long}`],
      exitCode: 2,
    });
  }
}

/** A switch is off, and a list empty, unless it is given: nobody has to be told. */
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
    exitCode: 2,
  });
}
