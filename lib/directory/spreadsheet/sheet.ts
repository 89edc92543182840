import type { CountryCode } from "libphonenumber-js/min";
import { EXIT, type Location, UserError } from "../../errors.ts";
import { fold } from "../../roster/formats.ts";
import type { Problem, Words } from "../../roster/problem.ts";
import { quote, shown } from "../../roster/redact.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { type Cell, cellName, readCsv } from "../../text/csv.ts";
import { type GivenMapping, keyOf, type Mapping, mapColumns, pathOf, type Target } from "./columns.ts";
import { decodeSpreadsheet } from "./encoding.ts";
import { readPhone } from "./phones.ts";
import { asBoolean, asDate, asNames, fromCell, isMarked, isShortened } from "./values.ts";

/** The place of a cell: in the spreadsheet, and in the file. */
export interface CellPlace {
  /** `B7` */
  readonly cell: string;
  readonly location: Required<Location>;
}

/** A problem in a spreadsheet; its message begins with the cell. */
export interface CellProblem extends Problem {
  readonly cell: string;
}

/** @param place where it is */
export function atCell({ cell, location }: CellPlace, { message, hint }: Words): CellProblem {
  return { cell, location, message: `${cell}: ${message}`, hint };
}

/** A cell's value: a text, groups, yes or no; undefined for an empty one. */
export type Value = string | boolean | readonly string[] | undefined;

/** A row with a person. */
export interface SheetPerson {
  /** The name in the roster. */
  readonly username: string;
  /** The values of the mapped columns, without the name. */
  readonly values: ReadonlyMap<Target, Value>;
  /** The place of each value. */
  readonly placeOf: (target: Target) => CellPlace;
}

/** A phone number, with the proposed form. */
export interface PhoneProposal extends CellPlace {
  readonly username: string;
  readonly from: string;
  readonly to: string;
  readonly country?: string;
  /** Excel treats 090… as a number, and drops its 0. */
  readonly zeroAdded: boolean;
}

/** A CSV file as a table, before its columns are mapped. */
export interface Table {
  readonly file: string;
  readonly encoding: string;
  /** `,`, `;`, tab or `|` */
  readonly separator: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The spreadsheet's row, from 1, of the first of `rows`. */
  readonly firstRow: number;
  readonly problems: readonly CellProblem[];
}

/** A spreadsheet of people. */
export interface Sheet extends Pick<Table, "file" | "encoding" | "separator" | "headers"> {
  readonly mapping: Mapping;
  readonly people: readonly SheetPerson[];
  readonly phones: readonly PhoneProposal[];
  readonly problems: readonly CellProblem[];
}

const SEPARATORS = [",", ";", "\t", "|"] as const;

export interface TableOptions {
  /** The file's name in problems. */
  readonly file: string;
  readonly rules: RosterRules;
  /** @default detected */
  readonly encoding?: string | undefined;
  readonly given?: GivenMapping | undefined;
}

/**
 * Reads a CSV file as a table. The separator is the one in Excel's `sep=` line, or the one that gives the header the most
 * known columns, otherwise the most columns.
 * @throws UserError (exit 2) for anything but text, and for a file without a header
 */
