import type { Page } from "../page/page.ts";
import { type Board, type BoardEntry, headlineOf } from "./board.ts";
import { csvText } from "./csv.ts";
import { STATES, type State } from "./states.ts";

/** How the days left are known. */
export const ESTIMATED =
  "When a temporary password runs out is an estimate: Cognito tells when an account was last changed, nothing else.";

/** Whose state is asked for; everyone where nothing is. */
export function only(entries: readonly BoardEntry[], states: readonly State[]): readonly BoardEntry[] {
  return states.length === 0 ? entries : entries.filter(({ state }) => states.includes(state));
}

/**
 * The board as one document. Counts are of everyone.
 * @param states whose entries are wanted. @default everyone's
 */
export function boardDocument(board: Board, states: readonly State[] = []) {
  const { userPoolId, at, validityDays, counts, expected, waiting } = board;
  return {
    format: 1,
    userPoolId,
    at: at.toISOString(),
    summary: headlineOf(board),
    expected,
    waiting,
    temporaryPasswordValidityDays: validityDays,
    counts,
    people: only(board.entries, states).map(plain),
  };
}

function plain({ username, state, what, help, live, person, daysLeft, expiresAt, factors }: BoardEntry) {
  return {
    username,
    state,
    what,
    ...(help && { help }),
    inRoster: person !== undefined,
    ...(person && { invite: person.invite }),
    ...(live && { status: live.status, enabled: live.enabled, cognitoUsername: live.username }),
    ...(live?.createdAt && { createdAt: live.createdAt.toISOString() }),
    ...(live?.modifiedAt && { modifiedAt: live.modifiedAt.toISOString() }),
    ...(expiresAt && { expiresAt: expiresAt.toISOString(), daysLeft }),
    ...(factors && { factors }),
  };
}

const COLUMNS = [
  "username",
  "state",
  "status",
  "enabled",
  "days_left",
  "expires_at",
  "what",
  "help",
] as const;

/** The board as a spreadsheet takes it. */
export function boardCsv(board: Board, states: readonly State[] = []): string {
  const rows = only(board.entries, states).map(
    ({ username, state, live, daysLeft, expiresAt, what, help }) => [
      username,
      state,
      live?.status,
      live && String(live.enabled),
      daysLeft,
      expiresAt?.toISOString(),
      what.join("; "),
      help,
    ],
  );
  return csvText(COLUMNS, rows);
}

/** The board as a page; `renderPage` (lib/page) makes HTML of it. */
export function boardPage(board: Board, states: readonly State[] = []): Page {
  const { userPoolId, at, entries, counts, waiting, mfa } = board;
  const live = entries.filter((entry) => entry.live !== undefined).length;
  return {
    title: "First logins",
    heading: `First logins: ${userPoolId}`,
    verdict: { text: headlineOf(board), tone: waiting === 0 ? "good" : "warn" },
    facts: [
      { label: "Read at", value: at.toISOString().replace(/\.\d+Z$/, "Z") },
      { label: "In the roster", value: String(entries.filter(({ person }) => person !== undefined).length) },
      { label: "In the pool", value: String(live) },
      { label: "Temporary passwords last", value: `${board.validityDays} days` },
    ],
    bar: STATES.map(({ id, label, tone }) => ({ label, count: counts[id], tone })),
    kinds: STATES.map(({ id, label, tone }) => ({ id, label, tone })),
    rows: only(entries, states).map(({ state, username, what, help }) => ({
      kind: state,
      who: username,
      what,
      ...(help && { help }),
    })),
    notes: [
      ...(states.length === 0 ? [] : [`Only: ${states.join(", ")}.`]),
      ESTIMATED,
      ...(mfa ? [] : ["Second factors were not read: --mfa does, and Cognito bills for whom it reads."]),
    ],
  };
}
