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
import { type Device, deviceHandlers, isDeviceForgotten } from "./device.ts";
import { explainFailure } from "./explain-error.ts";
import { chooseFlow } from "./flows.ts";
import type { AppClient } from "./secret-hash.ts";
import type { Tokens } from "./tokens.ts";
import { type AuthenticatorOptions, enrolAuthenticator } from "./totp.ts";

/** A person at an app client, with the source of their answers. */
export interface PersonAtClient extends AppClient {
  readonly username: string;
  readonly answers: Answers;
  /** @default SRP where the app client allows it, otherwise the password itself */
  readonly flow?: SignInFlow | undefined;
  /** New passwords are checked against it before they are sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
  /** Cognito's name for a newly set up authenticator app. @default "authenticator app" */
  readonly deviceName?: string | undefined;
  /** The remembered device, if the user pool tracks devices. @default none */
  readonly device?: Device | undefined;
}

/**
 * Begins the flow and answers every challenge until there are tokens.
 * @param overrides handlers that replace the usual ones
 * @throws as walkChallenges does
 */
function authenticate(
  client: CognitoClient,
  person: PersonAtClient,
  password: string | (() => Promise<string>),
  overrides: ChallengeHandlers = {},
): Promise<Walk> {
  const { username, answers, policy, device } = person;
  return walkChallenges({
    flow: chooseFlow(client, person, username, person.flow, (step) => answers.onProgress?.(step)),
    ...(typeof password === "string" ? { password } : { password: "", askPassword: password }),
    answers,
    policy,
    handlers: {
      ...challengeHandlers,
      MFA_SETUP: mfaSetup(client, person),
      ...(device && deviceHandlers(person, username, device)),
      ...overrides,
    },
  });
}

export interface SignInOptions extends PersonAtClient {
  /** A function is called once the person has chosen to use a password: for the flow `choice`. */
  readonly password: string | (() => Promise<string>);
}

export interface SignInResult {
  readonly tokens: Tokens;
}

/**
 * Signs in a person who has finished their first login. Asks for codes, never for a new password.
 * @throws UserError for everything the user can fix, also when the first login isn't finished
 */
export async function signIn(client: CognitoClient, options: SignInOptions): Promise<SignInResult> {
  const { username, password } = options;
  const overrides: ChallengeHandlers = {
    NEW_PASSWORD_REQUIRED: {
      async answer() {
        throw new UserError(`${username} has not finished the first login`, {
          why: "The password is right, but it is the temporary one, which must be replaced first.",
          next: [commandLine`npm run first-login -- ${username}`],
        });
      },
    },
  };
  try {
    const { device } = options;
    const { tokens } = await authenticate(client, options, password, overrides).catch((error: unknown) => {
      if (device === undefined || !isDeviceForgotten(error)) throw error;
      // Without the device, Cognito asks for the second factor again and issues a new device.
      return authenticate(client, { ...options, device: undefined }, password, overrides);
    });
    if (device === undefined || tokens.deviceGroupKey !== undefined) return { tokens };
    const { key: deviceKey, groupKey, password: secret } = device;
    return { tokens: { ...tokens, deviceKey, device: { groupKey, password: secret } } };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-in" });
  }
}

export interface EnrolMfaOptions extends AuthenticatorOptions {
  readonly clientId: string;
  readonly accessToken: string;
}

/**
 * Sets up an authenticator app for a signed-in person and makes it their second factor.
 * @throws UserError for everything the user can fix
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
  /** `already-finished`: Cognito accepted the password without asking for a new one, so no password was changed. */
  readonly outcome: "confirmed" | "already-finished";
  readonly tokens: Tokens;
}

/**
 * Completes an invited person's first login: the temporary password, then a new one, then tokens.
 * @throws UserError for everything the user can fix
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