export function readTable(bytes: Uint8Array, { file, rules, encoding: asked, given }: TableOptions): Table {
  const { text: whole, encoding } = decodeSpreadsheet(bytes, file, asked);
  const named = /^"?sep=(.)"?(\r\n|\r|\n)/i.exec(whole);
  const text = whole.slice(named?.[0].length ?? 0);
  const firstLine = named === null ? 1 : 2;
  const separator = named?.[1] ?? separatorOf(text, rules, given);
  const { rows, problems } = readCsv(text, separator, firstLine);
  // The first row must be the header: titles above it aren't skipped.
  const header = rows.findIndex((row) => row.some((cell) => cell.text.trim() !== ""));
  if (header < 0) {
    throw new UserError(`${file} is empty`, {
      why: "Its first row must name the columns.",
      next: ["save the sheet again, with its header"],
      exitCode: EXIT.wrong,
    });
  }
  const headers = (rows[header] ?? []).map((cell) => fromCell(cell.text));
  const cellAt = (line: number, column: number): string => {
    const row = rows.findLastIndex(
      ([first]) =>
        first !== undefined && (first.line < line || (first.line === line && first.column <= column)),
    );
    const within = (rows[row] ?? []).findLastIndex(
      (cell) => cell.line < line || (cell.line === line && cell.column <= column),
    );
    return cellName(within + 1, row + 1);
  };
  return {
    file,
    encoding,
    separator,
    headers,
    rows: rows.slice(header + 1),
    firstRow: header + 2,
    problems: problems.map(({ line, column, what }) =>
      atCell({ cell: cellAt(line, column), location: { file, line, column } }, QUOTES[what]),
    ),
  };
}

const QUOTES = {
  unclosed: {
    message: "a quotation mark opens here and is never closed",
    hint: "Close it, or write it twice where it belongs to the text.",
  },
  "after-quote": {
    message: "text follows a closing quotation mark",
    hint: "Write a quotation mark within a quoted cell twice.",
  },
} as const;

function separatorOf(text: string, rules: RosterRules, given: GivenMapping = new Map()): string {
  const start = text.slice(0, 100_000);
  const ranked = SEPARATORS.map((separator) => {
    const row = readCsv(start, separator).rows.find((cells) => cells.some((cell) => cell.text.trim() !== ""));
    const headers = (row ?? []).map((cell) => fromCell(cell.text));
    const known = mapColumns(headers, rules).columns.filter((target) => target !== undefined).length;
    return {
      separator,
      known: known + headers.filter((header) => given.has(header)).length,
      count: headers.length,
    };
  });
  // The first of equals.
  return ranked.reduce((best, one) =>
    one.known > best.known || (one.known === best.known && one.count > best.count) ? one : best,
  ).separator;
}

/**
 * Reads the people of a table, and reports everything unreadable at once, each with its cell.
 * @param mapping with a column for the people's names
 * @param country of phone numbers without a country code. @default such numbers are reported
 */
export function readPeople(table: Table, mapping: Mapping, rules: RosterRules, country?: CountryCode): Sheet {
  const { file, headers, encoding, separator, firstRow } = table;
  const key = keyOf(rules);
  const problems = [...table.problems];
  const phones: PhoneProposal[] = [];
  const people: SheetPerson[] = [];
  const first = new Map<string, { readonly username: string; readonly cell: string }>();
  const used = mapping.columns.flatMap((target, column) =>
    target === undefined ? [] : [{ target, column }],
  );
  for (const [index, cells] of table.rows.entries()) {
    const row = firstRow + index;
    if (!used.some(({ column }) => (cells[column]?.text ?? "").trim() !== "")) continue;
    const place = (column: number): CellPlace => {
      const { line, column: at } = cells[column] ?? cells.at(-1) ?? { line: row, column: 1 };
      return { cell: cellName(column + 1, row), location: { file, line, column: at } };
    };
    const report = (column: number, words: Words) => void problems.push(atCell(place(column), words));
    const placeOf = (target: Target) =>
      place(
        used.find((one) => one.target === target)?.column ??
          used.find((one) => one.target === key)?.column ??
          0,
      );
    const beyond = cells.findIndex((cell, column) => column >= headers.length && cell.text.trim() !== "");
    if (beyond >= 0) {
      report(beyond, {
        message: "this cell is beyond the last column of the header",
        hint: `Perhaps a cell before it contains an unquoted ${separatorName(separator)}, which shifts the rest of the row.`,
      });
    }
    const keyColumn = mapping.columns.indexOf(key);
    const named = readText(cells[keyColumn]?.text ?? "", key, rules);
    if (named === undefined) {
      report(keyColumn, {
        message: `this row has no ${NAMED_BY[rules.signInWith]}`,
        hint: "Write it, or delete the row.",
      });
      continue;
    }
    const number = key === "phone" ? readPhone(named, country) : { phone: named, zeroAdded: false };
    if ("message" in number) {
      report(keyColumn, number);
      continue;
    }
    const { phone: username, ...how } = number;
    if (username !== named) phones.push({ ...place(keyColumn), username, from: named, to: username, ...how });
    const before = first.get(fold(username));
    if (before !== undefined) {
      const spelt =
        before.username === username ? "" : `, written ${shown(before.username, "identifier", "otherwise")}`;
      report(keyColumn, {
        message: `${shown(username, "identifier", "this person")} is already in ${before.cell}${spelt}`,
        hint: "Delete one of the rows, or give each its own value.",
      });
      continue;
    }
    first.set(fold(username), { username, cell: cellName(keyColumn + 1, row) });
    const values = new Map<Target, Value>();
    for (const { target, column } of used) {
      if (target === key) continue;
      const text = cells[column]?.text ?? "";
      const read = readValue(text, target, rules, country);
      if ("message" in read) {
        report(column, read);
        continue;
      }
      const { value, phone } = read;
      if (phone !== undefined) phones.push({ ...place(column), username, from: fromCell(text), ...phone });
      const known = values.get(target);
      if (Array.isArray(known) && Array.isArray(value))
        values.set(target, [...new Set([...known, ...value])]);
      else values.set(target, value);
    }
    people.push({ username, values, placeOf });
  }
  return { file, encoding, separator, headers, mapping, people, phones, problems };
}

