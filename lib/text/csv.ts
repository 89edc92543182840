/** What a spreadsheet interprets as the beginning of a formula, including full-width forms, which Japanese ones accept. */
export const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

/**
 * A table as CSV: RFC 4180, with CRLF, and quotation marks if a cell needs them. A text that a spreadsheet would calculate gets
 * an apostrophe before it (OWASP, "CSV Injection"); numbers stay numbers.
 * @param rows each with as many cells as the head
 */
export function csvText(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return [head, ...rows].map((row) => `${row.map(written).join(",")}\r\n`).join("");
}

function written(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A place in a CSV file; both count from 1, columns in UTF-16 code units. */
export interface CsvPlace {
  readonly line: number;
  readonly column: number;
}

/** A cell as written, without its quotation marks, and where it begins. */
export interface Cell extends CsvPlace {
  readonly text: string;
}

/** A misplaced quotation mark. */
export interface CsvProblem extends CsvPlace {
  readonly what: "unclosed" | "after-quote";
}

export interface CsvTable {
  /** Empty lines are rows too, with one empty cell: a spreadsheet counts them. */
  readonly rows: readonly (readonly Cell[])[];
  readonly problems: readonly CsvProblem[];
}

/**
 * Reads CSV as RFC 4180 defines it and Excel writes it: any line break, line breaks within quotation marks, blanks before them.
 * A quotation mark inside an unquoted cell is an ordinary character. Never throws; continues after a problem.
 * @param text without a byte order mark
 * @param separator one character
 * @param firstLine the number of the first line. @default 1
 */
export function readCsv(text: string, separator: string, firstLine = 1): CsvTable {
  const rows: Cell[][] = [];
  const problems: CsvProblem[] = [];
  const stop = new RegExp(`[\\r\\n${separator === "\t" ? "\\t" : `\\${separator}`}]`, "g");
  const opening = / *"/y;
  let at = 0;
  let line = firstLine;
  let lineStart = 0;
  const place = (): CsvPlace => ({ line, column: at - lineStart + 1 });
  const endOfBare = () => {
    stop.lastIndex = at;
    return stop.exec(text)?.index ?? text.length;
  };
  const quoted = (begin: CsvPlace): string => {
    let value = "";
    for (;;) {
      const end = text.indexOf('"', at);
      const piece = text.slice(at, end < 0 ? text.length : end);
      for (const lineBreak of piece.matchAll(/\r\n|\r|\n/g)) {
        line++;
        lineStart = at + lineBreak.index + lineBreak[0].length;
      }
      value += piece;
      at = end < 0 ? text.length : end + 1;
      if (end < 0) problems.push({ ...begin, what: "unclosed" });
      if (end < 0 || text[at] !== '"') break;
      value += '"';
      at++;
    }
    const rest = text.slice(at, endOfBare());
    if (rest.trim() !== "") problems.push({ ...place(), what: "after-quote" });
    at += rest.length;
    return rest.trim() === "" ? value : value + rest;
  };
  while (at < text.length) {
    const row: Cell[] = [];
    for (;;) {
      const begin = place();
      opening.lastIndex = at;
      if (opening.test(text)) {
        at = opening.lastIndex;
        row.push({ ...begin, text: quoted(begin) });
      } else {
        const end = endOfBare();
        row.push({ ...begin, text: text.slice(at, end) });
        at = end;
      }
      if (text[at] !== separator) break;
      at++;
    }
    if (at < text.length) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      line++;
      lineStart = at;
    }
    rows.push(row);
  }
  return { rows, problems };
}

/** A cell's name in a spreadsheet: `B7`. Both count from 1. */
export function cellName(column: number, row: number): string {
  return `${columnName(column)}${row}`;
}

/** 1 is A, 27 is AA. */
function columnName(column: number): string {
  const rest = column - 1;
  const last = String.fromCharCode(65 + (rest % 26));
  return rest < 26 ? last : columnName(Math.floor(rest / 26)) + last;
}
