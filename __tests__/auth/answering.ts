import { expect } from "vitest";
import type { Answers, CodeQuestion, NewPasswordQuestion } from "../../lib/auth/answers.ts";
import { UserError } from "../../lib/errors.ts";

/** Prepared answers, and everything that was asked and told. */
export function answering(passwords: string[] = [], codes: string[] = []) {
  const asked: (NewPasswordQuestion | CodeQuestion)[] = [];
  const progress: string[] = [];
  const answers: Answers = {
    async newPassword(question) {
      asked.push(question);
      return passwords.shift() ?? "";
    },
    async code(question) {
      asked.push(question);
      return codes.shift() ?? "";
    },
    attribute: async () => "",
    onProgress: (step) => void progress.push(step),
  };
  return { answers, asked, progress };
}
/** The words of a failure that its reader can mend. */
export const failing = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  const { message, why = "", next } = error as UserError;
  return [message, why, ...next].join("\n");
};
