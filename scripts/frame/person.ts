import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { Option } from "commander";
import type { Progress } from "../../lib/auth/answers.ts";
import type { PersonAtClient } from "../../lib/auth/sign-in.ts";
import type { SentCode } from "../../lib/auth/sign-up.ts";
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
import { type CommandOptions, newCommand } from "./main.ts";
import { commandInputs } from "./output.ts";
import { type ConfirmOptions, confirmEnvironment } from "./protection.ts";
import { announcePool, CLIENT_OPTION, nameOf, resolveTarget } from "./target.ts";

/** The options of the commands about one person (docs: design.md, Commands); each has some of them. */
export interface PersonOptions extends SecretsOptions, ConfirmOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly client?: string;
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
  readonly browser?: boolean;
  readonly printUrl?: boolean;
  readonly domain?: string;
  readonly callback?: string;
  readonly identityPoolId?: string;
  readonly export?: boolean;
  readonly profile?: string;
}

export interface PersonCommand {
  /** Empty with --browser: the page asks for it. */
  readonly username: string;
  readonly options: PersonOptions;
}

export interface PersonCommandText {
  /** As in `npm run NAME`. */
  readonly name: string;
  readonly description: string;
  /** The options that read secrets from standard input, each with what it reads line by line. */
  readonly stdin: Readonly<Record<`--${string}-stdin`, string>>;
  /** Whether it changes nothing, so that the pool need not be announced. @default false */
  readonly readOnly?: true;
  /** Flags of OPTIONS that this command has besides the common ones. */
  readonly options?: readonly (keyof typeof OPTIONS)[];
  /** What `--json` prints. @default one document, including the tokens */
  readonly json?: string;
}

/** Every option that any of these commands has, so that it means the same in all of them. */
const OPTIONS = {
  "--flow <name>":
    "the sign-in flow: srp (the password stays on this machine), password (sent over TLS), admin (with AWS credentials), choice (the password, or a code by e-mail or SMS instead); default: the deployed client.signInFlow, else srp, else password",
  "--totp-secret-stdin":
    "read the authenticator app's secret as the first line of standard input, and compute its codes",
  "--device-name <name>": "the name for a new authenticator app",
  "--mfa-enroll": "then set up an authenticator app, and require its codes from now on",
  "--show-tokens": "print the tokens themselves",
  "--save <file>": "write the tokens to this file, readable only by you, for --tokens",
  "--tokens <file>": "use the tokens that --save wrote",
  "--everywhere": "sign the person out everywhere",
  "--have-code": "a code was already sent: don't send another",
  "--browser": "use Cognito's own pages in a browser on this machine; USERNAME is optional",
  "--print-url":
    "like --browser, but print the address instead of opening it. For a machine without a browser, connect with ssh -L 8765:localhost:8765 first (the callback's port)",
  "--domain <name>":
    "with --browser: the domain of the pages, or its prefix; default: pool.domainPrefix in config.ts",
  "--callback <url>":
    "with --browser: the redirect address on this machine, which the app client must allow; default: the first one in config.ts, else http://localhost:8765/callback",
  "--identity-pool-id <id>": "default: COGNITO_IDENTITY_POOL_ID, or the deployed stack's",
  "--export":
    'print export commands for a POSIX shell: eval "$(npm run --silent aws-credentials -- USERNAME --export)"; this is not called --env, which chooses the environment of config.ts',
  "--profile <name>":
    "print an entry for ~/.aws/config whose credential_process runs this command; needs --tokens or --save",
} as const;

/** With --browser nothing is asked here, so options that answer prompts contradict it. */
const CONTRADICTS = ["flow", "passwordStdin", "totpSecretStdin"];

function personOption(flag: keyof typeof OPTIONS): Option {
  const option = new Option(flag, OPTIONS[flag]);
  if (flag === "--flow <name>") return option.choices(FLOW_NAMES);
  if (flag === "--browser" || flag === "--print-url") return option.conflicts(CONTRADICTS);
  if (flag === "--export" || flag === "--profile <name>")
    return option.conflicts(["json", "export", "profile"].filter((name) => name !== option.attributeName()));
  return option;
}

/**
 * Reads `USERNAME [options]`. Errors never quote the input: an argument in the wrong place may be a password.
 * @param argv as process.argv
 * @throws UserError (exit 2) for wrong usage, CommanderError after --help
 */
