import { setTimeout as sleep } from "node:timers/promises";
import { Secret, TOTP } from "otpauth";
import { UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";

export interface TotpClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Answers an authenticator app's codes with ones computed from its secret; everything else is left to `answers`.
 * Cognito takes each code once: a second one within its 30 seconds is waited for.
 * @param secret base32, as shown when the app was set up
 * @param onWait called with the seconds that a new code takes
 * @throws UserError (exit 2) when the secret is not base32
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
      if (answers.choose === undefined) throw new UserError("Cognito offers no authenticator app to choose");
      return answers.choose(options);
    },
  };
}

function totpOf(secret: string): TOTP {
  const base32 = secret.replace(/[\s-]/g, "");
  // Looked at here, for the library quotes the character that it stumbles over.
  if (/^[A-Z2-7]+=*$/i.test(base32)) return new TOTP({ secret: Secret.fromBase32(base32) });
  throw new UserError("The secret of the authenticator app is not in base32", {
    why: "It consists of the letters A-Z and the digits 2-7, as shown when the app was set up.",
    next: ["give the secret itself, not a six-digit code and not the otpauth:// URI"],
    exitCode: 2,
  });
}

function wrongSecret(): UserError {
  return new UserError("Cognito refused the code computed from the given secret", {
    why: "The secret belongs to another authenticator app, or this machine's clock is wrong: codes depend on it.",
    next: [
      "compare the clock (UTC) with another one",
      "set the authenticator app up again: npm run sign-in -- USERNAME --mfa-enroll",
    ],
  });
}
