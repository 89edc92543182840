import { EXIT, UserError } from "../../errors.ts";
import { escapeControls } from "../../text/terminal.ts";
import { closest } from "../../text/words.ts";
import { type DirectoryPerson, type NameRules, nameKey } from "../pool/people.ts";
import type { StatusReport, StatusRow } from "../status/board.ts";

/** A person on the board who is in the pool. */
export type LiveEntry = StatusRow & { readonly live: DirectoryPerson };

/**
 * Finds people by the given names, the roster's or Cognito's own; in the given order, without duplicates.
 * @throws UserError (exit 2) for names that no one in the pool has: no one is returned then
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
      problems.push({ username, reason: "is in the roster but not in the pool", next: "npm run deploy" });
    else {
      const near = closest(
        username,
        board.entries.filter(isLive).map((one) => one.username),
      );
      problems.push({
        username,
        reason: `is not in the user pool ${board.userPoolId}`,
        next: near === undefined ? "npm run status lists everyone" : `did you mean ${escapeControls(near)}?`,
      });
    }
  }
  refuseAll("Nothing was changed.", problems);
  return [...found];
}

export const isLive = (entry: StatusRow): entry is LiveEntry => entry.live !== undefined;

/** Why a command skips a person. */
export interface Refusal {
  readonly username: string;
  /** Completes a sentence that begins with the username. */
  readonly reason: string;
  readonly next: string;
}

/** More than these are only counted. */
const MAX_SHOWN = 10;

/**
 * One error for everyone who is refused, so that a command does everything or nothing.
 * @throws UserError (exit 2), unless the list is empty
 */
export function refuseAll(why: string, refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals;
  if (first === undefined) return;
  const shown = refusals.slice(0, MAX_SHOWN).map(({ username, reason }) => `${username} ${reason}`);
  if (refusals.length > MAX_SHOWN) shown.push(`${refusals.length - MAX_SHOWN} more`);
  throw new UserError(shown.join("; "), {
    why: others.length > 0 ? `${why} The others were left unchanged too.` : why,
    next: [...new Set(refusals.map(({ next }) => next))].slice(0, MAX_SHOWN),
    exitCode: EXIT.wrong,
  });
}

/** UserStatus of people who have set their own password. */
const FINISHED: ReadonlySet<string> = new Set(["CONFIRMED", "RESET_REQUIRED", "COMPROMISED", "ARCHIVED"]);

export const hasFinished = ({ live }: LiveEntry): boolean => FINISHED.has(live.status);
