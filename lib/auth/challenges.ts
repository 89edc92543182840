import { UserError } from "../errors.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers } from "./answers.ts";
import { type ChallengeHandlers, challengeHandlers, type Typed } from "./challenge-handlers.ts";
import type { Challenge, Flow, Step } from "./flow.ts";
import { MAX_ATTEMPTS } from "./new-password.ts";
import { isPasswordRefused, isSessionEnded, SessionEnded } from "./refusals.ts";
import type { Tokens } from "./tokens.ts";

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
