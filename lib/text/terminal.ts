import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { CONCEALED } from "./unseen.ts";

/** How many columns a text takes on a terminal, ignoring colours. */
export function widthOf(text: string): number {
  const bare = text.includes("\x1b") ? stripVTControlCharacters(text) : text;
  // An ASCII character before another one takes one column: looking up each one takes seconds for thousands of people.
  const rest = bare.replace(/[ -~]+(?=[ -~])/g, "");
  return bare.length - rest.length + stringWidth(rest);
}

/**
 * Text from another person, made safe for a terminal: anything that would move its cursor, colour it or reverse its lines, or
 * is invisible, is shown as a sign.
 */
export function escapeControls(text: string): string {
  return text.replace(CONCEALED, "␦");
}

/** Lines of at most `width` columns, broken between words, or within a word that is wider than a line. Nothing is left out. */
export function wrapped(text: string, width: number): string[] {
  return widthOf(text) <= width ? [text] : wrapAnsi(text, width, { hard: true }).split("\n");
}

/** A column of text is not made narrower, even if it then goes beyond the window. */
const NARROWEST = 12;

/**
 * A label, and a text that continues below itself, however long its lines are; an indented line continues at its indentation.
 * @param columns of the window; if undefined, nothing is broken
 */
export function wrapIndented(label: string, text: string, columns = Number.POSITIVE_INFINITY): string[] {
  const indent = " ".repeat(widthOf(label));
  const room = Math.max(columns - indent.length, NARROWEST);
  return text
    .split("\n")
    .flatMap((line) => {
      const [further = ""] = /^ */.exec(line) ?? [];
      const parts = wrapped(line.slice(further.length), Math.max(room - further.length, NARROWEST));
      return parts.map((part) => further + part);
    })
    .map((line, index) => (index === 0 ? label : indent) + line);
}

/** For a step with a command to copy: an added line break would be copied, too. */
const COMMAND = /\b(?:npm run|npx) |\(cd |(?:^|: )(?:aws|git|terraform|chmod|rm|pip|env|export|unset) /;

/** A command that ends a text. */
const LAST_COMMAND =
  /(?:^|: )((?:npm run|npx|aws|git|terraform|chmod|rm|pip|env|export|unset) (?:(?!\. |, |: |; ).)*)$/;

/**
 * Text whose last words are a command: the words are wrapped, and the command stays whole, on a line of its own if it must.
 * @returns nothing if it doesn't end with one
 */
function wrapBeforeCommand(label: string, text: string, columns: number): string[] | undefined {
  const command = LAST_COMMAND.exec(text)?.[1];
  if (command === undefined) return undefined;
  const words = text.slice(0, -command.length).trimEnd();
  if (words === "") return [label + command];
  const lines = wrapIndented(label, words, columns);
  const last = `${lines.at(-1)} ${command}`;
  if (widthOf(last) <= columns) return [...lines.slice(0, -1), last];
  return [...lines, " ".repeat(widthOf(label)) + command];
}

/** The same for a next step: a command that ends it stays on one line, and so does a step with a command in its middle. */
export function wrapStep(label: string, step: string, columns = Number.POSITIVE_INFINITY): string[] {
  return (
    wrapBeforeCommand(label, step, columns) ??
    wrapIndented(label, step, COMMAND.test(step) ? undefined : columns)
  );
}

/** The same for a notice: a command that ends it stays on one line. */
export function wrapNotice(label: string, text: string, columns = Number.POSITIVE_INFINITY): string[] {
  return wrapBeforeCommand(label, text, columns) ?? wrapIndented(label, text, columns);
}

/** The start of a text, with a sign if the rest is left out. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const [start = ""] = wrapAnsi(text, width - 1, { hard: true, wordWrap: false, trim: false }).split("\n");
  return `${start}…`;
}

export type Style = (text: string) => string;

/**
 * Red and green are for whole lines, too. Yellow and cyan are pale on a white background: only a sign, a label or a place in a
 * file has them, never a sentence.
 */
export interface Paint {
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
  readonly bold: Style;
  readonly dim: Style;
}

/** What a stream is shown on. */
export interface Screen {
  readonly paint: Paint;
  /** Of the window. If undefined, lines are not broken. */
  readonly columns?: number | undefined;
}

const GAP = "  ";

/** Text that continues below its own row is indented. */
const BELOW = "    ";

/**
 * Columns aligned by display width (Japanese characters take two places), without frames. In a window that is too narrow, a
 * last cell that does not fit goes below its row; if the other columns alone are too wide, every row's cells do. Those of a
 * row whose first cell alone is wider than the window always do.
 * @param head bold; empty if the columns are self-explanatory
 * @param rows may be coloured
 * @param indent before each line
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, columns = Number.POSITIVE_INFINITY }: Screen,
  indent = "",
): string {
  const all = head.length > 0 ? [head.map(paint.bold), ...rows] : rows;
  const room = Math.max(columns - widthOf(indent + BELOW), 1);
  // One long name must not take the columns from everyone else.
  const isLong = ([first = ""]: readonly string[]) => widthOf(first) > Math.max(columns - widthOf(indent), 1);
  const others = all.filter((row) => !isLong(row));
  const widths = (all[0] ?? []).map((_, column) =>
    others.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? "")), 0),
  );
  const aligned = (cells: readonly string[]) =>
    cells.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell))).join(GAP);
  const fits = (line: string) => widthOf(indent) + widthOf(line.trimEnd()) <= columns;
  const beside = others.every((row) => fits(aligned(row.slice(0, -1))));
  const said = (cells: readonly string[]) => cells.filter((cell) => cell !== "");
  // The same for all rows
  const together = all.every(([, ...others]) => widthOf(said(others).join(GAP)) <= room);
  const below = (cells: readonly string[]) =>
    (together ? [said(cells).join(GAP)] : said(cells))
      .flatMap((line) => wrapped(line, room))
      .map((line) => BELOW + line);
  const inColumns = (row: readonly string[]) =>
    fits(aligned(row)) ? [aligned(row)] : [aligned(row.slice(0, -1)), ...below(row.slice(-1))];
  const stacked = ([first = "", ...others]: readonly string[]) => [
    ...wrapped(first, Math.max(columns - widthOf(indent), 1)),
    ...below(others),
  ];
  return all
    .flatMap((row) => (beside && !isLong(row) ? inColumns(row) : stacked(row)))
    .map((line) => indent + line.trimEnd())
    .join("\n");
}
