import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers, CodeQuestion } from "./answers.ts";
import type { Challenge, Reply } from "./flow.ts";
import { brokenRules } from "./password-policy.ts";
import { isWrongCode, passwordRefusal } from "./refusals.ts";

/** What the person typed so far; a session that ends starts again with it. */
export interface Typed {
  /** Signs in at the next start: the given one, or the new one once Cognito took it. */
  password: string;
  newPassword?: string;
  readonly attributes: Map<string, string>;
}

export interface HandlerContext {
  readonly answers: Answers;
  readonly policy: PasswordPolicy | undefined;
  readonly typed: Typed;
  /** Why Cognito refused the answer before this one; empty the first time. */
  readonly refused: readonly string[];
}

export interface ChallengeHandler {
  answer(challenge: Challenge, context: HandlerContext): Promise<Reply>;
  /** Words when the answer was refused but another may be given in the same session; undefined: the sign-in failed. */
  refusal?(error: unknown): string[] | undefined;
  /** Called when Cognito took the answer. */
  accepted?(context: Omit<HandlerContext, "refused">): void;
}

export type ChallengeHandlers = Readonly<Record<string, ChallengeHandler>>;

/** A question asked again and again with no better answer ends here; Cognito itself locks out after five tries. */
export const MAX_ATTEMPTS = 10;

const newPasswordRequired: ChallengeHandler = {
  async answer(challenge, { answers, policy, typed, refused }) {
    // A refused password is gone; one typed before the session ended is used again.
    let password = refused.length === 0 ? typed.newPassword : undefined;
    for (let attempt = 0; password === undefined; attempt++) {
      const candidate = await answers.newPassword({ policy, refused });
      refused = brokenRules(candidate, policy);
      if (refused.length === 0) password = candidate;
      else if (attempt >= MAX_ATTEMPTS) throw passwordNeverFits(refused);
    }
    typed.newPassword = password;
    for (const name of requiredAttributes(challenge)) {
      if (!typed.attributes.has(name)) typed.attributes.set(name, await answers.attribute(name));
    }
    const attributes = [...typed.attributes].map(([name, value]) => [`userAttributes.${name}`, value]);
    return { responses: { NEW_PASSWORD: password, ...Object.fromEntries(attributes) } };
  },
  refusal: passwordRefusal,
  accepted({ answers, typed }) {
    if (typed.newPassword !== undefined) typed.password = typed.newPassword;
    answers.onProgress?.("new-password-set");
  },
};

/** The names in the challenge's JSON list; Cognito writes them with or without the `userAttributes.` that the answer wants. */
function requiredAttributes({ parameters }: Challenge): string[] {
  const names: unknown = JSON.parse(parameters.requiredAttributes || "[]");
  if (!Array.isArray(names)) return [];
  return names
    .filter((name) => typeof name === "string")
    .map((name) => name.replace(/^userAttributes\./, ""));
}

function passwordNeverFits(refused: readonly string[]): UserError {
  return new UserError("No password was given that the user pool accepts", {
    why: `The last one must ${refused.join(", and ")}.`,
    next: ["choose a password first, then run the command again"],
  });
}

function oneTimeCode(responseField: string, medium: CodeQuestion["medium"]): ChallengeHandler {
  return {
    async answer({ parameters }, { answers, refused }) {
      const destination = parameters.CODE_DELIVERY_DESTINATION ?? parameters.FRIENDLY_DEVICE_NAME;
      const code = await answers.code({ medium, destination, refused: refused.length > 0 });
      // Apps show codes in groups: "123 456"
      return { responses: { [responseField]: code.replace(/\s/g, "") } };
    },
    refusal: (error) => (isWrongCode(error) ? ["be the newest one"] : undefined),
  };
}

/** Every challenge that can be answered; the loop names and refuses all others. */
export const challengeHandlers: ChallengeHandlers = {
  NEW_PASSWORD_REQUIRED: newPasswordRequired,
  SOFTWARE_TOKEN_MFA: oneTimeCode("SOFTWARE_TOKEN_MFA_CODE", "app"),
  SMS_MFA: oneTimeCode("SMS_MFA_CODE", "sms"),
  EMAIL_OTP: oneTimeCode("EMAIL_OTP_CODE", "email"),
};
