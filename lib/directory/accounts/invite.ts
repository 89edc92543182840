import { AdminCreateUserCommand, type UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { explainPoolFailure } from "../../cognito/explain-error.ts";
import { UserError } from "../../errors.ts";
import { commandLine } from "../../shell.ts";
import { DEFAULT_SENDER_PER_DAY, mailSender } from "../../stack/rules/cognito-limits.ts";
import { DAY_MS } from "../../text/words.ts";
import { type BatchProgress, type Journal, type Outcome, openJournal, runBatch } from "../batch.ts";
import { type DirectoryPerson, type NameRules, rosterName } from "../pool/people.ts";
import type { StatusReport, StatusRow } from "../status/board.ts";
import { findOnBoard, hasFinished, isLive, type LiveEntry, type Refusal, refuseAll } from "./find-people.ts";
import { movedOn } from "./moved-on.ts";

export interface Invitee {
  /** The account's name, as the pool spells it. */
  readonly username: string;
  /** The person's own medium: by default, Cognito would use SMS. */
  readonly medium: "EMAIL" | "SMS";
  /** The account when it was selected. */
  readonly seen: DirectoryPerson;
}

/** Whom to invite again: named people, or everyone of the roster whose temporary password has expired, or who has one. */
export type Choice = readonly string[] | "expired" | "all-pending";

export interface Invitees {
  /** Soonest to expire first, unless they were named. */
  readonly people: readonly Invitee[];
  /** Pending like them, but skipped because of `"invite": "none"`. Empty if people were named. */
  readonly uninvited: readonly string[];
}

/**
 * @param done people in the journal of an interrupted run: they may have finished since, and get no invitation anyway
 * @throws UserError (exit 2) when a named person can't be invited again: no one is invited then
 */
export function inviteesOf(
  board: StatusReport,
  choice: Choice,
  names: NameRules,
  done: ReadonlySet<string> = new Set(),
): Invitees {
  const invitee = (entry: LiveEntry): Invitee => ({
    username: rosterName(entry.live, names.signInWith),
    medium: mediumOf(entry) ?? "EMAIL",
    seen: entry.live,
  });
  if (typeof choice === "string") {
    const pending = board.entries.filter(isLive).filter((entry) => isPending(entry, choice));
    const [asked, others] = [pending.filter(isInvited), pending.filter((entry) => !isInvited(entry))];
    return { people: asked.map(invitee), uninvited: others.map(({ username }) => username) };
  }
  const found = findOnBoard(board, choice, names);
  const refusals = found.filter((entry) => !done.has(invitee(entry).username)).flatMap(refusalOf);
  refuseAll("No invitation was sent.", refusals);
  return { people: found.map(invitee), uninvited: [] };
}

const isInvited = ({ person }: StatusRow) => person?.invite !== "none";

function isPending({ state, person }: StatusRow, choice: "expired" | "all-pending"): boolean {
  // Disabled in the roster but not yet in the pool: the invitation would be useless.
  if (person?.enabled !== true) return false;
  return state === "expired" || (state === "invited" && choice === "all-pending");
}

/** The roster's medium; for people who aren't in it, one that reaches them. */
function mediumOf({ person, live }: LiveEntry): Invitee["medium"] | undefined {
  if (person !== undefined) return ({ email: "EMAIL", sms: "SMS", none: undefined } as const)[person.invite];
  if (live.attributes.email) return "EMAIL";
  return live.attributes.phone_number ? "SMS" : undefined;
}

function refusalOf(entry: LiveEntry): Refusal[] {
  const { username, live, person, state } = entry;
  const refuse = (reason: string, next: string) => [{ username, reason, next }];
  if (live.status === "EXTERNAL_PROVIDER") {
    return refuse(
      "signs in through an external identity provider and has no password here",
      "npm run status",
    );
  }
  if (hasFinished(entry)) {
    return refuse(
      "has already finished the first login",
      `forgot the password? ${commandLine`npm run forgot-password -- ${username}`}`,
    );
  }
  if (state === "leaving") return refuse("is leaving", 'to bring them back, remove "leaving" and deploy');
  if (!live.enabled || person?.enabled === false) {
    return refuse("is disabled and couldn't sign in", "enable them in the roster, then: npm run deploy");
  }
  if (live.status !== "FORCE_CHANGE_PASSWORD") {
    return refuse(
      `was never invited (status ${live.status})`,
      "if they signed up, your app sends them a code; or confirm the account: aws cognito-idp admin-confirm-sign-up",
    );
  }
  if (mediumOf(entry) === undefined) {
    return refuse(
      person === undefined
        ? "has neither an e-mail address nor a phone number"
        : 'gets no invitation ("invite": "none")',
      commandLine`npm run issue-password -- ${username}`,
    );
  }
  return [];
}

export interface InviteOptions {
  readonly userPoolId: string;
  readonly people: readonly Invitee[];
  readonly journal: Journal;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: BatchProgress) => void;
}