function parsePersonCommand(argv: readonly string[], text: PersonCommandText): PersonCommand {
  const { name } = text;
  const command = newCommand(name, text.description, changing(text))
    .argument("[username]", "the username in users.json")
    .option("--user-pool-id <id>", "default: COGNITO_USER_POOL_ID, or the deployed stack's")
    .option("--client-id <id>", "default: COGNITO_CLIENT_ID, or the deployed stack's")
    .option(...CLIENT_OPTION);
  for (const [flag, lines] of Object.entries(text.stdin)) {
    command.option(flag, `read from standard input instead of asking: ${lines}`);
  }
  for (const flag of text.options ?? []) {
    command.addOption(personOption(flag));
  }
  command
    .option("--json", text.json ?? "print one JSON document, including the tokens")
    .option("--debug", "log each request to standard error: operation, endpoint, status, request id, time")
    .allowExcessArguments()
    .parse(argv);
  const given = command.opts<PersonOptions>();
  // Not commander's `implies`: a conflict would then name --browser, which wasn't typed.
  const options: PersonOptions = { ...given, ...(given.printUrl && { browser: true }) };
  const [username = "", ...excess] = command.args;
  const nobody = username.trim() === "";
  // Tokens and passwords are personal; a page in the browser asks by itself.
  if (nobody && !(options.browser && !options.tokens && !options.everywhere && !options.tokenStdin)) {
    throw new UserError("Missing argument: USERNAME", { next: usage(name), exitCode: EXIT.wrong });
  }
  if (excess.length > 0) {
    throw new UserError("Only the username may be on the command line", {
      why: "Passwords would show up in the process list and the shell's history. If you typed one, remove it from the history.",
      next: [...usage(name), `without a terminal: ${Object.keys(text.stdin).join(" or ")}`],
      exitCode: EXIT.wrong,
    });
  }
  if (!options.browser && (options.domain ?? options.callback) !== undefined) {
    throw new UserError("--domain and --callback only work with --browser or --print-url", {
      next: [commandLine`npm run ${name} -- --browser`],
      exitCode: EXIT.wrong,
    });
  }
  return { username, options };
}

function changing({ readOnly, options = [] }: PersonCommandText): CommandOptions {
  if (!readOnly) return { changes: true };
  return options.includes("--mfa-enroll") ? { changes: "sometimes" } : {};
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
  /** The pool, for `--json`. Its account is unknown: these commands have no permission to ask. */
  readonly pool: PoolIdentity;
  /** Where the last request went. */
  readonly endpoint: () => string | undefined;
  /** The identity pool's id, if one is named or deployed. */
  readonly identityPoolId: string | undefined;
  /** For `--debug`. */
  readonly onExchange: (exchange: Exchange) => void;
}

const say = (line: string) =>
  void process.stderr.write(`${wrapIndented("", line, process.stderr.columns).join("\n")}\n`);

/** What is worth a line as it happens; the terminal or the command shows the rest. */
const WORDS: Partial<Record<Progress, string>> = {
  "session-restarted": "The session had expired and was started again with your input.",
  "srp-not-allowed":
    "The app client doesn't allow SRP, so the password is sent over TLS instead (--flow password skips this).",
};

/** What Ctrl-C leaves behind, most important first. */
const LEFT: readonly (readonly [Progress, string])[] = [
  ["new-password-set", "The new password is already set: continue with npm run sign-in."],
  ["code-sent", "A code was sent, and the password has not changed."],
];

