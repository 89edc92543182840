import { AdminCreateUserCommand, type UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";
import { UserError } from "../errors.ts";
import type { Board } from "./board.ts";
import { explainPoolFailure } from "./failure.ts";
import { forEveryone, type HowFar, type Outcome } from "./for-everyone.ts";
import type { Invitee } from "./invitees.ts";
import type { Journal } from "./journal.ts";

export interface InviteOptions {
  readonly userPoolId: string;
  readonly people: readonly Invitee[];
  readonly journal: Journal;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: HowFar) => void;
}

/**
 * Sends people their invitation again, by the medium that is theirs: AdminCreateUser with RESEND, which gives each a new
 * temporary password, good for the pool's full time. At UserCreation's quota where the client is `cognitoClient`.
 *
 * When the sender's day is used up nobody else is begun: each further one would lose the old password and get no new one.
 * @returns in the order of `people`; what failed has its words (UserError)
 */
export async function invite(
  client: CognitoClient,
  options: InviteOptions,
): Promise<readonly Outcome<void>[]> {
  const { userPoolId: UserPoolId, people, journal, signal, onProgress } = options;
  const usedUp = new AbortController();
  const either = AbortSignal.any([usedUp.signal, ...(signal === undefined ? [] : [signal])]);
  let limit: { readonly username: string; readonly error: unknown } | undefined;
  const outcomes = await forEveryone(
    { people, journal, signal: either, onProgress },
    async ({ username: Username, medium }) => {
      try {
        await client.send(
          new AdminCreateUserCommand({
            UserPoolId,
            Username,
            MessageAction: "RESEND",
            DesiredDeliveryMediums: [medium],
          }),
        );
      } catch (error) {
        const explained = explain(error, Username, UserPoolId);
        if (error instanceof Error && error.name === "LimitExceededException") {
          limit ??= { username: Username, error: explained };
          usedUp.abort();
        }
        throw explained;
      }
    },
  );
  return outcomes.map((outcome) =>
    outcome.username === limit?.username ? { ...limit, state: "failed" } : outcome,
  );
}

function explain(error: unknown, username: string, userPoolId: string): unknown {
  if (!(error instanceof Error)) return error;
  const words = WORDS[error.name];
  if (words === undefined) return explainPoolFailure(error, { userPoolId });
  const [message, ...next] = words(username);
  return new UserError(message, { next, cause: error });
}

const WORDS: Readonly<Record<string, (username: string) => readonly [string, ...string[]]>> = {
  UnsupportedUserStateException: (username) => [`${username} has finished the first login in the meantime`],
  UserNotFoundException: (username) => [`${username} is no longer in the user pool`, "npm run status"],
  CodeDeliveryFailureException: () => [
    "the message could not be delivered",
    "look at the address, and at the pool's message delivery settings; then run the same command again",
  ],
  InvalidParameterException: () => [
    "Cognito refused it: often an address that is missing or not verified",
    "look at the address in the roster, deploy, then run the same command again",
  ],
  LimitExceededException: () => [
    "the sender's limit for today is reached",
    "run the same command again tomorrow: it takes up where this one stopped",
    "or give the pool a sender of your own (Amazon SES)",
  ],
};

/** Who sends the pool's e-mail: Cognito's own sender, with its daily limit, or the team's (SES, or a Lambda function). */
export function ownSender({ EmailConfiguration, LambdaConfig }: UserPoolType): boolean {
  return (
    EmailConfiguration?.EmailSendingAccount === "DEVELOPER" || LambdaConfig?.CustomEmailSender !== undefined
  );
}

const DAY_MS = 86_400_000;

/** Whether less than a day has passed. */
export const isToday = (date: Date | undefined, now: Date): boolean =>
  date !== undefined && now.getTime() - date.getTime() < DAY_MS;

/** People whose e-mail invitation was sent, or else whose account was changed, within a day: an estimate of what was sent. */
export function recentlyMailed({ entries, at }: Board): number {
  return entries.filter(
    ({ state, person, live }) =>
      state === "invited" && person?.invite === "email" && isToday(live?.modifiedAt, at),
  ).length;
}