/**
 * Sends people their invitation again, by their own medium: AdminCreateUser with RESEND, which gives each a new temporary
 * password, valid for the pool's full period. Within UserCreation's quota if the client is `cognitoClient`.
 *
 * Stops when the sender's daily limit is reached: each further person would lose the old password and get no new one.
 * @returns in the order of `people`; failures carry a message (UserError)
 */
export async function invite(
  client: CognitoClient,
  options: InviteOptions,
): Promise<readonly Outcome<void>[]> {
  const { userPoolId: UserPoolId, people, journal, signal, onProgress } = options;
  const usedUp = new AbortController();
  const either = AbortSignal.any([usedUp.signal, ...(signal === undefined ? [] : [signal])]);
  let limit: { readonly username: string; readonly error: unknown } | undefined;
  const outcomes = await runBatch(
    {
      people,
      look: ({ seen }) => movedOn(client, UserPoolId, seen),
      journal,
      signal: either,
      onProgress,
    },
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
    "check the address and the pool's message delivery settings, then run the same command again",
  ],
  InvalidParameterException: () => [
    "Cognito refused it, often because the address is missing or not verified",
    "fix the address in the roster, deploy, then run the same command again",
  ],
  LimitExceededException: () => [
    "the sender has reached today's limit",
    "run the same command again tomorrow: it continues where this one stopped",
    "or set up your own sender (Amazon SES)",
  ],
};

/** Whether the pool sends e-mail through the team's own sender, so that Cognito's daily limit doesn't apply. */
export function ownSender({ EmailConfiguration, LambdaConfig }: UserPoolType): boolean {
  return mailSender(EmailConfiguration?.EmailSendingAccount, LambdaConfig?.CustomEmailSender) === "own";
}

/** Whether it is less than a day ago. */
const isToday = (date: Date | undefined, now: Date): boolean =>
  date !== undefined && now.getTime() - date.getTime() < DAY_MS;

/** People invited by e-mail, or else changed, within a day: an estimate of the messages sent. */
export function recentlyMailed({ entries, at }: StatusReport): number {
  return entries.filter(
    ({ state, person, live }) =>
      state === "invited" && person?.invite === "email" && isToday(live?.modifiedAt, at),
  ).length;
}

/** An interrupted run is resumed as long as the invitations it sent are valid. */
export function unexpired(journal: Journal, { at, validityDays }: StatusReport, path: string): Journal {
  const { since } = journal;
  if (since === undefined || at.getTime() - since.getTime() < validityDays * DAY_MS) return journal;
  journal.remove();
  return openJournal(path);
}

/** As many by e-mail as Cognito's own sender still allows today, as far as this run knows. */
export function withinToday(
  todo: readonly Invitee[],
  { done, since }: Journal,
  now: Date,
): readonly Invitee[] {
  const left = DEFAULT_SENDER_PER_DAY - (isToday(since, now) ? done.size : 0);
  const mailed = new Set(todo.filter(({ medium }) => medium === "EMAIL").slice(Math.max(0, left)));
  return todo.filter((one) => !mailed.has(one));
}
