import { UserError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import { type TotpClock, withTotpSecret } from "./totp.ts";

export interface Prepared {
  readonly newPassword: string;
  /** What to answer for an attribute that the pool requires, as Cognito names it. @throws UserError where there is none */
  readonly attribute: (name: string) => string;
  /**
   * With it an authenticator app is set up in this process, where the pool asks for one, and its codes are computed from then
   * on; the secret is gone with the process. Without it, none is made.
   */
  readonly authenticator?: {
    /** Called with the seconds that a new code takes. */
    readonly onWait: (seconds: number) => void;
    /** @default this machine's */
    readonly clock?: TotpClock;
  };
}

/**
 * Answers of a script that has them all beforehand: a walk through a list, a canary, a rehearsal. Nobody is there to correct
 * a refused one.
 */
export function preparedAnswers({ newPassword, attribute, authenticator }: Prepared): Answers {
  const plain: Answers = {
    async newPassword({ refused }) {
      if (refused.length === 0) return newPassword;
      throw new UserError(`The new password was refused: it must ${refused.join(", and ")}`, {
        why: "The temporary one stays valid.",
        next: ["choose another new password, then run the command again"],
      });
    },
    attribute: async (name) => attribute(name),
    async code({ medium }) {
      throw new UserError(`Cognito asks for a code (${medium}), and nobody is there to give it`, {
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
