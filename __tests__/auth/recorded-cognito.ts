import type { CognitoClient } from "../../lib/cognito/client.ts";

export interface SentCommand {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** An answer of Cognito's as it was recorded, or the exception instead of one. */
export type Recorded = Record<string, unknown> | Error;

/** A client that answers with a recorded sequence and remembers what it was sent. */
export function recordedCognito(...answers: Recorded[]): { client: CognitoClient; sent: SentCommand[] } {
  const sent: SentCommand[] = [];
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    sent.push({ operation: command.constructor.name.replace(/Command$/, ""), input: command.input });
    const answer = answers[sent.length - 1];
    if (answer === undefined) throw new Error(`Nothing was recorded for request ${sent.length}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: { send } as unknown as CognitoClient, sent };
}

/** An exception as the SDK throws it: told apart by its name. */
export function cognitoException(name: string, message = ""): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}

export const tokens = {
  AuthenticationResult: { AccessToken: "access", IdToken: "id", RefreshToken: "refresh", ExpiresIn: 3600 },
  ChallengeParameters: {},
};

export const newPasswordRequired = (session: string, requiredAttributes = "[]") => ({
  ChallengeName: "NEW_PASSWORD_REQUIRED",
  Session: session,
  ChallengeParameters: { USER_ID_FOR_SRP: "taro", requiredAttributes, userAttributes: "{}" },
});
