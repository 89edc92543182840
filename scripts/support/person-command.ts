import { Option } from "commander";
import { FLOW_NAMES, type FlowName } from "../../lib/auth/choose-flow.ts";
import { UserError } from "../../lib/errors.ts";
import { newCommand } from "./command.ts";

/** The options of the commands about one person (docs: design.md, Commands); each has some of them. */
export interface PersonOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly passwordStdin?: boolean;
  readonly tokenStdin?: boolean;
  readonly codeStdin?: boolean;
  readonly totpSecretStdin?: boolean;
  readonly flow?: FlowName;
  readonly deviceName?: string;
  readonly mfaEnroll?: boolean;
  readonly showTokens?: boolean;
  readonly save?: string;
  readonly tokens?: string;
  readonly everywhere?: boolean;
  readonly haveCode?: boolean;
}

export interface PersonCommand {
  readonly username: string;
  readonly options: PersonOptions;
}

export interface PersonCommandText {
  /** As in `npm run NAME`. */
  readonly name: string;
  readonly description: string;
  /** The options that read secrets from standard input, each with what it reads line by line. */
  readonly stdin: Readonly<Record<`--${string}-stdin`, string>>;
  /** Flags of OPTIONS that this command has besides the common ones. */
  readonly options?: readonly (keyof typeof OPTIONS)[];
}

/** Every option that some commands have, so that it means the same in each of them. */
const OPTIONS = {
  "--flow <name>":
    "how the password is proved: srp (it stays on this machine), password (sent over TLS), admin (with AWS credentials); default: the deployed client.signInFlow, else srp, else password",
  "--totp-secret-stdin":
    "read the secret of the authenticator app as the first line of standard input, and answer its codes by itself",
  "--device-name <name>": "what Cognito calls an authenticator app that is set up now",
  "--mfa-enroll": "then set up an authenticator app, and have its codes asked for from now on",
  "--show-tokens": "print the tokens themselves",
  "--save <file>": "write the tokens to this file, readable by you alone, for --tokens",
  "--tokens <file>": "use the tokens that --save wrote",
  "--everywhere": "sign the person out on every device",
  "--have-code": "a code was sent already: do not send another",
} as const;

/**
 * Reads `USERNAME [options]`. What it complains of it never quotes: an argument in the wrong place may be a password.
 * @param argv as process.argv
 * @throws UserError (exit 2) and CommanderError for wrong usage, CommanderError after --help too
 */
export function parsePersonCommand(argv: readonly string[], text: PersonCommandText): PersonCommand {
  const { name } = text;
  const command = newCommand(name, text.description)
    .argument("[username]", "the person, as named in users.json")
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, else what was deployed last")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, else what was deployed last");
  for (const [flag, lines] of Object.entries(text.stdin)) {
    command.option(flag, `read from standard input instead of asking: ${lines}`);
  }
  for (const flag of text.options ?? []) {
    const option = new Option(flag, OPTIONS[flag]);
    command.addOption(flag === "--flow <name>" ? option.choices(FLOW_NAMES) : option);
  }
  command
    .option("--json", "print one JSON document, tokens included, and nothing else on standard output")
    .option("--debug", "tell each request on standard error: operation, endpoint, status, request id, time")
    .allowExcessArguments()
    .parse(argv);
  const [username, ...excess] = command.args;
  if (username === undefined || username.trim() === "") {
    throw new UserError("Whose? The username is missing", { next: usage(name), exitCode: 2 });
  }
  if (excess.length > 0) {
    throw new UserError("Only the username belongs on the command line", {
      why: "Passwords never do: the process list and the shell's history would show them. If that was one, take it out of the history.",
      next: [...usage(name), `without a terminal: ${Object.keys(text.stdin).join(" or ")}`],
      exitCode: 2,
    });
  }
  return { username, options: command.opts<PersonOptions>() };
}

const usage = (name: string) => [`npm run ${name} -- USERNAME`, `npm run ${name} -- --help`];
