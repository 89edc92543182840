import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers } from "./answers.ts";
import { walkChallenges } from "./challenges.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import { passwordFlow } from "./password-flow.ts";
import type { Tokens } from "./tokens.ts";

export interface FirstLoginOptions {
  readonly clientId: string;
  readonly username: string;
  readonly temporaryPassword: string;
  readonly answers: Answers;
  /** The new password is checked against it before it is sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
  /** Only named in failures. */
  readonly userPoolId?: string | undefined;
}

export interface FirstLoginResult {
  /** `already-finished`: Cognito took the password without asking for a new one, and nothing was changed. */
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
  const { temporaryPassword, answers, policy } = options;
  try {
    const { tokens, answered } = await walkChallenges({
      flow: passwordFlow(client, options),
      password: temporaryPassword,
      answers,
      policy,
    });
    return { outcome: answered.includes("NEW_PASSWORD_REQUIRED") ? "confirmed" : "already-finished", tokens };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "first-login" });
  }
}
