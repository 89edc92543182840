import { authenticate, type PersonAtClient } from "./authenticate.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import type { Tokens } from "./tokens.ts";

export interface FirstLoginOptions extends PersonAtClient {
  readonly temporaryPassword: string;
}

export interface FirstLoginResult {
  /** `already-finished`: Cognito took the password without asking for a new one, and no password was changed. */
  readonly outcome: "confirmed" | "already-finished";
  readonly tokens: Tokens;
}

/**
 * Walks an invited person's first login to its end: the temporary password, then a new one, then tokens.
 * @throws UserError in words for everything that a person can mend
 */
export async function firstLogin(
  client: CognitoClient,
  options: FirstLoginOptions,
): Promise<FirstLoginResult> {
  try {
    const { tokens, answered } = await authenticate(client, options, options.temporaryPassword);
    return { outcome: answered.includes("NEW_PASSWORD_REQUIRED") ? "confirmed" : "already-finished", tokens };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "first-login" });
  }
}
