import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { Option } from "commander";
import type { Progress } from "../../lib/auth/answers.ts";
import type { PersonAtClient } from "../../lib/auth/sign-in.ts";
import { assertSavable, saveTokens } from "../../lib/auth/token-file.ts";
import { type TokenSummary, type Tokens, verifyTokens } from "../../lib/auth/tokens.ts";
import { withTotpSecret } from "../../lib/auth/totp.ts";
import { cognitoClient, type Exchange } from "../../lib/cognito/client.ts";
import { identityOf, type PoolIdentity } from "../../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { commandLine } from "../../lib/shell.ts";
import { FLOW_NAMES, type SignInFlow } from "../../lib/stack/settings.ts";
import { wrapIndented } from "../../lib/text/terminal.ts";
import { openSecrets, type Secrets, type SecretsOptions } from "../ask/secrets.ts";
import { newCommand } from "./main.ts";
import { commandInputs } from "./output.ts";
import { announcePool, nameOf, resolveTarget } from "./target.ts";

/** The options of the commands about one person (docs: design.md, Commands); each has some of them. */
export interface PersonOptions extends SecretsOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly flow?: SignInFlow;
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
  /** Changes nothing: then nobody needs to be told which pool it is. @default false */
  readonly readOnly?: true;
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
function parsePersonCommand(argv: readonly string[], text: PersonCommandText): PersonCommand {
  const { name } = text;
  const command = newCommand(name, text.description)
    .argument("[username]", "the person, as named in users.json")
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, else what config.ts's stack deployed")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, else what config.ts's stack deployed");
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
    throw new UserError("Whose? The username is missing", { next: usage(name), exitCode: EXIT.wrong });
  }
  if (excess.length > 0) {
    throw new UserError("Only the username belongs on the command line", {
      why: "Passwords never do: the process list and the shell's history would show them. If that was one, take it out of the history.",
      next: [...usage(name), `without a terminal: ${Object.keys(text.stdin).join(" or ")}`],
      exitCode: EXIT.wrong,
    });
  }
  return { username, options: command.opts<PersonOptions>() };
}

const usage = (name: string) => [
  commandLine`npm run ${name} -- USERNAME`,
  commandLine`npm run ${name} -- --help`,
];

export interface PersonAtWork {
  /** What the functions of lib/auth ask for; its answers are `secrets`. */
  readonly person: PersonAtClient;
  readonly options: PersonOptions;
  readonly client: CognitoIdentityProviderClient;
  readonly secrets: Secrets;
  /** Which pool it is, for `--json`. Its account is unknown: nothing here has the right to ask. */
  readonly pool: PoolIdentity;
  /** Where the last request went. */
  readonly endpoint: () => string | undefined;
}

const say = (line: string) =>
  void process.stderr.write(`${wrapIndented("", line, process.stderr.columns).join("\n")}\n`);

/** What is worth a line as it happens; the terminal or the command says the rest. */
const WORDS: Partial<Record<Progress, string>> = {
  "session-restarted": "The session had ended; it was begun again with what was typed.",
  "srp-not-allowed":
    "The app client does not allow SRP: the password is sent over TLS instead (--flow password says so at once).",
};

/** What Ctrl-C leaves behind, the weightiest first. */
const LEFT: readonly (readonly [Progress, string])[] = [
  ["new-password-set", "The new password is set already: go on with npm run sign-in."],
  ["code-sent", "A code was sent, and the password is still the old one."],
];

/**
 * The frame around every command about one person: arguments, whom to ask for secrets, which user pool, a client.
 * Ctrl-C at a prompt says what it left behind, and passes on.
 */
export async function withPerson(
  text: PersonCommandText,
  work: (person: PersonAtWork) => Promise<void>,
): Promise<void> {
  const { username, options } = parsePersonCommand(process.argv, text);
  const source = openSecrets(options, Object.keys(text.stdin), stopWhileWaiting);
  const done = new Set<Progress>();
  try {
    const target = await resolveTarget(options, process.env);
    const pool = identityOf({}, { ...target, ...nameOf(options, process.env) });
    if (!text.readOnly || options.mfaEnroll) announcePool(pool, options);
    let endpoint: string | undefined;
    const client = cognitoClient({
      region: target.region,
      onWait: () => say("Waiting for Cognito …"),
      onExchange: (exchange) => {
        endpoint = exchange.endpoint;
        if (options.debug) say(describeExchange(exchange));
      },
    });
    const heard: Secrets = {
      ...source,
      onProgress(progress) {
        done.add(progress);
        const words = WORDS[progress];
        if (words !== undefined) say(words);
      },
    };
    const secrets = options.totpSecretStdin
      ? withTotpSecret(
          heard,
          await source.password(`Secret of the authenticator app of ${username}`),
          (seconds) => say(`Cognito takes each code once: waiting ${seconds} s for the next one …`),
        )
      : heard;
    const { flow = target.signInFlow, deviceName } = options;
    const person = { ...target, policy: target.passwordPolicy, username, answers: secrets, flow, deviceName };
    await work({ person, options, client, secrets, pool, endpoint: () => endpoint });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") {
      const [, left] = LEFT.find(([progress]) => done.has(progress)) ?? [];
      say(`\nStopped. ${left ?? "Nothing was changed."}`);
    } else if (error instanceof UserError && done.has("new-password-set")) {
      say("The new password is set already; it was after that that something went wrong:");
    }
    throw error;
  } finally {
    source.close();
  }
}

