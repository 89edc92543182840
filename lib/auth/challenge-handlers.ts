import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers, CodeQuestion } from "./answers.ts";
import type { CognitoClient } from "./client.ts";
import type { Challenge, Reply } from "./flow.ts";
import { askNewPassword } from "./new-password.ts";
import { isWrongCode, passwordRefusal } from "./refusals.ts";
import { type AuthenticatorOptions, digitsOf, enrolAuthenticator } from "./totp-enrolment.ts";

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

const newPasswordRequired: ChallengeHandler = {
  async answer(challenge, { answers, policy, typed, refused }) {
    // A refused password is gone; one typed before the session ended is used again.
    const kept = refused.length === 0 ? typed.newPassword : undefined;
    const password = kept ?? (await askNewPassword(answers, policy, refused));
    typed.newPassword = password;
    for (const listed of listIn(challenge, "requiredAttributes")) {
      // Cognito lists them with or without the `userAttributes.` that the answer wants.
      const name = listed.replace(/^userAttributes\./, "");
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

function oneTimeCode(responseField: string, medium: CodeQuestion["medium"]): ChallengeHandler {
  return {
    async answer({ parameters }, { answers, refused }) {
      const destination = parameters.CODE_DELIVERY_DESTINATION ?? parameters.FRIENDLY_DEVICE_NAME;
      const code = await answers.code({ medium, destination, refused: refused.length > 0 });
      return { responses: { [responseField]: digitsOf(code) } };
    },
    refusal: (error) => (isWrongCode(error) ? ["be the newest one"] : undefined),
  };
}

const selectMfaType: ChallengeHandler = {
  answer: async (challenge, { answers }) => ({
    responses: { ANSWER: await chooseOne(challenge, listIn(challenge, "MFAS_CAN_CHOOSE"), answers) },
  }),
};

/** The password was typed already, so wherever it is among the ways it is the one. */
const selectChallenge: ChallengeHandler = {
  async answer(challenge, { answers, typed }) {
    const offered = challenge.offered ?? listIn(challenge, "AVAILABLE_CHALLENGES");
    if (offered.some((way) => way === "PASSWORD" || way === "PASSWORD_SRP")) {
      return { responses: { ANSWER: "PASSWORD", PASSWORD: typed.password } };
    }
    const byCode = offered.filter((way) => way === "EMAIL_OTP" || way === "SMS_OTP");
    return { responses: { ANSWER: await chooseOne(challenge, byCode, answers) } };
  },
};

/** Sets up an authenticator app in the challenge's session, and answers with the session that comes out of it. */
export function mfaSetup(
  client: CognitoClient,
  options: Omit<AuthenticatorOptions, "answers">,
): ChallengeHandler {
  return {
    async answer(challenge, { answers }) {
      const possible = listIn(challenge, "MFAS_CAN_SETUP");
      if (possible.length > 0 && !possible.includes("SOFTWARE_TOKEN_MFA")) throw noAuthenticator(possible);
      const session = await enrolAuthenticator(
        client,
        { Session: challenge.session },
        { ...options, answers },
      );
      return { responses: {}, ...(session === undefined ? {} : { session }) };
    },
  };
}

/** Every challenge that can be answered without further requests; the loop names and refuses all others. */
export const challengeHandlers: ChallengeHandlers = {
  NEW_PASSWORD_REQUIRED: newPasswordRequired,
  SOFTWARE_TOKEN_MFA: oneTimeCode("SOFTWARE_TOKEN_MFA_CODE", "app"),
  SMS_MFA: oneTimeCode("SMS_MFA_CODE", "sms"),
  EMAIL_OTP: oneTimeCode("EMAIL_OTP_CODE", "email"),
  SMS_OTP: oneTimeCode("SMS_OTP_CODE", "sms"),
  SELECT_MFA_TYPE: selectMfaType,
  SELECT_CHALLENGE: selectChallenge,
};

/** The names in one of the challenge's JSON lists; moto sends a list that is no JSON text. */
function listIn({ parameters }: Challenge, name: string): string[] {
  const value: unknown = parameters[name];
  const list: unknown = typeof value === "string" && value !== "" ? JSON.parse(value) : (value ?? []);
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}

async function chooseOne({ name }: Challenge, options: readonly string[], answers: Answers): Promise<string> {
  const [only, ...others] = options;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined || answers.choose === undefined) {
    throw new UserError(`Cognito asks for ${name}, and none of the choices can be made here`, {
      next: ["sign in with an application or on the user pool's sign-in page, which can answer it"],
    });
  }
  return answers.choose(options);
}

function noAuthenticator(possible: readonly string[]): UserError {
  return new UserError("The user pool asks for a second factor that this command cannot set up", {
    why: `It takes ${possible.join(" or ")}, and no authenticator app (SOFTWARE_TOKEN_MFA).`,
    next: [
      "whoever runs the user pool gives the person a verified phone number or e-mail address, or allows TOTP",
    ],
  });
}
