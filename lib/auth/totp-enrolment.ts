import {
  AssociateSoftwareTokenCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import type { CognitoClient } from "./client.ts";
import { MAX_ATTEMPTS } from "./new-password.ts";
import { isWrongCode } from "./refusals.ts";

export interface AuthenticatorOptions {
  readonly username: string;
  /** Shown by the authenticator app above the code, beside the username. */
  readonly userPoolId: string;
  readonly answers: Answers;
  /** What Cognito calls the app in later questions. @default "authenticator app" */
  readonly deviceName?: string | undefined;
}

/** Either a person who is signed in, or the session of an MFA_SETUP challenge. */
export type EnrolmentKey = { readonly AccessToken: string } | { readonly Session: string | undefined };

/**
 * Sets up an authenticator app: a new secret is shown, and its first code verified. A wrong code can be entered again.
 * @returns the session to answer MFA_SETUP with
 * @throws UserError where the secret cannot be shown; the SDK's own exceptions
 */
export async function enrolAuthenticator(
  client: CognitoClient,
  key: EnrolmentKey,
  { username, userPoolId, answers, deviceName = "authenticator app" }: AuthenticatorOptions,
): Promise<string | undefined> {
  if (answers.authenticator === undefined) throw nobodySees();
  const { SecretCode = "", Session } = await client.send(new AssociateSoftwareTokenCommand(key));
  await answers.authenticator({ secret: SecretCode, uri: otpauthUri(userPoolId, username, SecretCode) });
  // Every answer gives a newer session; with an access token there is none.
  const verification = {
    ...key,
    ...(Session === undefined ? {} : { Session }),
    FriendlyDeviceName: deviceName,
  };
  for (let attempt = 1; ; attempt++) {
    const code = await answers.code({ medium: "app", destination: deviceName, refused: attempt > 1 });
    try {
      const UserCode = digitsOf(code);
      const verified = await client.send(new VerifySoftwareTokenCommand({ ...verification, UserCode }));
      if (verified.Status === "ERROR")
        throw Object.assign(new Error("Status ERROR"), { name: "CodeMismatchException" });
      return verified.Session;
    } catch (error) {
      if (!isWrongCode(error) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format, the secret exactly as Cognito wrote it. */
function otpauthUri(issuer: string, account: string, secret: string): string {
  const [by, whose] = [encodeURIComponent(issuer), encodeURIComponent(account)];
  return `otpauth://totp/${by}:${whose}?secret=${secret}&issuer=${by}`;
}

/** Apps show codes in groups: "123 456". */
export function digitsOf(code: string): string {
  return code.replace(/\s/g, "");
}

function nobodySees(): UserError {
  return new UserError(
    "An authenticator app must be set up first, and there is nobody to show its secret to",
    {
      why: "The user pool asks everyone for a second factor. The secret is shown on a terminal only: elsewhere it would end in a log.",
      next: [
        "run the same command on a terminal, without any of the -stdin options",
        "a service account: keep the secret shown there, and give it with --totp-secret-stdin from then on",
      ],
    },
  );
}
