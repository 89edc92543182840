import type { InitiateAuthCommandOutput } from "@aws-sdk/client-cognito-identity-provider";
import { type Tokens, tokensOf } from "./tokens.ts";

/** A question of Cognito's that stands between the person and the tokens. */
export interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: string | undefined;
  /** The ways to go on that SELECT_CHALLENGE leaves to choose from. */
  readonly offered?: readonly string[];
}

/** The answer to a challenge: the fields of ChallengeResponses, except the username, which the flow adds. */
export interface Reply {
  readonly responses: Readonly<Record<string, string>>;
  /** Instead of the challenge's own session, where answering took calls that gave a newer one. */
  readonly session?: string;
}

/** What Cognito answers at every turn: the tokens, or one more challenge. */
export type Step = { readonly tokens: Tokens } | { readonly challenge: Challenge };

/** One way to sign in: how it begins, and how its challenges are answered. */
export interface Flow {
  begin(password: string): Promise<Step>;
  respond(challenge: Challenge, reply: Reply): Promise<Step>;
}

/**
 * Reads the answer of (Admin)InitiateAuth or (Admin)RespondToAuthChallenge.
 * @throws Error when it is neither tokens nor a challenge (moto answers so to challenges that it does not know)
 */
export function stepOf(
  output: Pick<
    InitiateAuthCommandOutput,
    "AuthenticationResult" | "ChallengeName" | "ChallengeParameters" | "Session"
  > & { AvailableChallenges?: readonly string[] | undefined },
): Step {
  if (output.ChallengeName !== undefined) {
    return {
      challenge: {
        name: output.ChallengeName,
        parameters: output.ChallengeParameters ?? {},
        session: output.Session,
        ...(output.AvailableChallenges === undefined ? {} : { offered: output.AvailableChallenges }),
      },
    };
  }
  return { tokens: tokensOf(output.AuthenticationResult) };
}
