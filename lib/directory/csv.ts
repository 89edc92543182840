/** What a spreadsheet takes for the beginning of a formula; full-width forms too, which Japanese ones accept. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

/**
 * A table as CSV: RFC 4180, with CRLF, quotation marks where a cell needs them. A text that a spreadsheet would calculate gets
 * an apostrophe before it (OWASP, "CSV Injection"); numbers stay numbers.
 * @param rows of as many cells as the head has
 */
export function csvText(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
