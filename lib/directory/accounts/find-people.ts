import { EXIT, UserError } from "../../errors.ts";
import { type DirectoryPerson, type NameRules, nameKey } from "../pool/people.ts";
import type { StatusReport, StatusRow } from "../status/board.ts";

/** Somebody of the board who is in the pool. */
export type LiveEntry = StatusRow & { readonly live: DirectoryPerson };

/**
 * People by the names that somebody typed: the roster's, or Cognito's own; in the order typed, nobody twice.
 * @throws UserError (exit 2) for names that nobody in the pool has: then nobody is returned
 */
export function findOnBoard(
  board: StatusReport,
  usernames: readonly string[],
  names: NameRules,
): LiveEntry[] {
  const same = nameKey(names);
  const byName = new Map(board.entries.map((entry) => [same(entry.username), entry]));
  const byId = new Map(board.entries.flatMap((entry) => (entry.live ? [[entry.live.username, entry]] : [])));
  const found = new Set<LiveEntry>();
  const problems: Refusal[] = [];
  for (const username of usernames) {
    const entry = byName.get(same(username)) ?? byId.get(username);
    if (entry !== undefined && isLive(entry)) found.add(entry);
    else if (entry !== undefined)
      problems.push({ username, reason: "is in the roster, but not in the pool", next: "npm run deploy" });
    else
      problems.push({
        username,
        reason: `is not in the user pool ${board.userPoolId}`,
        next: "npm run status lists everyone",
      });
  }
  refuseAll("Nothing was changed.", problems);
  return [...found];
}

export const isLive = (entry: StatusRow): entry is LiveEntry => entry.live !== undefined;

/** Why a command does nothing for somebody. */
export interface Refusal {
  readonly username: string;
  /** Completes a sentence that begins with the username. */
  readonly reason: string;
  readonly next: string;
}

/** Of more, the rest is counted. */
const MAX_SHOWN = 10;

/**
 * One error for everyone who is refused, so that a command does all that it was asked or nothing.
 * @throws UserError (exit 2), unless there is nobody
 */
export function refuseAll(why: string, refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals;
  if (first === undefined) return;
  const shown = refusals.slice(0, MAX_SHOWN).map(({ username, reason }) => `${username} ${reason}`);
  if (refusals.length > MAX_SHOWN) shown.push(`${refusals.length - MAX_SHOWN} more`);
  throw new UserError(shown.join("; "), {
    why: others.length > 0 ? `${why} That goes for the others, too.` : why,
    next: [...new Set(refusals.map(({ next }) => next))].slice(0, MAX_SHOWN),
    exitCode: EXIT.wrong,
  });
}

/** UserStatus of whoever has had a password of their own. */
const FINISHED: ReadonlySet<string> = new Set(["CONFIRMED", "RESET_REQUIRED", "COMPROMISED", "ARCHIVED"]);

export const hasFinished = ({ live }: LiveEntry): boolean => FINISHED.has(live.status);