/**
 * The frame around every command about one person: arguments, the source of secrets, the user pool, a client. Ctrl-C at a
 * prompt reports what it left behind, and is passed on.
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
    if (!text.readOnly || options.mfaEnroll) {
      announcePool(pool, options);
      await confirmEnvironment(options);
    }
    let endpoint: string | undefined;
    const onExchange = (exchange: Exchange) => {
      if (options.debug) say(describeExchange(exchange));
    };
    const client = cognitoClient({
      region: target.region,
      onWait: () => say("Waiting for Cognito …"),
      onExchange: (exchange) => {
        endpoint = exchange.endpoint;
        onExchange(exchange);
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
          (seconds) => say(`Cognito accepts each code once: waiting ${seconds} s for the next one …`),
        )
      : heard;
    const { flow = target.signInFlow, deviceName } = options;
    const person = { ...target, policy: target.passwordPolicy, username, answers: secrets, flow, deviceName };
    const identityPoolId =
      options.identityPoolId || process.env.COGNITO_IDENTITY_POOL_ID || target.identityPoolId;
    await work({
      person,
      options,
      client,
      secrets,
      pool,
      endpoint: () => endpoint,
      identityPoolId,
      onExchange,
    });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") {
      const [, left] = LEFT.find(([progress]) => done.has(progress)) ?? [];
      say(`\nStopped. ${left ?? "Nothing was changed."}`);
    } else if (error instanceof UserError && done.has("new-password-set")) {
      say("The new password is set, but then something went wrong:");
    }
    throw error;
  } finally {
    source.close();
  }
}

/** For --debug. Bodies are left out: they consist of passwords and tokens. */
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

/** Ctrl-C during a request: it is unknown whether Cognito has processed it. */
function stopWhileWaiting(): never {
  say("\nStopped while waiting for Cognito: npm run sign-in shows which password is valid.");
  // The request itself can't be undone, and its retries would keep the command alive.
  process.exit(EXIT.interrupted);
}

export type Outcome = "confirmed" | "already-finished" | "signed-in" | "enrolled" | "refreshed";

const HEADLINES: Readonly<Record<Outcome, (username: string) => string>> = {
  confirmed: (username) => `✔ First login finished: ${username} has a new password and is signed in.`,
  "already-finished": (username) =>
    `✔ ${username} has already finished the first login. Nothing was changed. Sign in with npm run sign-in.`,
  "signed-in": (username) => `✔ Signed in: ${username}`,
  enrolled: (username) => `✔ Signed in: ${username}, with codes from an authenticator app from now on.`,
  refreshed: (username) => `✔ New tokens for ${username}`,
};

/** Where a code went, in a sentence. */
export function describeCode({ medium, destination }: SentCode): string {
  const way = medium === "sms" ? "by SMS" : "by e-mail";
  return `A code was sent ${way}${destination === undefined ? "" : ` (${destination})`}`;
}

/** Before a password is typed: can the tokens be saved where they should be? */
export async function checkSave({ save }: PersonOptions): Promise<void> {
  if (save !== undefined) await assertSavable(save, commandInputs());
}

/**
 * The end of every command that yields tokens: they are verified, then saved if requested, then reported on stdout: as one JSON
 * document, or as a summary with the tokens themselves only on request.
 * @param tokens left out if the sign-in was not meant to yield any
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
  const fact = (...of: Parameters<typeof factLines>) => void lines.push(...factLines(...of));
  // In a pool that signs in by e-mail, Cognito's own name for the person is the sub.
  fact("username", [username, summary?.sub].includes(summary?.username) ? undefined : summary?.username);
  fact("e-mail", summary?.email === username ? undefined : summary?.email);
  fact("id (sub)", summary?.sub);
  fact("groups", summary?.groups.join(", "));
  fact("valid until", summary?.expiresAt && localTime(summary.expiresAt));
  fact("saved to", tokens && options.save);
  if (options.showTokens) {
    fact("access token", tokens?.accessToken);
    fact("id token", tokens?.idToken);
    fact("refresh token", tokens?.refreshToken);
  } else if (tokens) {
    lines.push("  The tokens are verified but not shown: --show-tokens shows them.");
  }
  return lines.join("\n");
}

/** A line of a summary, if there is a value. */
export const factLines = (name: string, value: string | undefined): string[] =>
  value ? [`  ${name.padEnd(14)}${value}`] : [];

/** The Swedish way to write a time is ISO 8601's, so no one mistakes the day for the month. */
export const localTime = (date: Date): string => date.toLocaleString("sv", TWO_DIGITS);

/** With a time zone alone, the hour would be "4" instead of "04". */
const TWO_DIGITS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
} as const;

/** The end of every other command: one line, or a JSON document with the same facts. */
export function finish({ person, options, pool }: PersonAtWork, outcome: string, words: string): void {
  const document = { outcome, username: person.username || null, pool };
  process.stdout.write(`${options.json ? JSON.stringify(document, undefined, 2) : `✔ ${words}`}\n`);
}

/**
 * @param saved from --tokens FILE; without one the person is asked
 * @throws UserError (exit 2) if the file has no refresh token
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