/** For --debug. Bodies are left out: they are made of passwords and tokens. */
function describeExchange(exchange: Exchange): string {
  const {
    operation,
    endpoint = "no endpoint",
    status = "no answer",
    failure,
    requestId,
    attempts,
  } = exchange;
  const facts = [`${status}${failure === undefined ? "" : ` ${failure}`}`, `${exchange.milliseconds} ms`];
  if (requestId) facts.push(`request ${requestId}`);
  if (attempts !== undefined && attempts > 1) facts.push(`${attempts} attempts`);
  return `debug: ${operation} ${endpoint}: ${facts.join(", ")}`;
}

/** Ctrl-C while a request is under way: whether Cognito took it nobody here can know. */
function stopWhileWaiting(): never {
  say("\nStopped while waiting for Cognito: npm run sign-in shows which password holds.");
  // The request itself cannot be taken back, and its retries would keep the command alive.
  process.exit(EXIT.interrupted);
}

export type Outcome = "confirmed" | "already-finished" | "signed-in" | "enrolled" | "refreshed";

const HEADLINES: Readonly<Record<Outcome, (username: string) => string>> = {
  confirmed: (username) =>
    `✔ First login finished: ${username} has a password of their own and is signed in.`,
  "already-finished": (username) =>
    `✔ ${username} has finished the first login already: nothing was changed. Sign in with npm run sign-in.`,
  "signed-in": (username) => `✔ Signed in: ${username}`,
  enrolled: (username) => `✔ Signed in: ${username}, whose authenticator app is asked for codes from now on.`,
  refreshed: (username) => `✔ New tokens for ${username}`,
};

/** Before anybody types a password: can the tokens be saved where they are to be? */
export async function checkSave({ save }: PersonOptions): Promise<void> {
  if (save !== undefined) await assertSavable(save, commandInputs());
}

/**
 * The end of every command that yields tokens: they are verified, then saved if that was asked for, then reported on stdout: as
 * one JSON document, or as a summary with the tokens themselves only on request.
 * @param tokens left out where nothing was to be gained by the sign-in
 */
export async function finishSignIn(
  { person, options, pool, endpoint }: PersonAtWork,
  outcome: Outcome,
  tokens: Tokens | undefined,
): Promise<void> {
  const { username } = person;
  const summary = tokens && (await verifyTokens(tokens, { ...person, endpoint: endpoint() }));
  if (tokens && options.save !== undefined) await saveTokens(options.save, person, tokens, commandInputs());
  const document = { outcome, ...summary, username, ...(tokens ? { tokens } : {}), pool };
  const words = () => describe({ username, outcome, summary, tokens }, options);
  process.stdout.write(`${options.json ? JSON.stringify(document, undefined, 2) : words()}\n`);
}

interface SignedIn {
  readonly username: string;
  readonly outcome: Outcome;
  readonly summary: TokenSummary | undefined;
  readonly tokens: Tokens | undefined;
}

function describe({ username, outcome, summary, tokens }: SignedIn, options: PersonOptions): string {
  const lines = [HEADLINES[outcome](username)];
  const fact = (name: string, value: string | undefined) => {
    if (value) lines.push(`  ${name.padEnd(14)}${value}`);
  };
  // In a pool that signs in by e-mail, Cognito's own name for the person is the sub.
  fact("username", [username, summary?.sub].includes(summary?.username) ? undefined : summary?.username);
  fact("e-mail", summary?.email === username ? undefined : summary?.email);
  fact("id (sub)", summary?.sub);
  fact("groups", summary?.groups.join(", "));
  // Sweden's way to write a time is ISO 8601's, and so nobody takes the day for the month.
  fact("valid until", summary?.expiresAt?.toLocaleString("sv", { timeZoneName: "short" }));
  fact("saved to", tokens && options.save);
  if (options.showTokens) {
    fact("access token", tokens?.accessToken);
    fact("id token", tokens?.idToken);
    fact("refresh token", tokens?.refreshToken);
  } else if (tokens) {
    lines.push("  The tokens are verified and not shown: --show-tokens shows them.");
  }
  return lines.join("\n");
}

/** The end of every other command: one line, or a JSON document with the same facts. */
export function finish({ person, options, pool }: PersonAtWork, outcome: string, words: string): void {
  const document = { outcome, username: person.username, pool };
  process.stdout.write(`${options.json ? JSON.stringify(document, undefined, 2) : `✔ ${words}`}\n`);
}

/**
 * @param saved from --tokens FILE; without one the person is asked
 * @throws UserError (exit 2) when the file has no refresh token
 */
export async function refreshTokenOf(
  saved: Tokens | undefined,
  username: string,
  secrets: Secrets,
): Promise<string> {
  if (saved === undefined) return secrets.password(`Refresh token of ${username}`);
  if (saved.refreshToken !== undefined) return saved.refreshToken;
  throw new UserError("The file has no refresh token", {
    next: ["sign in again: npm run sign-in -- USERNAME --save FILE"],
    exitCode: EXIT.wrong,
  });
}
