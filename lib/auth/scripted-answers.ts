import { UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import { type TotpClock, withTotpSecret } from "./totp.ts";

export interface Prepared {
  readonly newPassword: string;
  /** The value of an attribute that the pool requires, by Cognito's name for it. @throws UserError where there is none */
  readonly attribute: (name: string) => string;
  /**
   * Sets up an authenticator app in this process if the pool asks for one, and computes its codes; the secret is lost when
   * the process ends. Without this, no app is set up.
   */
  readonly authenticator?: {
    /** Called with the seconds until a new code. */
    readonly onWait: (seconds: number) => void;
    /** @default this machine's clock */
    readonly clock?: TotpClock;
  };
}

/** Answers that are all known beforehand: a walk through a list, a canary, a rehearsal. A refused answer can't be corrected. */
export function preparedAnswers({ newPassword, attribute, authenticator }: Prepared): Answers {
  const plain: Answers = {
    async newPassword({ refused }) {
      if (refused.length === 0) return newPassword;
      throw new UserError(`The new password was refused: it must ${refused.join(", and ")}`, {
        why: "The temporary password stays valid.",
        next: ["choose another password, then run the command again"],
      });
    },
    attribute: async (name) => attribute(name),
    async code({ medium }) {
      throw new UserError(`Cognito asks for a code (${medium}), which a script can't answer`, {
        next: ["sign in by hand: npm run sign-in -- USERNAME"],
      });
    },
  };
  if (authenticator === undefined) return plain;
  let withApp = plain;
  return {
    ...plain,
    async authenticator({ secret }) {
      withApp = withTotpSecret(plain, secret, authenticator.onWait, authenticator.clock);
    },
    code: (question) => withApp.code(question),
  };
}
