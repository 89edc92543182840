import type { PasswordPolicy } from "../stack/password-policy.ts";
import type { Answers } from "./answers.ts";
import type { AppClient } from "./app-client.ts";
import { type ChallengeHandlers, challengeHandlers, mfaSetup } from "./challenge-handlers.ts";
import { type Walk, walkChallenges } from "./challenges.ts";
import { chooseFlow, type FlowName } from "./choose-flow.ts";
import type { CognitoClient } from "./client.ts";

/** A person at an app client, and whoever answers for them. */
export interface PersonAtClient extends AppClient {
  readonly username: string;
  readonly answers: Answers;
  /** @default SRP where the app client allows it, else the password itself */
  readonly flow?: FlowName | undefined;
  /** New passwords are checked against it before they are sent. @default only Cognito's own limits */
  readonly policy?: PasswordPolicy | undefined;
  /** What Cognito calls a newly set up authenticator app. @default "authenticator app" */
  readonly deviceName?: string | undefined;
}

/**
 * Begins the flow and answers every challenge until there are tokens.
 * @param overrides handlers that take the place of the usual ones
 * @throws as walkChallenges does
 */
export function authenticate(
  client: CognitoClient,
  person: PersonAtClient,
  password: string,
  overrides: ChallengeHandlers = {},
): Promise<Walk> {
  const { username, answers, policy } = person;
  return walkChallenges({
    flow: chooseFlow(client, person, username, person.flow, (step) => answers.onProgress?.(step)),
    password,
    answers,
    policy,
    handlers: { ...challengeHandlers, MFA_SETUP: mfaSetup(client, person), ...overrides },
  });
}
