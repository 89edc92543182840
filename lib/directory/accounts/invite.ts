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
  /** As the pool spells the name under which it was created. */
  readonly username: string;
  /** Stays the person's: without one Cognito would take SMS. */
  readonly medium: "EMAIL" | "SMS";
  /** The account as it was when they were chosen. */
  readonly seen: DirectoryPerson;
}

/** Whom to invite again: people by name, or everyone of the roster whose temporary password has run out, or who has one. */
export type Choice = readonly string[] | "expired" | "all-pending";

export interface Invitees {
  /** Whose time runs out first comes first, unless they were named. */
  readonly people: readonly Invitee[];
  /** Pending like them, but for `"invite": "none"`. Empty where people were named. */
  readonly uninvited: readonly string[];
}

/**
 * @param done who is in the journal of an interrupted run: they may have finished since, and are not sent anything anyway
 * @throws UserError (exit 2) when somebody who was named can't be invited again: then nobody is
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
  refuseAll("Nobody was sent anything.", refusals);
  return { people: found.map(invitee), uninvited: [] };
}

const isInvited = ({ person }: StatusRow) => person?.invite !== "none";

function isPending({ state, person }: StatusRow, choice: "expired" | "all-pending"): boolean {
  // Disabled in the roster, not yet in the pool: an invitation would be to nowhere.
  if (person?.enabled !== true) return false;
  return state === "expired" || (state === "invited" && choice === "all-pending");
}

/** How the roster has them invited; of whom it does not have, by what the pool can reach them. */
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
      "signs in through an external identity provider, and has no password here",
      "npm run status",
    );
  }
  if (hasFinished(entry)) {
    return refuse(
      "has finished the first login already: an invitation would say nothing",
      `who has forgotten the password: ${commandLine`npm run forgot-password -- ${username}`}`,
    );
  }
  if (state === "leaving")
    return refuse("is on the way out", 'to bring them back, take "leaving" away and deploy');
  if (!live.enabled || person?.enabled === false) {
    return refuse("is disabled, and could not sign in", "enable them in the roster, then: npm run deploy");
  }
  if (live.status !== "FORCE_CHANGE_PASSWORD") {
    return refuse(
      `was never invited: the status is ${live.status}`,
      "who signed up by themselves gets a code from your app, or: aws cognito-idp admin-confirm-sign-up",
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

/** Whether the team sends the pool's e-mail, and Cognito's daily limit does not count. */
export function ownSender({ EmailConfiguration, LambdaConfig }: UserPoolType): boolean {
  return mailSender(EmailConfiguration?.EmailSendingAccount, LambdaConfig?.CustomEmailSender) === "own";
}

/** Whether less than a day has passed. */
const isToday = (date: Date | undefined, now: Date): boolean =>
  date !== undefined && now.getTime() - date.getTime() < DAY_MS;

/** People whose e-mail invitation was sent, or else whose account was changed, within a day: an estimate of what was sent. */
export function recentlyMailed({ entries, at }: StatusReport): number {
  return entries.filter(
    ({ state, person, live }) =>
      state === "invited" && person?.invite === "email" && isToday(live?.modifiedAt, at),
  ).length;
}

/** An interrupted run is taken up for as long as what it sent is good. */
export function unexpired(journal: Journal, { at, validityDays }: StatusReport, path: string): Journal {
  const { since } = journal;
  if (since === undefined || at.getTime() - since.getTime() < validityDays * DAY_MS) return journal;
  journal.remove();
  return openJournal(path);
}

/** As many by e-mail as Cognito's own sender has left of its day, as far as this piece of work knows. */
export function withinToday(
  todo: readonly Invitee[],
  { done, since }: Journal,
  now: Date,
): readonly Invitee[] {
  const left = DEFAULT_SENDER_PER_DAY - (isToday(since, now) ? done.size : 0);
  const mailed = new Set(todo.filter(({ medium }) => medium === "EMAIL").slice(Math.max(0, left)));
  return todo.filter((one) => !mailed.has(one));
}
