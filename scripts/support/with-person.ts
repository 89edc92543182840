import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Progress } from "../../lib/auth/answers.ts";
import type { PersonAtClient } from "../../lib/auth/authenticate.ts";
import { cognitoClient, type Exchange } from "../../lib/auth/client.ts";
import { withTotpSecret } from "../../lib/auth/totp-answers.ts";
import { UserError } from "../../lib/errors.ts";
import { type PersonCommandText, type PersonOptions, parsePersonCommand } from "./person-command.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { resolveTarget } from "./target.ts";
import { hanging } from "./wrap.ts";

export interface PersonAtWork {
  /** What the functions of lib/auth ask for; its answers are `secrets`. */
  readonly person: PersonAtClient;
  readonly options: PersonOptions;
  readonly client: CognitoIdentityProviderClient;
  readonly secrets: Secrets;
  /** Where the last request went. */
  readonly endpoint: () => string | undefined;
}

const tell = (line: string) =>
  void process.stderr.write(`${hanging("", line, process.stderr.columns).join("\n")}\n`);

/** What is worth a line as it happens; the terminal or the command tells the rest. */
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
    let endpoint: string | undefined;
    const client = cognitoClient({
      region: target.region,
      onWait: () => tell("Waiting for Cognito …"),
      onExchange: (exchange) => {
        endpoint = exchange.endpoint;
        if (options.debug) tell(describe(exchange));
      },
    });
    const heard: Secrets = {
      ...source,
      onProgress(progress) {
        done.add(progress);
        const words = WORDS[progress];
        if (words !== undefined) tell(words);
      },
    };
    const secrets = options.totpSecretStdin
      ? withTotpSecret(
          heard,
          await source.password(`Secret of the authenticator app of ${username}`),
          (seconds) => tell(`Cognito takes each code once: waiting ${seconds} s for the next one …`),
        )
      : heard;
    const { flow = target.signInFlow, deviceName } = options;
    const person = { ...target, policy: target.passwordPolicy, username, answers: secrets, flow, deviceName };
    await work({ person, options, client, secrets, endpoint: () => endpoint });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") {
      const [, left] = LEFT.find(([progress]) => done.has(progress)) ?? [];
      tell(`\nStopped. ${left ?? "Nothing was changed."}`);
    } else if (error instanceof UserError && done.has("new-password-set")) {
      tell("The new password is set already; it was after that that something went wrong:");
    }
    throw error;
  } finally {
    source.close();
  }
}

/** For --debug. Bodies are left out: they are made of passwords and tokens. */
function describe(exchange: Exchange): string {
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
  tell("\nStopped while waiting for Cognito: npm run sign-in shows which password holds.");
  // The request itself cannot be taken back, and its retries would keep the command alive.
  process.exit(130);
}
