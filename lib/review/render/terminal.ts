import {
  escapeControls,
  type Paint,
  type Screen,
  widthOf,
  wrapIndented,
  wrapNotice,
  wrapped,
  wrapStep,
} from "../../text/terminal.ts";
import { hidesValues, type ReviewDocument } from "../document.ts";
import { KINDS, type Line, signOf, type Tone } from "../line.ts";
import { preflightFacts, terraformWords } from "../preflight.ts";
import { filesOf } from "../remarks.ts";

/** If there are more lines of one kind, they are summarized. */
const SHOWN_IN_FULL = 50;

/** The first of them, as examples. */
const EXAMPLES = 5;

/** If stdout is not a terminal, readers still want columns. */
const DEFAULT_COLUMNS = 120;

/** In a narrower window, consequences go below the name. */
const BESIDE_FROM = 72;
const INDENT = "  ";

/**
 * A review for a terminal: everyone and everything affected, what to know beforehand, the head line, and what prevents the
 * deploy.
 */
export function reviewText(document: ReviewDocument, { paint, columns = DEFAULT_COLUMNS }: Screen): string {
  const width = Math.max(columns, 20);
  const { summary, refused, notices, exceptions, verdict, preflight, terraform } = document;
  const bad = verdict === "refused" || verdict === "irreversible";
  const loud = (text: string) => paint.bold(bad ? paint.red(text) : text);
  const facts = preflight === undefined ? [] : preflightFacts(preflight, document.access);
  return [
    ...sections(document.lines).flatMap(({ title, rows }) => [
      ...(title === undefined ? [] : wrapped(escapeControls(title), width).map(paint.cyan)),
      ...table(rows, paint, width),
      "",
    ]),
    ...facts.flatMap(({ label, value, warning }) =>
      wrapIndented(`${warning ? paint.yellow(label) : label}: `, escapeControls(value), width),
    ),
    ...(terraform === undefined
      ? []
      : wrapIndented("Terraform: ", terraformWords(terraform), width).map(paint.dim)),
    ...(hidesValues(document)
      ? wrapped("Attributes are shown by name only; --show-values adds their values.", width).map(paint.dim)
      : []),
    ...(facts.length > 0 ? [""] : []),
    ...notices.flatMap((one) => wrapNotice(`${paint.yellow("!")} `, escapeControls(one), width)),
    ...exceptions.flatMap((one) =>
      wrapIndented(`${paint.yellow("Allowed for this run")}: `, escapeControls(one), width),
    ),
    ...wrapped(escapeControls(summary), width).map(loud),
    ...refused.flatMap(({ message, hint }) => [
      // If there are few, the head line has them already.
      ...(summary.includes(message)
        ? []
        : wrapIndented("  ✖ ", escapeControls(message), width).map(paint.red)),
      ...wrapStep("  → ", escapeControls(hint), width),
    ]),
    "",
  ].join("\n");
}

interface Row {
  readonly sign: string;
  readonly tone: Tone;
  readonly who: string;
  readonly what: readonly string[];
  readonly remarks: readonly string[];
}

interface Section {
  /** @default none */
  readonly title?: string;
  readonly rows: readonly Row[];
}

/** Settings go on separate lines: each is long. */
const ONE_A_LINE = new Set(["pool", "client", "group", "other", "drift"]);

const KIND = new Map(KINDS.map((kind) => [kind.id as string, kind]));

const APART: readonly string[] = ["drift", "undeclared"];
const PLANNED = KINDS.map(({ id }) => id).filter((id) => !APART.includes(id));

