import { SetUserMFAPreferenceCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../cognito/client.ts";
import { UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import type { PasswordPolicy, SignInFlow } from "../stack/settings.ts";
import type { Answers } from "./answers.ts";
import {
  type ChallengeHandlers,
  challengeHandlers,
  mfaSetup,
  type Walk,
  walkChallenges,
} from "./challenges.ts";
import { explainFailure } from "./explain-error.ts";
import { chooseFlow } from "./flows.ts";
import type { AppClient } from "./secret-hash.ts";
import type { Tokens } from "./tokens.ts";
import { type AuthenticatorOptions, enrolAuthenticator } from "./totp.ts";

/** A person at an app client, and whoever answers for them. */
export interface PersonAtClient extends AppClient {
  readonly username: string;
  readonly answers: Answers;
  /** @default SRP where the app client allows it, else the password itself */
  readonly flow?: SignInFlow | undefined;
  /** New passwords are checked against it before they are sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
  /** What Cognito calls a newly set up authenticator app. @default "authenticator app" */
  readonly deviceName?: string | undefined;
}

/**
 * Begins the flow and answers every challenge until there are tokens.
 * @param overrides handlers that take the place of the usual ones
 * @throws as walkChallenges does
 */
function authenticate(
  client: CognitoClient,
  person: PersonAtClient,
  password: string,
  overrides: ChallengeHandlers = {},
): Promise<Walk> {
  const { username, answers, policy } = person;
  return walkChallenges({
    flow: chooseFlow(client, person, username, person.flow, (step) => answers.onProgress?.(step)),
    password,
    answers,
    policy,
    handlers: { ...challengeHandlers, MFA_SETUP: mfaSetup(client, person), ...overrides },
  });
}

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
          next: [commandLine`npm run first-login -- ${username}`],
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
