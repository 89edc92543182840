import { shellWord } from "../auth/shell-word.ts";
import type { Board, BoardEntry } from "./board.ts";
import {
  findOnBoard,
  hasFinished,
  isLive,
  type LiveEntry,
  type Refusal,
  refuseAll,
} from "./find-on-board.ts";
import { type NameRules, rosterName } from "./names.ts";

export interface Invitee {
  /** As the pool spells the name under which it was created. */
  readonly username: string;
  /** Stays the person's: without one Cognito would take SMS. */
  readonly medium: "EMAIL" | "SMS";
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
  board: Board,
  choice: Choice,
  names: NameRules,
  done: ReadonlySet<string> = new Set(),
): Invitees {
  const invitee = (entry: LiveEntry): Invitee => ({
    username: rosterName(entry.live, names.signInWith),
    medium: mediumOf(entry) ?? "EMAIL",
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

const isInvited = ({ person }: BoardEntry) => person?.invite !== "none";

function isPending({ state, person }: BoardEntry, choice: "expired" | "all-pending"): boolean {
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
  const word = shellWord(username);
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
      `who has forgotten the password: npm run forgot-password -- ${word}`,
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
      `npm run issue-password -- ${word}`,
    );
  }
  return [];
}