/** What the plan does, file by file if the roster is in several, what was changed outside, and who is not in the roster. */
function sections(lines: readonly Line[]): Section[] {
  const rows = (kinds: readonly string[], among: readonly Line[]) => {
    const found = new Map<string, Line[]>(kinds.map((kind) => [kind, []]));
    for (const line of among) found.get(line.kind)?.push(line);
    return [...found].flatMap(([kind, of]) => summed(kind, of));
  };
  const inNone = lines.filter(({ file }) => file === undefined);
  return [
    { rows: rows(PLANNED, inNone) },
    ...filesOf(lines).map((title) => ({
      title,
      rows: rows(
        PLANNED,
        lines.filter(({ file }) => file === title),
      ),
    })),
    ...APART.map((kind) => ({ rows: rows([kind], lines) })),
  ].filter((section) => section.rows.length > 0);
}

const PLURALS: Readonly<Record<string, string>> = {
  joins: "join",
  leaves: "leave",
  returns: "return",
  gets: "get",
  loses: "lose",
};

/** `63 join, invited by e-mail`; a consequence that begins with none of these verbs stands after a colon. */
function ofMany(count: number, what: string): string {
  const [verb = ""] = /^\w*/.exec(what) ?? [];
  const plural = count === 1 ? PLURALS[verb] && verb : PLURALS[verb];
  return plural ? `${count} ${plural}${what.slice(verb.length)}` : `${count}: ${what}`;
}

/** What can't be undone is always listed in full. */
function summed(kind: string, lines: readonly Line[]): Row[] {
  const { tone = "info", sign = "~" } = KIND.get(kind) ?? {};
  const row = (line: Line) => ({
    sign: signOf(line),
    tone: line.tone,
    who: escapeControls(line.who),
    what: (ONE_A_LINE.has(kind) ? line.what : [line.what.join("; ")]).map(escapeControls),
    remarks: (line.remarks ?? []).map(escapeControls),
  });
  const several = kind === "undeclared" ? EXAMPLES : SHOWN_IN_FULL;
  if (lines.length <= several || tone === "bad") return lines.map(row);
  const rest = new Map<string, number>();
  for (const { what } of lines.slice(EXAMPLES)) rest.set(what[0] ?? "", (rest.get(what[0] ?? "") ?? 0) + 1);
  const most = [...rest].sort(([, a], [, b]) => b - a).slice(0, EXAMPLES);
  return [
    ...lines.slice(0, EXAMPLES).map(row),
    {
      sign,
      tone,
      who: `… and ${lines.length - EXAMPLES} more`,
      what: [
        `${most.map(([what, count]) => ofMany(count, escapeControls(what))).join("; ")}. To see all: --html FILE, or --json`,
      ],
      remarks: [],
    },
  ];
}

/** Names and consequences in two columns, or on separate lines in a narrow window. */
function table(rows: readonly Row[], paint: Paint, width: number): string[] {
  const colour: Readonly<Record<Tone, (text: string) => string>> = {
    good: paint.green,
    warn: paint.yellow,
    info: paint.yellow,
    bad: paint.red,
    quiet: paint.dim,
  };
  const longest = rows.reduce((widest, { who }) => Math.max(widest, widthOf(who)), 0);
  const column = Math.min(longest, Math.floor(width * 0.4));
  return rows.flatMap(({ sign, tone, who, what, remarks }) => {
    const told = (room: number) => [
      ...what.flatMap((one) => wrapped(one, room)),
      ...remarks.flatMap((one) => wrapped(one, room)).map(paint.dim),
    ];
    const mark = colour[tone](sign);
    if (width < BESIDE_FROM) {
      const names = wrapped(who, width - 2).map(paint.bold);
      const text = told(width - 4).map((line) => `${INDENT}${INDENT}${line}`);
      return [...names.map((name, index) => `${index === 0 ? mark : " "} ${name}`), ...text];
    }
    const names = wrapped(who, column);
    const text = told(width - column - 4);
    return Array.from({ length: Math.max(names.length, text.length) }, (_, index) => {
      const name = names[index] ?? "";
      const gap = " ".repeat(column - widthOf(name) + 2);
      return `${index === 0 ? mark : " "} ${paint.bold(name)}${gap}${text[index] ?? ""}`.trimEnd();
    });
  });
}
