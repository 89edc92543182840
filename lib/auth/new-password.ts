import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers } from "./answers.ts";
import { brokenRules } from "./password-policy.ts";
import { passwordRefusal } from "./refusals.ts";

/** A question asked again and again with no better answer ends here; Cognito itself locks out after five tries. */
export const MAX_ATTEMPTS = 10;

/**
 * Asks until a password satisfies the policy: a weak one is never sent.
 * @param refused why Cognito refused the one before; empty the first time
 * @throws UserError when none of ten does
 */
export async function askNewPassword(
  answers: Answers,
  policy: PasswordPolicy | undefined,
  refused: readonly string[] = [],
): Promise<string> {
  for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt++) {
    const candidate = await answers.newPassword({ policy, refused });
    refused = brokenRules(candidate, policy);
    if (refused.length === 0) return candidate;
  }
  throw new UserError("No password was given that the user pool accepts", {
    why: `The last one must ${refused.join(", and ")}.`,
    next: ["choose a password first, then run the command again"],
  });
}

/**
 * Sends a new password, and asks for another where Cognito refuses it for what it is.
 * @throws whatever `send` throws for any other reason, or the tenth time
 */
export async function sendNewPassword(
  answers: Answers,
  policy: PasswordPolicy | undefined,
  send: (password: string) => Promise<unknown>,
): Promise<void> {
  let refused: readonly string[] = [];
  for (let attempt = 1; ; attempt++) {
    const password = await askNewPassword(answers, policy, refused);
    try {
      await send(password);
      return;
    } catch (error) {
      const reasons = passwordRefusal(error);
      if (reasons === undefined || attempt >= MAX_ATTEMPTS) throw error;
      refused = reasons;
    }
  }
}
