import { formatLocation } from "../../errors.ts";
import { cellName } from "../../text/csv.ts";
import { escapeControls, type Screen, table, wrapIndented } from "../../text/terminal.ts";
import { counted, firstNames } from "../../text/words.ts";
import type { FieldChange, PersonChange, SheetChanges } from "./changes.ts";
import { type CellProblem, type Sheet, separatorName } from "./sheet.ts";

/** More rows than these are only counted; `--json` has all. */
const SHOWN = 50;
const PHONES_SHOWN = 10;

/** What was read: the encoding, the separator, every column. */
export function readingText(sheet: Sheet, screen: Screen): string {
  const { file, people, encoding, separator, headers, mapping } = sheet;
  const { paint } = screen;
  const rows = headers.flatMap((header, index) =>
    header === ""
      ? []
      : [
          [
            cellName(index + 1, 0).slice(0, -1),
            escapeControls(header),
            mapping.columns[index] ?? paint.dim("left out"),
          ],
        ],
  );
  return [
    `${escapeControls(file)}: ${counted(people.length, "person", "people")}, ${encoding}, separated by a ${separatorName(separator)}`,
    table([], rows, screen, "  "),
    "",
  ].join("\n");
}

/** The first twenty problems, each with its cell and its place in the file. */
export function problemsText(file: string, problems: readonly CellProblem[]): string {
  const shown = problems
    .slice(0, 20)
    .map(({ location, message, hint }) =>
      [`  ${formatLocation(location)}  ${message}`, hint].join("\n      "),
    );
  const more = problems.length - shown.length;
  return [
    `${file} has ${counted(problems.length, "problem", "problems")}. Nothing was written`,
    ...shown,
    ...(more > 0 ? [`  … and ${more} more: --json lists them all`] : []),
  ].join("\n");
}

/** Who joins, changes and leaves, and the proposed phone numbers. */
export function changesText(sheet: Sheet, changes: SheetChanges, screen: Screen): string {
  const { paint, columns } = screen;
  const { joins, leaving, missing, comingBack, warnings } = changes;
  const severalFiles = new Set([...joins, ...changes.changes, ...leaving].map(({ file }) => file)).size > 1;
  const section = (title: string, rows: readonly (readonly string[])[], most = SHOWN) => {
    if (rows.length === 0) return [];
    const more = rows.length - most;
    return [
      "",
      title,
      table([], rows.slice(0, most), screen, "  "),
      ...(more > 0 ? [`  … and ${more} more: --json lists them all`] : []),
    ];
  };
  const who = (username: string, file: string) => [
    escapeControls(username),
    ...(severalFiles ? [paint.dim(escapeControls(file))] : []),
  ];
  const row = ({ username, file, fields }: PersonChange) => [
    ...who(username, file),
    fields.map((field) => escapeControls(fieldText(field))).join("; "),
  ];
  const proposed = sheet.phones.map(({ cell, from, to, country, zeroAdded }) => [
    cell,
    `${escapeControls(from)} → ${to}${country === undefined ? "" : ` (${country})`}${zeroAdded ? ", its leading 0 was missing" : ""}`,
  ]);
  const said = (text: string) => wrapIndented("  ", text, columns);
  const kept = missing.filter((one) => one.kept !== undefined);
  const others = missing.filter((one) => one.kept === undefined);
  const names = (people: readonly { readonly username: string }[]) =>
    firstNames(people.map(({ username }) => escapeControls(username)));
  const lines = [
    ...section(paint.bold("Phone numbers"), proposed, PHONES_SHOWN),
    ...section(paint.bold(paint.green(joining(joins.length))), joins.map(row)),
    ...section(
      paint.bold(paint.yellow(`${counted(changes.changes.length, "person changes", "people change")}`)),
      changes.changes.map(row),
    ),
    ...section(
      paint.bold(paint.red(`${counted(leaving.length, "person leaves", "people leave")}: "leaving": true`)),
      leaving.map(({ username, file }) => who(username, file)),
    ),
    ...(others.length > 0
      ? [
          "",
          `${counted(others.length, "person", "people")} of the roster not in the spreadsheet, left as they are:`,
          ...said(names(others)),
          ...said('→ if the spreadsheet has everybody: --leavers writes "leaving": true'),
        ]
      : []),
    ...(kept.length > 0
      ? [
          "",
          "Not in the spreadsheet, but not marked as leaving:",
          table(
            [],
            kept.slice(0, SHOWN).map(({ username, kept: why = "" }) => [escapeControls(username), why]),
            screen,
            "  ",
          ),
        ]
      : []),
    ...(comingBack.length > 0
      ? [
          "",
          `In the spreadsheet, but leaving in the roster (remove "leaving" by hand if they stay):`,
          ...said(firstNames(comingBack.map(escapeControls))),
        ]
      : []),
    ...section(
      paint.bold("Please check"),
      warnings.map(({ location, message }) => [formatLocation(location), message]),
      PHONES_SHOWN,
    ),
  ];
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

const joining = (count: number) => counted(count, "person joins", "people join");

function fieldText({ field, from, to }: FieldChange): string {
  if (Array.isArray(from) || Array.isArray(to)) {
    const [before, after] = [asList(from), asList(to)];
    const came = after.filter((name) => !before.includes(name)).map((name) => `+${name}`);
    const gone = before.filter((name) => !after.includes(name)).map((name) => `-${name}`);
    return `${field} ${[...came, ...gone].join(" ")}`;
  }
  const shown = (value: FieldChange["to"]) => (value === undefined ? "(none)" : String(value));
  return from === undefined ? `${field} ${shown(to)}` : `${field} ${shown(from)} → ${shown(to)}`;
}

const asList = (value: FieldChange["to"]): readonly string[] => (Array.isArray(value) ? value : []);

/**
 * Everything as one document.
 * @param written the files that were written
 */
export function sheetDocument(
  sheet: Sheet,
  changes: SheetChanges | undefined,
  problems: readonly CellProblem[],
  written: readonly string[],
) {
  const { file, encoding, separator, headers, mapping, people, phones } = sheet;
  return {
    format: 1,
    ok: problems.length === 0,
    spreadsheet: {
      file,
      encoding,
      separator,
      people: people.length,
      columns: headers.map((header, index) => ({ header, field: mapping.columns[index] ?? null })),
    },
    problems,
    warnings: changes?.warnings ?? [],
    phones,
    joins: changes?.joins ?? [],
    changes: changes?.changes ?? [],
    leaving: changes?.leaving ?? [],
    missing: changes?.missing ?? [],
    comingBack: changes?.comingBack ?? [],
    refused: changes?.refusal?.message ?? null,
    written,
  };
}
