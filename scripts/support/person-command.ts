import { Command, CommanderError } from "commander";
import { UserError } from "../../lib/errors.ts";

/** The options that every command about one person has (docs: design.md, Commands). */
export interface PersonOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly passwordStdin?: boolean;
  readonly showTokens?: boolean;
  readonly json?: boolean;
}

export interface PersonCommand {
  readonly username: string;
  readonly options: PersonOptions;
}

export interface PersonCommandText {
  /** As in `npm run NAME`. */
  readonly name: string;
  readonly description: string;
  /** What --password-stdin reads, line by line. */
  readonly lines: string;
}

/**
 * Reads `USERNAME [options]`. What it complains of it never quotes: an argument in the wrong place may be a password.
 * @param argv as process.argv
 * @throws UserError (exit 2) for wrong usage; CommanderError after --help
 */
export function parsePersonCommand(
  argv: readonly string[],
  { name, description, lines }: PersonCommandText,
): PersonCommand {
  const command = new Command(`npm run ${name} --`)
    .description(description)
    .argument("[username]", "the person, as named in users.json")
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, else what was deployed last")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, else what was deployed last")
    .option("--password-stdin", `read from standard input instead of asking: ${lines}`)
    .option("--show-tokens", "print the tokens themselves")
    .option("--json", "print one JSON document, tokens included, and nothing else on standard output")
    .allowExcessArguments()
    .exitOverride()
    // commander would quote the argument that it does not understand
    .configureOutput({ outputError: () => {} });
  try {
    command.parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new UserError(
      error.code === "commander.optionMissingArgument"
        ? "An option lacks its value"
        : "There is an option that this command does not have",
      { why: "It is not repeated here, in case it is a password.", next: usage(name), exitCode: 2 },
    );
  }
  const [username, ...excess] = command.args;
  if (username === undefined || username.trim() === "") {
    throw new UserError("Whose? The username is missing", { next: usage(name), exitCode: 2 });
  }
  if (excess.length > 0) {
    throw new UserError("Only the username belongs on the command line", {
      why: "Passwords never do: the process list and the shell's history would show them. If that was one, take it out of the history.",
      next: [...usage(name), "without a terminal: --password-stdin"],
      exitCode: 2,
    });
  }
  return { username, options: command.opts<PersonOptions>() };
}

const usage = (name: string) => [`npm run ${name} -- USERNAME`, `npm run ${name} -- --help`];
