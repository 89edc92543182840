import { FORMULA, readCsv } from "../../text/csv.ts";

/** A cell's text without surrounding blanks, including non-breaking and ideographic ones. */
const bare = (text: string): string => text.trim();

/** What Excel converts when it opens a CSV file: 00123, 2024-04-01, 1/2, 123456789012, 1E5, true. */
const CONVERTED = /^(?!(?:0|[1-9]\d{0,10})$)\d[\d.,:/\- ]*$|^\d+(?:\.\d+)?e[+-]?\d+$|^(?:true|false)$/i;

/** What a spreadsheet would calculate or convert. */
const isTouched = (text: string): boolean => FORMULA.test(text) || CONVERTED.test(text);

/** Whether a cell would change the text. */
function needsMark(text: string): boolean {
  return (
    isTouched(text) ||
    bare(text) !== text ||
    (text.startsWith("'") && isTouched(text.slice(1))) ||
    (isEnclosed(text) && needsMark(text.slice(1, -1)))
  );
}

const isEnclosed = (text: string): boolean => text.length >= 2 && text.startsWith("'") && text.endsWith("'");

/**
 * A text for a cell, so that {@link fromCell} restores it: an apostrophe, as people type it, precedes what Excel would
 * convert. `csvText`, which writes the cell, adds it to formulas.
 */
export function toCell(text: string): string {
  if (!needsMark(text)) return text;
  if (isTouched(text) && fromCell(`'${text}`) === text) return FORMULA.test(text) ? text : `'${text}`;
  return `'${text}'`;
}

/** A cell's text without surrounding blanks, and without the apostrophe that marks a text. */
export function fromCell(cell: string): string {
  const text = bare(cell);
  if (isEnclosed(text) && needsMark(text.slice(1, -1))) return text.slice(1, -1);
  return text.startsWith("'") && isTouched(text.slice(1)) ? text.slice(1) : text;
}

/** Whether the cell is marked as text, whatever it looks like. */
export const isMarked = (cell: string): boolean => fromCell(cell) !== bare(cell);

/** `8.19012E+11`: how Excel shows, and saves, a long number. */
export const isShortened = (text: string): boolean => /^\d(?:[.,]\d+)?e\+?\d+$/i.test(text.normalize("NFKC"));

const YES = new Set([
  "true",
  "yes",
  "y",
  "1",
  "on",
  "enabled",
  "active",
  "はい",
  "有効",
  "在籍",
  "○",
  "〇",
  "✓",
]);
const NO = new Set([
  "false",
  "no",
  "n",
  "0",
  "off",
  "disabled",
  "inactive",
  "いいえ",
  "無効",
  "退職",
  "×",
  "✗",
]);

/** @returns undefined for anything else */
export function asBoolean(text: string): boolean | undefined {
  const word = text.normalize("NFKC").toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

/** Names in one cell, separated by `;`, `,`, `|` or line breaks; a name with such a character is quoted. */
export function asNames(text: string): string[] {
  const inQuotes = readCsv(
    text.replace(/"(?:[^"]|"")*"|[,;|、，；\r\n]/g, (part) => (part.length === 1 ? ";" : part)),
    ";",
  );
  return inQuotes.rows.flat().flatMap(({ text: name }) => (bare(name) === "" ? [] : [bare(name)]));
}

/** The names as one cell, which {@link asNames} reads. */
export function namesCell(names: readonly string[]): string {
  return names
    .map((name) => (/["',;|、，；]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
    .join(";");
}

/** Converts Excel's forms `2024/4/1` and `2024年4月1日` to `2024-04-01`; anything else stays unchanged. */
export function asDate(text: string): string {
  const found = /^(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?$/.exec(text.normalize("NFKC"));
  if (found === null) return text;
  const [, year, month = "", day = ""] = found;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
