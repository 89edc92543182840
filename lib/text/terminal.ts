import type { Style } from "../../scripts/screen.ts";

/** Characters that a terminal shows two places wide: East Asian ones and emoji (Unicode's East_Asian_Width W and F). */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;
const GRAPHEMES = new Intl.Segmenter();

/** One of our own colours: it takes no place, and may not be broken. */
const COLOUR = "\\x1b\\[[\\d;]*m";
const COLOURS = new RegExp(`(${COLOUR})`);
const ALL_COLOURS = new RegExp(COLOUR, "g");

/** What is not ASCII. Asking Unicode about every character costs seconds for thousands of people. */
const NOT_PLAIN = /[^ -~]+/g;
const NO_PLACE = new RegExp(`^(?:[\\p{M}\\p{Cf}]+|${COLOUR})$`, "u");

const graphemes = (text: string) =>
  text
    .split(COLOURS)
    .flatMap((part) =>
      COLOURS.test(part) ? [part] : [...GRAPHEMES.segment(part)].map(({ segment }) => segment),
    );

/** How many places a text takes on a terminal, whatever its colours. */
export function widthOf(text: string): number {
  let width = 0;
  for (const bare of text.split(ALL_COLOURS)) {
    width += bare.length;
    for (const [part] of bare.matchAll(NOT_PLAIN)) {
      width -= part.length;
      for (const { segment } of GRAPHEMES.segment(part))
        width += NO_PLACE.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
    }
  }
  return width;
}

/**
 * A text that somebody else chose, as a terminal may show it: what would move its cursor, colour it or turn its lines around
 * is shown as a sign.
 */
export function escapeControls(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, "␦")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "␦");
}

/** Lines of at most `width` places, broken between words, or within one that is wider than a line. Nothing is left out. */
export function wrapped(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    // A long word goes on where the line stands, unless it would fit into a line of its own.
    if (line !== "" && (widthOf(word) <= width || widthOf(line) + 2 > width)) {
      lines.push(line);
      line = "";
    } else if (line !== "") line += " ";
    for (const one of graphemes(word)) {
      if (line !== "" && widthOf(line) + widthOf(one) > width) {
        lines.push(line);
        line = "";
      }
      line += one;
    }
  }
  return [...lines, line];
}

/**
 * A label, and a text that goes on below itself, however long its own lines are; one that stands further in goes on there.
 * @param columns of the window; where there is none, nothing is broken
 */
export function wrapIndented(label: string, text: string, columns = Number.POSITIVE_INFINITY): string[] {
  const indent = " ".repeat(widthOf(label));
  const room = Math.max(columns - indent.length, 20);
  return text
    .split("\n")
    .flatMap((line) => {
      const [further = ""] = /^ */.exec(line) ?? [];
      const parts = wrapped(line.slice(further.length), Math.max(room - further.length, 20));
      return parts.map((part) => further + part);
    })
    .map((line, index) => (index === 0 ? label : indent) + line);
}

/** Where a step holds a command that is to be copied: a line break of ours in it would be copied, too. */
const COMMAND = /\b(?:npm run|npx) |\(cd |(?:^|: )(?:aws|git|terraform|chmod|rm|pip|env|export|unset) /;

/** The same for what to do next: with a command in it, it stays one line. */
export function wrapStep(label: string, step: string, columns?: number): string[] {
  return wrapIndented(label, step, COMMAND.test(step) ? undefined : columns);
}

/** The start of a text, and a sign where the rest is left out. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let start = "";
  for (const one of graphemes(text)) {
    if (widthOf(start) + widthOf(one) >= width) break;
    start += one;
  }
  return `${start}…`;
}

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
  /** Of the window. Nothing where there is none: then lines are as long as they are. */
  readonly columns?: number | undefined;
}

const GAP = "  ";

/** What goes on below its own row stands further in. */
const BELOW = "    ";

/**
 * Columns aligned by how wide the text is shown (Japanese characters take two places), without frames. In a window that is too
 * narrow, a last cell that does not fit stands below its row; where the other columns alone are too wide, every row's cells do.
 * @param head bold; empty where the columns speak for themselves
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
  const widths = (all[0] ?? []).map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? "")), 0),
  );
  const aligned = (cells: readonly string[]) =>
    cells.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell))).join(GAP);
  const fits = (line: string) => widthOf(indent) + widthOf(line.trimEnd()) <= columns;
  const beside = all.every((row) => fits(aligned(row.slice(0, -1))));
  const room = Math.max(columns - widthOf(indent + BELOW), 1);
  const said = (cells: readonly string[]) => cells.filter((cell) => cell !== "");
  // All rows alike
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
    .flatMap(beside ? inColumns : stacked)
    .map((line) => indent + line.trimEnd())
    .join("\n");
}
