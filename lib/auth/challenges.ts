import type { CognitoClient } from "../cognito/client.ts";
import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/settings.ts";
import type { Answers, CodeQuestion } from "./answers.ts";
import {
  isPasswordRefused,
  isSessionEnded,
  isWrongCode,
  passwordRefusal,
  SessionEnded,
} from "./classify-error.ts";
import type { Challenge, Flow, Reply, Step } from "./flows.ts";
import { askNewPassword, MAX_ATTEMPTS } from "./new-password.ts";
import type { Tokens } from "./tokens.ts";
import { type AuthenticatorOptions, digitsOf, enrolAuthenticator } from "./totp.ts";

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

export interface WalkOptions {
  readonly flow: Flow;
  readonly password: string;
  readonly answers: Answers;
  /** @default challengeHandlers */
  readonly handlers?: ChallengeHandlers;
  /** New passwords are checked against it before they are sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
}

export interface Walk {
  readonly tokens: Tokens;
  /** Names of the challenges that were answered, in order. */
  readonly answered: readonly string[];
}

/** More challenges than any user pool asks in one sign-in: a server that asks for ever is not followed. */
const MAX_CHALLENGES = 10;

/**
 * Begins the flow and answers whatever Cognito asks, in any order, until there are tokens. A refused answer is asked
 * for again in the same session; a session that ends starts again by itself, once, with what was typed already.
 * @throws UserError for a challenge that nobody here can answer
 * @throws SessionEnded when the session ended a second time; and the SDK's own exceptions (see explainFailure)
 */
export async function walkChallenges(options: WalkOptions): Promise<Walk> {
  const typed: Typed = { password: options.password, attributes: new Map() };
  const answered: string[] = [];
  try {
    return { tokens: await walkOnce(options, typed, answered), answered };
  } catch (error) {
    if (!(error instanceof SessionEnded)) throw error;
    options.answers.onProgress?.("session-restarted");
    return { tokens: await walkAgain(options, typed, answered), answered };
  }
}

/**
 * A session can also be over because it was used: Cognito set the new password, and its answer was lost on the way. Then the
 * old password is refused, and the new one signs in.
 */
async function walkAgain(options: WalkOptions, typed: Typed, answered: string[]): Promise<Tokens> {
  try {
    return await walkOnce(options, typed, answered);
  } catch (error) {
    const { newPassword } = typed;
    if (newPassword === undefined || newPassword === typed.password || !isPasswordRefused(error)) throw error;
    const tokens = await walkOnce(options, { ...typed, password: newPassword }, answered).catch((again) => {
      throw isPasswordRefused(again) ? error : again;
    });
    options.answers.onProgress?.("new-password-set");
    answered.push("NEW_PASSWORD_REQUIRED");
    return tokens;
  }
}

async function walkOnce(options: WalkOptions, typed: Typed, answered: string[]): Promise<Tokens> {
  let step = await options.flow.begin(typed.password);
  for (let count = 0; "challenge" in step; count++) {
    if (count >= MAX_CHALLENGES) throw asksForEver(step.challenge);
    const { name } = step.challenge;
    step = await answerChallenge(step.challenge, options, typed);
    answered.push(name);
  }
  return step.tokens;
}

async function answerChallenge(challenge: Challenge, options: WalkOptions, typed: Typed): Promise<Step> {
  const { flow, answers, policy, handlers = challengeHandlers } = options;
  const handler = Object.hasOwn(handlers, challenge.name) ? handlers[challenge.name] : undefined;
  if (handler === undefined) throw cannotAnswer(challenge);
  const context = { answers, policy, typed };
  let refused: readonly string[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await handler.answer(challenge, { ...context, refused });
      const step = await flow.respond(challenge, reply);
      handler.accepted?.(context);
      return step;
    } catch (error) {
      if (isSessionEnded(error)) throw new SessionEnded(error);
      const reasons = handler.refusal?.(error);
      if (reasons === undefined || attempt >= MAX_ATTEMPTS) throw error;
      refused = reasons;
    }
  }
}

/** What each challenge wants, for those that are refused. */
const WANTS: Readonly<Record<string, string>> = {
  MFA_SETUP: "the person must set up a second factor first",
  PASSWORD_VERIFIER: "it belongs to the SRP flow, which was not the one begun",
  DEVICE_SRP_AUTH: "the user pool remembers devices, and this command is not a remembered device",
  DEVICE_PASSWORD_VERIFIER: "the user pool remembers devices, and this command is not a remembered device",
  CUSTOM_CHALLENGE: "the user pool asks a question of its own, from a Lambda trigger",
  WEB_AUTHN: "the person signs in with a passkey, which takes a browser",
};

/** Words for a challenge that is not answered here. */
export function cannotAnswer({ name }: Challenge): UserError {
  return new UserError(`Cognito asks for ${name}, which this command cannot answer`, {
    why: `The password was right, but ${WANTS[name] ?? "this kind of challenge is not known here"}.`,
    next: ["sign in with an application or on the user pool's sign-in page, which can answer it"],
  });
}

function asksForEver({ name }: Challenge): UserError {
  return new UserError(`Cognito keeps asking: after ${MAX_CHALLENGES} answers it still asks for ${name}`, {
    next: ["look at the user pool's Lambda triggers for one that never lets a sign-in finish"],
  });
}
