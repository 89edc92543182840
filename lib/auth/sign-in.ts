import { SetUserMFAPreferenceCommand } from "@aws-sdk/client-cognito-identity-provider";
import { UserError } from "../errors.ts";
import { authenticate, type PersonAtClient } from "./authenticate.ts";
import type { ChallengeHandlers } from "./challenge-handlers.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";
import { shellWord } from "./shell-word.ts";
import type { Tokens } from "./tokens.ts";
import { type AuthenticatorOptions, enrolAuthenticator } from "./totp-enrolment.ts";

export interface SignInOptions extends PersonAtClient {
  readonly password: string;
}

export interface SignInResult {
  readonly tokens: Tokens;
}

/**
 * Signs a person in whose first login is finished. A new password is never asked for; codes are.
 * @throws UserError in words for everything that a person can mend, also when the first login is still to be done
 */
export async function signIn(client: CognitoClient, options: SignInOptions): Promise<SignInResult> {
  const { username, password } = options;
  const overrides: ChallengeHandlers = {
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
    const { tokens } = await authenticate(client, options, password, overrides);
    return { tokens };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-in" });
  }
}

export interface EnrolMfaOptions extends AuthenticatorOptions {
  readonly clientId: string;
  readonly accessToken: string;
}

/**
 * Sets up an authenticator app for a person who is signed in, and makes it their second factor from then on.
 * @throws UserError in words for everything that a person can mend
 */
export async function enrolMfa(client: CognitoClient, options: EnrolMfaOptions): Promise<void> {
  const { accessToken: AccessToken } = options;
  try {
    await enrolAuthenticator(client, { AccessToken }, options);
    const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true };
    await client.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings }));
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-in" });
  }
}
