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
import { type Challenge, type Flow, listIn, type Reply, type Step, waysOf } from "./flows.ts";
import { askNewPassword, MAX_ATTEMPTS } from "./new-password.ts";
import type { Tokens } from "./tokens.ts";
import { type AuthenticatorOptions, digitsOf, enrolAuthenticator } from "./totp.ts";

/** What the person has typed so far; reused when an expired session restarts. */
export interface Typed {
  /** The password for the next start: the given one, or the new one once Cognito has accepted it. */
  password: string;
  newPassword?: string;
  readonly attributes: Map<string, string>;
}

export interface HandlerContext {
  readonly answers: Answers;
  readonly policy: PasswordPolicy | undefined;
  readonly typed: Typed;
  /** Asks for the password, once the person has chosen to use one. @default the password was already typed */
  readonly askPassword?: (() => Promise<string>) | undefined;
  /** Why Cognito refused the previous answer; empty the first time. */
  readonly refused: readonly string[];
}

export interface ChallengeHandler {
  answer(challenge: Challenge, context: HandlerContext): Promise<Reply>;
  /** The reasons when an answer was refused but another may follow in the same session; undefined: the sign-in failed. */
  refusal?(error: unknown): string[] | undefined;
  /** Called when Cognito has accepted the answer. */
  accepted?(context: Omit<HandlerContext, "refused">): void;
}

export type ChallengeHandlers = Readonly<Record<string, ChallengeHandler>>;

