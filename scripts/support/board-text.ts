import { type Board, type BoardEntry, headlineOf } from "../../lib/directory/board.ts";
import { ESTIMATED, only } from "../../lib/directory/board-document.ts";
import { inText, SETTLED, STATES, type State } from "../../lib/directory/states.ts";
import type { Tone } from "../../lib/page/page.ts";
import type { Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { harmless, widthOf, wrapped } from "./wrap.ts";

/** Of one state, more people than these are summed up, unless that state was asked for. */
const SHOWN_IN_FULL = 50;
/** The first of them, as examples. */
const EXAMPLES = 10;
const BAR_WIDTH = 60;

/** Each looks different without colours, too. */
const BLOCK: Readonly<Record<Tone, string>> = { bad: "█", warn: "▓", info: "▒", quiet: "░", good: "━" };

/**
 * The board for a terminal: what it comes down to, the bar, and who needs something; who is in is only counted.
 * @param states whose entries are wanted; none: everyone's but those who need nothing
 */
export function boardText(board: Board, screen: Screen, states: readonly State[]): string {
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
    const more = summed ? [`  … and ${rows.length - EXAMPLES} more: --only ${id}`] : [];
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
    ...(asked && sections.length === 0 ? ["", `Nobody is ${states.join(" or ")}.`] : []),
    ...(settled ? ["", "Nobody needs anything."] : []),
    ...(shown.some(({ expiresAt }) => expiresAt !== undefined)
      ? ["", ...wrapped(ESTIMATED, columns).map(paint.dim)]
      : []),
    "",
  ].join("\n");
}

const people = (rows: readonly BoardEntry[], screen: Screen) =>
  table(
    [],
    rows.map(({ username, what, help }) => [
      harmless(username),
      harmless(what.join("; ")),
      help === undefined ? "" : `→ ${harmless(help)}`,
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

/** Whoever there is gets a place of their own, however many the others are. */
function bar({ entries, counts }: Board, colour: Colours, columns: number): string[] {
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
