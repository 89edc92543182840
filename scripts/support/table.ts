import type { Screen } from "./screen.ts";
import { widthOf, wrapped } from "./wrap.ts";

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
