import { UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import { type ChallengeHandlers, challengeHandlers } from "./challenge-handlers.ts";
import { walkChallenges } from "./challenges.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import { passwordFlow } from "./password-flow.ts";
import { shellWord } from "./shell-word.ts";
import type { Tokens } from "./tokens.ts";

export interface SignInOptions {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** A sign-in never asks for a new password; codes it may. */
  readonly answers: Answers;
  /** Only named in failures. */
  readonly userPoolId?: string | undefined;
}

export interface SignInResult {
  readonly tokens: Tokens;
}

/**
 * Signs a person in whose first login is finished.
 * @throws UserError in words for everything that a person can mend, also when the first login is still to be done
 */
export async function signIn(client: CognitoClient, options: SignInOptions): Promise<SignInResult> {
  const { username, password, answers } = options;
  const handlers: ChallengeHandlers = {
    ...challengeHandlers,
    NEW_PASSWORD_REQUIRED: {
      async answer() {
        throw new UserError(`${username} has not finished the first login`, {
          why: "The password is right, but it is the temporary one: Cognito wants a new one before anybody signs in with it.",
          next: [`npm run first-login -- ${shellWord(username)}`],
        });
      },
    },
  };
  try {
    const { tokens } = await walkChallenges({
      flow: passwordFlow(client, options),
      password,
      answers,
      handlers,
    });
    return { tokens };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-in" });
  }
}
