import { randomInt } from "node:crypto";
import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/settings.ts";
import type { Answers } from "./answers.ts";
import { passwordRefusal } from "./classify-error.ts";

/** Characters; Cognito accepts no longer password, whatever the policy. */
const LONGEST = 256;

/**
 * What Cognito counts as a symbol, besides a space inside the password.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-policies.html
 */
const SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+=";

const hasSymbol = (password: string) =>
  [...password.trim()].some((char) => char === " " || SYMBOLS.includes(char));

/**
 * The rules that a password breaks, in words that complete "it must …". They never quote the password.
 * @param policy the pool's policy; without one, only Cognito's own limits are checked
 * @returns empty when Cognito should accept the password
 */
export function brokenRules(password: string, policy?: PasswordPolicy): string[] {
  const broken: string[] = [];
  const must = (rule: string, kept: boolean) => {
    if (!kept) broken.push(rule);
  };
  must("not be empty", password !== "");
  must("not begin or end with a space", password === password.trim());
  must(`have at most ${LONGEST} characters`, password.length <= LONGEST);
  if (policy === undefined || password === "") return broken;
  must(`have at least ${policy.minimumLength} characters`, password.length >= policy.minimumLength);
  // Only basic Latin letters count, so no Unicode classes here.
  must("contain a lowercase letter (a-z)", !policy.requireLowercase || /[a-z]/.test(password));
  must("contain an uppercase letter (A-Z)", !policy.requireUppercase || /[A-Z]/.test(password));
  must("contain a number", !policy.requireNumbers || /[0-9]/.test(password));
  must("contain a symbol such as ! # % + - = ? @ _", !policy.requireSymbols || hasSymbol(password));
  return broken;
}

/** The policy in one line, for the password prompt. */
export function describePolicy(policy: PasswordPolicy): string {
  const kinds = [
    policy.requireLowercase && "a lowercase letter",
    policy.requireUppercase && "an uppercase letter",
    policy.requireNumbers && "a number",
    policy.requireSymbols && "a symbol",
  ].filter((kind) => kind !== false);
  const length = `at least ${policy.minimumLength} characters`;
  if (kinds.length === 0) return length;
  const last = kinds.pop();
  return `${length}, with ${kinds.length === 0 ? last : `${kinds.join(", ")} and ${last}`}`;
}

/** Without characters that are easily confused (0 O, 1 l I) when copied from paper or a screen. */
const KINDS = ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "#%+-=?@_"] as const;

/**
 * A random password that satisfies the policy, with at least one character of each kind, whether required or not.
 * @param length characters. @default 16, or the policy's minimum if longer
 * @throws RangeError when no valid password has that length
 */
export function generatePassword(
  policy: PasswordPolicy,
  length = Math.max(16, policy.minimumLength),
): string {
  const shortest = Math.max(KINDS.length, policy.minimumLength);
  if (!Number.isInteger(length) || length < shortest || length > LONGEST) {
    throw new RangeError(`A generated password has ${shortest} to ${LONGEST} characters, not ${length}`);
  }
  const pick = (from: string) => from.charAt(randomInt(from.length));
  const password: string[] = KINDS.map(pick);
  while (password.length < length) password.push(pick(KINDS.join("")));
  // Fisher-Yates, to shuffle the positions of the kinds too
  for (let last = password.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [password[last], password[other]] = [password[other] as string, password[last] as string];
  }
  return password.join("");
}

/** Attempts before a question is given up; Cognito itself locks out after five. */
export const MAX_ATTEMPTS = 10;

/**
 * Asks until a password satisfies the policy: a weak one is never sent.
 * @param refused why Cognito refused the previous one; empty the first time
 * @throws UserError after ten attempts
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
  throw new UserError("None of the passwords was accepted by the user pool's policy", {
    why: `The last one must ${refused.join(", and ")}.`,
    next: ["choose a password first, then run the command again"],
  });
}

/**
 * Sends a new password, and asks for another if Cognito refuses it as a password.
 * @throws whatever `send` throws for any other reason, or at the tenth attempt
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
