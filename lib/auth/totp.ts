import { setTimeout as sleep } from "node:timers/promises";
import {
  AssociateSoftwareTokenCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { Secret, TOTP } from "otpauth";
import type { CognitoClient } from "../cognito/client.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import { isWrongCode } from "./classify-error.ts";
import { MAX_ATTEMPTS } from "./new-password.ts";

export interface AuthenticatorOptions {
  readonly username: string;
  /** The app shows it above the code, beside the username. */
  readonly userPoolId: string;
  readonly answers: Answers;
  /** Cognito's name for the app in later challenges. @default "authenticator app" */
  readonly deviceName?: string | undefined;
}

/** Either a signed-in person, or the session of an MFA_SETUP challenge. */
export type EnrolmentKey = { readonly AccessToken: string } | { readonly Session: string | undefined };

/**
 * Sets up an authenticator app: shows a new secret and verifies its first code. A wrong code can be entered again.
 * @returns the session to answer MFA_SETUP with
 * @throws UserError where the secret can't be shown; the SDK's own exceptions
 */
export async function enrolAuthenticator(
  client: CognitoClient,
  key: EnrolmentKey,
  { username, userPoolId, answers, deviceName = "authenticator app" }: AuthenticatorOptions,
): Promise<string | undefined> {
  if (answers.authenticator === undefined) throw nobodySees();
  const { SecretCode = "", Session } = await client.send(new AssociateSoftwareTokenCommand(key));
  await answers.authenticator({ secret: SecretCode, uri: otpauthUri(userPoolId, username, SecretCode) });
  // Every response carries a newer session; with an access token there is none.
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

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format, with the secret exactly as Cognito wrote it. */
function otpauthUri(issuer: string, account: string, secret: string): string {
  const [by, whose] = [encodeURIComponent(issuer), encodeURIComponent(account)];
  return `otpauth://totp/${by}:${whose}?secret=${secret}&issuer=${by}`;
}

/** Apps show codes in groups: "123 456". */
export function digitsOf(code: string): string {
  return code.replace(/\s/g, "");
}

function nobodySees(): UserError {
  return new UserError("An authenticator app must be set up first, which needs a terminal", {
    why: "The user pool requires a second factor. Its secret is only shown on a terminal; anywhere else it would end up in a log.",
    next: [
      "run the same command on a terminal, without any of the -stdin options",
      "for a service account, keep the secret shown there and pass it with --totp-secret-stdin from then on",
    ],
  });
}

export interface TotpClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Computes an authenticator app's codes from its secret; passes every other question to `answers`. Cognito accepts each code
 * once: a second code within its 30 seconds has to wait.
 * @param secret base32, as shown when the app was set up
 * @param onWait called with the seconds until a new code
 * @throws UserError (exit 2) when the secret isn't base32
 */
export function withTotpSecret<Given extends Answers>(
  answers: Given,
  secret: string,
  onWait: (seconds: number) => void,
  clock: TotpClock = { now: Date.now, sleep },
): Given {
  const totp = totpOf(secret);
  let lastWindow = -1;
  return {
    ...answers,
    async code(question) {
      if (question.medium !== "app") return answers.code(question);
      if (question.refused) throw wrongSecret();
      if (totp.counter({ timestamp: clock.now() }) === lastWindow) {
        const milliseconds = totp.remaining({ timestamp: clock.now() });
        onWait(Math.ceil(milliseconds / 1_000));
        await clock.sleep(milliseconds);
      }
      const timestamp = clock.now();
      lastWindow = totp.counter({ timestamp });
      return totp.generate({ timestamp });
    },
    async choose(options) {
      if (options.includes("SOFTWARE_TOKEN_MFA")) return "SOFTWARE_TOKEN_MFA";
      if (answers.choose === undefined) throw new UserError("Cognito doesn't offer an authenticator app");
      return answers.choose(options);
    },
  };
}

function totpOf(secret: string): TOTP {
  const base32 = secret.replace(/[\s-]/g, "");
  // Checked here, because the library would quote the invalid character.
  if (/^[A-Z2-7]+=*$/i.test(base32)) return new TOTP({ secret: Secret.fromBase32(base32) });
  throw new UserError("The authenticator app's secret is not valid base32", {
    why: "It consists of the letters A-Z and the digits 2-7, as shown when the app was set up.",
    next: ["pass the secret itself, not a six-digit code or the otpauth:// URI"],
    exitCode: EXIT.wrong,
  });
}

function wrongSecret(): UserError {
  return new UserError("Cognito refused the code computed from the given secret", {
    why: "The secret belongs to another authenticator app, or this machine's clock is wrong.",
    next: [
      "check the clock (UTC) of this machine",
      "set the authenticator app up again: npm run sign-in -- USERNAME --mfa-enroll",
    ],
  });
}
