import type { Page, Tone } from "../../page/report.ts";
import { commandLine } from "../../shell.ts";
import { csvText } from "../../text/csv.ts";
import { escapeControls, type Paint, type Screen, table, widthOf, wrapped } from "../../text/terminal.ts";
import { headlineOf, type StatusReport, type StatusRow } from "./board.ts";
import { inText, SETTLED, STATES, type State } from "./states.ts";

/** How the remaining days are estimated. */
const ESTIMATED =
  "The expiry of temporary passwords is an estimate from when each account last changed: Cognito doesn't say more.";

/** The entries with these states; everyone if none is given. */
function only(entries: readonly StatusRow[], states: readonly State[]): readonly StatusRow[] {
  return states.length === 0 ? entries : entries.filter(({ state }) => states.includes(state));
}

/**
 * The board as one document. Counts cover everyone.
 * @param states the states to include. @default all
 */
export function boardDocument(board: StatusReport, states: readonly State[] = []) {
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

function plain({ username, state, what, help, live, person, daysLeft, expiresAt, factors }: StatusRow) {
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

/** The board as CSV. */
export function boardCsv(board: StatusReport, states: readonly State[] = []): string {
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
export function boardPage(board: StatusReport, states: readonly State[] = []): Page {
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
      ...(mfa ? [] : ["Second factors were not read. --mfa reads them, which Cognito bills per person."]),
    ],
  };
}

/** If one state has more people than this, only examples are shown, unless the state was asked for. */
const SHOWN_IN_FULL = 50;

/** How many examples. */
const EXAMPLES = 10;
const BAR_WIDTH = 60;

/** Distinguishable without colours. */
const BLOCK: Readonly<Record<Tone, string>> = { bad: "█", warn: "▓", info: "▒", quiet: "░", good: "━" };

/**
 * The board for a terminal: the summary, the bar, and the people who need something; the others are only counted.
 * @param states the states to show; none: all but the settled ones
 */
export function boardText(board: StatusReport, screen: Screen, states: readonly State[]): string {
  const { paint, columns = Number.POSITIVE_INFINITY } = screen;
  const asked = states.length > 0;
  const shown = only(
    board.entries,
    asked ? states : STATES.map(({ id }) => id).filter((id) => !SETTLED.has(id)),
  );
  const colour = colours(paint);
  const sections = STATES.flatMap(({ id, label, tone }) => {
    const rows = shown.filter(({ state }) => state === id);
    if (rows.length === 0) return [];
    const summed = !asked && rows.length > SHOWN_IN_FULL;
    const more = summed
      ? [`  … and ${rows.length - EXAMPLES} more: ${commandLine`npm run status -- --only ${id}`}`]
      : [];
    return [
      "",
      paint.bold(colour[tone](`${label} (${rows.length.toLocaleString("en")})`)),
      people(summed ? rows.slice(0, EXAMPLES) : rows, screen),
      ...more,
    ];
  });
  const settled = board.entries.length > 0 && !asked && sections.length === 0;
  return [
    ...wrapped(headlineOf(board), columns).map(paint.bold),
    ...bar(board, colour, columns),
    ...sections,
    ...(asked && sections.length === 0 ? ["", `No one is in this state: ${states.join(", ")}.`] : []),
    ...(settled ? ["", "No one needs help."] : []),
    ...(shown.some(({ expiresAt }) => expiresAt !== undefined)
      ? ["", ...wrapped(ESTIMATED, columns).map(paint.dim)]
      : []),
    "",
  ].join("\n");
}

const people = (rows: readonly StatusRow[], screen: Screen) =>
  table(
    [],
    rows.map(({ username, what, help }) => [
      escapeControls(username),
      escapeControls(what.join("; ")),
      help === undefined ? "" : `→ ${escapeControls(help)}`,
    ]),
    screen,
    "  ",
  );

type Colours = Readonly<Record<Tone, (text: string) => string>>;

const colours = (paint: Paint): Colours => ({
  bad: paint.red,
  warn: paint.yellow,
  info: paint.cyan,
  quiet: paint.dim,
  good: paint.green,
});

/** Every state with people gets at least one cell, whatever the others' counts. */
function bar({ entries, counts }: StatusReport, colour: Colours, columns: number): string[] {
  const parts = STATES.filter(({ id }) => counts[id] > 0);
  if (parts.length === 0) return [];
  const share = (id: State) =>
    Math.max(1, Math.round((counts[id] / entries.length) * Math.min(BAR_WIDTH, columns - parts.length)));
  const blocks = parts.map(({ id, tone }) => colour[tone](BLOCK[tone].repeat(share(id))));
  const legend = parts.map(
    ({ id, label, tone }) =>
      `${colour[tone](BLOCK[tone])} ${counts[id].toLocaleString("en")} ${inText(label)}`,
  );
  const beside = legend.join("   ");
  return [blocks.join(""), ...(widthOf(beside) <= columns ? [beside] : legend)];
}