const NAMED_BY: Readonly<Record<RosterRules["signInWith"], string>> = {
  email: "e-mail address, which is the username in this pool",
  phone: "phone number, which is the username in this pool",
  username: "username",
};

export const separatorName = (separator: string): string =>
  ({ ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar" })[separator] ?? quote(separator);

type Read =
  | { readonly value: Value; readonly phone?: Pick<PhoneProposal, "to" | "country" | "zeroAdded"> }
  | Words;

function readValue(cell: string, target: Target, rules: RosterRules, country: CountryCode | undefined): Read {
  const text = readText(cell, target, rules);
  switch (target) {
    case "groups":
      return { value: text === undefined ? [] : asNames(text) };
    case "enabled":
    case "emailVerified":
    case "phoneVerified":
    case "leaving": {
      const value = asBoolean(text ?? "");
      if (value !== undefined) return { value };
      const what = text === undefined ? "this cell is empty" : shown(text, "flag", "this text (not shown)");
      return { message: `${what} is neither yes nor no for ${target}`, hint: "Write yes or no." };
    }
    case "phone": {
      if (text === undefined) return { value: undefined };
      const read = readPhone(text, country);
      if ("message" in read) return read;
      const { phone: to, ...how } = read;
      return { value: to, ...(to !== text && { phone: { to, ...how } }) };
    }
    default:
      if (text !== undefined && isShortened(text) && !isMarked(cell)) {
        return {
          message: `${shown(text, "identifier")} looks like a long number shortened by Excel: its last digits may be lost`,
          hint: "Format the column as text and copy the value again from its source. If it is right, write an apostrophe before it.",
        };
      }
      return { value: text };
  }
}

/** A cell's text, in its field's format; undefined for an empty one. */
function readText(cell: string, target: Target, { attributeTypes = {} }: RosterRules): string | undefined {
  const text = fromCell(cell);
  if (text === "") return undefined;
  const [field, attribute] = pathOf(target);
  if (field === "until" && !isMarked(cell)) return asDate(text);
  if (field !== "attributes" || isMarked(cell)) return text;
  if (attribute === "birthdate") return asDate(text);
  const type = Object.hasOwn(attributeTypes, attribute ?? "")
    ? attributeTypes[attribute ?? ""]?.type
    : undefined;
  if (type === "date") return asDate(text);
  if (type === "number") return text.normalize("NFKC");
  if (type === "boolean") return asBoolean(text) === undefined ? text : String(asBoolean(text));
  return text;
}
