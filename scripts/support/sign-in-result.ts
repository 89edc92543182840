import { assertSavable, saveTokens } from "../../lib/auth/token-file.ts";
import type { Tokens } from "../../lib/auth/tokens.ts";
import { type TokenSummary, verifyTokens } from "../../lib/auth/verify-tokens.ts";
import type { PersonOptions } from "./person-command.ts";
import type { PersonAtWork } from "./with-person.ts";

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
  if (save !== undefined) await assertSavable(save);
}

/**
 * The end of every command that yields tokens: they are verified, then saved if that was asked for, then told on stdout: as
 * one JSON document, or as a summary with the tokens themselves only on request.
 * @param tokens left out where nothing was to be gained by the sign-in
 */
export async function finishSignIn(
  { person, options, endpoint }: PersonAtWork,
  outcome: Outcome,
  tokens: Tokens | undefined,
): Promise<void> {
  const { username } = person;
  const summary = tokens && (await verifyTokens(tokens, { ...person, endpoint: endpoint() }));
  if (tokens && options.save !== undefined) await saveTokens(options.save, person, tokens);
  const document = { outcome, ...summary, username, ...(tokens ? { tokens } : {}) };
  const words = () => describe({ username, outcome, summary, tokens }, options);
  process.stdout.write(`${options.json ? JSON.stringify(document, undefined, 2) : words()}\n`);
}

interface Told {
  readonly username: string;
  readonly outcome: Outcome;
  readonly summary: TokenSummary | undefined;
  readonly tokens: Tokens | undefined;
}

function describe({ username, outcome, summary, tokens }: Told, options: PersonOptions): string {
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
export function finish({ person, options }: PersonAtWork, outcome: string, words: string): void {
  const document = { outcome, username: person.username };
  process.stdout.write(`${options.json ? JSON.stringify(document, undefined, 2) : `✔ ${words}`}\n`);
}
