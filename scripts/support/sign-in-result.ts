import { summarizeTokens, type Tokens } from "../../lib/auth/tokens.ts";

export interface SignInReport {
  readonly username: string;
  readonly outcome: "confirmed" | "already-finished" | "signed-in";
  /** Left out where nothing was to be gained by the sign-in. */
  readonly tokens?: Tokens;
}

const HEADLINES: Readonly<Record<SignInReport["outcome"], (username: string) => string>> = {
  confirmed: (username) =>
    `✔ First login finished: ${username} has a password of their own and is signed in.`,
  "already-finished": (username) =>
    `✔ ${username} has finished the first login already: nothing was changed. Sign in with npm run sign-in.`,
  "signed-in": (username) => `✔ Signed in: ${username}`,
};

/**
 * Prints how it ended on stdout: one JSON document with the tokens, or a summary with the tokens only on request.
 */
export function printSignIn(
  { username, outcome, tokens }: SignInReport,
  { json, showTokens }: { readonly json?: boolean; readonly showTokens?: boolean },
): void {
  const summary = tokens && summarizeTokens(tokens);
  if (json) {
    const document = { outcome, ...summary, username, ...(tokens ? { tokens } : {}) };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  const lines = [HEADLINES[outcome](username)];
  const fact = (name: string, value: string | undefined) => {
    if (value) lines.push(`  ${name.padEnd(14)}${value}`);
  };
  // In a pool that signs in by e-mail, Cognito's own name for the person is the sub.
  fact("username", [username, summary?.sub].includes(summary?.username) ? undefined : summary?.username);
  fact("e-mail", summary?.email === username ? undefined : summary?.email);
  fact("id (sub)", summary?.sub);
  fact("groups", summary?.groups.join(", "));
  fact("valid until", summary?.expiresAt?.toLocaleString());
  if (showTokens) {
    fact("access token", tokens?.accessToken);
    fact("id token", tokens?.idToken);
    fact("refresh token", tokens?.refreshToken);
  } else if (tokens) {
    lines.push("  The tokens are not shown; --show-tokens or --json does.");
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