const newPasswordRequired: ChallengeHandler = {
  async answer(challenge, { answers, policy, typed, refused }) {
    // A refused password is discarded; one typed before the session ended is reused.
    const kept = refused.length === 0 ? typed.newPassword : undefined;
    const password = kept ?? (await askNewPassword(answers, policy, refused));
    typed.newPassword = password;
    for (const listed of listIn(challenge, "requiredAttributes")) {
      // Cognito lists attributes with or without the `userAttributes.` prefix that the answer needs.
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

/** First factors that a sign-in here can begin with; a passkey needs a browser. */
const FIRST_CODES: readonly string[] = ["EMAIL_OTP", "SMS_OTP"];

/** Uses a password that was already typed; otherwise the person chooses, and is asked for the password only then. */
const selectChallenge: ChallengeHandler = {
  async answer(challenge, context) {
    const offered = waysOf(challenge);
    const ways = [
      ...(offered.some((way) => way === "PASSWORD" || way === "PASSWORD_SRP") ? ["PASSWORD"] : []),
      ...offered.filter((way) => FIRST_CODES.includes(way)),
    ];
    if (ways.length === 0 && offered.includes("WEB_AUTHN")) throw onlyByPasskey();
    const typed = context.askPassword === undefined && ways.includes("PASSWORD");
    const way = typed ? "PASSWORD" : await chooseOne(challenge, ways, context.answers);
    if (way !== "PASSWORD") return { responses: { ANSWER: way } };
    return { responses: { ANSWER: way, PASSWORD: await passwordIn(context) } };
  },
};

/** Cognito asks for the password at once when the account has no other choice. */
const passwordChallenge: ChallengeHandler = {
  answer: async (_, context) => ({ responses: { PASSWORD: await passwordIn(context) } }),
};

async function passwordIn({ typed, askPassword }: HandlerContext): Promise<string> {
  if (typed.password === "" && askPassword !== undefined) typed.password = await askPassword();
  return typed.password;
}

/**
 * Sets up a second factor in the challenge's session. An authenticator app is preferred to e-mail, which mail servers can
 * read.
 */
export function mfaSetup(
  client: CognitoClient,
  options: Omit<AuthenticatorOptions, "answers">,
): ChallengeHandler {
  return {
    async answer(challenge, { answers }) {
      const possible = listIn(challenge, "MFAS_CAN_SETUP");
      if (possible.length > 0 && !possible.includes("SOFTWARE_TOKEN_MFA")) {
        if (!possible.includes("EMAIL_OTP")) throw noAuthenticator(possible);
        // Cognito then sends a code there. A phone number can't be set at sign-in: it must already be on the account.
        return { responses: { EMAIL: await answers.attribute("email") } };
      }
      const session = await enrolAuthenticator(
        client,
        { Session: challenge.session },
        { ...options, answers },
      );
      return { responses: {}, ...(session === undefined ? {} : { session }) };
    },
  };
}

/** Every challenge that can be answered without further requests; all others are refused by name. */
export const challengeHandlers: ChallengeHandlers = {
  NEW_PASSWORD_REQUIRED: newPasswordRequired,
  SOFTWARE_TOKEN_MFA: oneTimeCode("SOFTWARE_TOKEN_MFA_CODE", "app"),
  SMS_MFA: oneTimeCode("SMS_MFA_CODE", "sms"),
  EMAIL_OTP: oneTimeCode("EMAIL_OTP_CODE", "email"),
  SMS_OTP: oneTimeCode("SMS_OTP_CODE", "sms"),
  SELECT_MFA_TYPE: selectMfaType,
  SELECT_CHALLENGE: selectChallenge,
  PASSWORD: passwordChallenge,
  PASSWORD_SRP: passwordChallenge,
};

async function chooseOne({ name }: Challenge, options: readonly string[], answers: Answers): Promise<string> {
  const [only, ...others] = options;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined || answers.choose === undefined) {
    throw new UserError(`Cognito asks for ${name}, but this command supports none of the choices`, {
      next: ["sign in with an application or on the user pool's sign-in page, which can answer it"],
    });
  }
  return answers.choose(options);
}

function onlyByPasskey(): UserError {
  return new UserError("This account can only sign in with a passkey, which a terminal doesn't support", {
    next: ["sign in in the browser: npm run sign-in -- --browser"],
  });
}

function noAuthenticator(possible: readonly string[]): UserError {
  return new UserError("The user pool asks for a second factor that this command cannot set up", {
    why: `It takes ${possible.join(" or ")}, and neither an authenticator app (SOFTWARE_TOKEN_MFA) nor e-mail (EMAIL_OTP).`,
    next: [
      "ask the pool's administrator to add a verified phone number, or to allow authenticator apps (TOTP)",
    ],
  });
}

export interface WalkOptions {
  readonly flow: Flow;
  /** Empty when `askPassword` provides it. */
  readonly password: string;
  /** As in HandlerContext. */
  readonly askPassword?: (() => Promise<string>) | undefined;
  readonly answers: Answers;
  /** @default challengeHandlers */
  readonly handlers?: ChallengeHandlers;
  /** New passwords are checked against it before they are sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
}

export interface Walk {
  readonly tokens: Tokens;
  /** Names of the answered challenges, in order. */
  readonly answered: readonly string[];
}

/** More challenges than any user pool asks in one sign-in: guards against a server that never stops asking. */
const MAX_CHALLENGES = 10;

/**
 * Begins the flow and answers Cognito's challenges, in any order, until there are tokens. A refused answer is asked for again
 * in the same session; an expired session restarts once, with what was already typed.
 * @throws UserError for a challenge that can't be answered here
 * @throws SessionEnded when the session ends a second time; and the SDK's own exceptions (see explainFailure)
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
 * A session can also end because its answer got lost after Cognito set the new password. The old password is then refused,
 * and the new one signs in.
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
  const { flow, answers, policy, askPassword, handlers = challengeHandlers } = options;
  const handler = Object.hasOwn(handlers, challenge.name) ? handlers[challenge.name] : undefined;
  if (handler === undefined) throw cannotAnswer(challenge);
  const context = { answers, policy, typed, askPassword };
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

/** What each refused challenge requires. */
const WANTS: Readonly<Record<string, string>> = {
  MFA_SETUP: "the person must set up a second factor first",
  PASSWORD_VERIFIER: "it belongs to the SRP flow, and this sign-in uses another",
  DEVICE_SRP_AUTH: "the user pool remembers devices, and this command is not a remembered device",
  DEVICE_PASSWORD_VERIFIER: "the user pool remembers devices, and this command is not a remembered device",
  CUSTOM_CHALLENGE: "a Lambda trigger of the user pool asks a custom question",
};

/** The error for a challenge that can't be answered here. */
export function cannotAnswer({ name }: Challenge): UserError {
  if (name === "WEB_AUTHN") {
    return new UserError("Cognito asks for a passkey (WEB_AUTHN), which a terminal doesn't support", {
      next: ["sign in in the browser: npm run sign-in -- --browser"],
    });
  }
  return new UserError(`Cognito asks for ${name}, which this command doesn't support`, {
    why: `The password was right, but ${WANTS[name] ?? "this kind of challenge is unknown"}.`,
    next: ["sign in with an application or on the user pool's sign-in page, which can answer it"],
  });
}

function asksForEver({ name }: Challenge): UserError {
  return new UserError(
    `The sign-in doesn't end: after ${MAX_CHALLENGES} answers Cognito still asks for ${name}`,
    {
      next: ["check the user pool's Lambda triggers: one of them never lets a sign-in finish"],
    },
  );
}
