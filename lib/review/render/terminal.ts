import {
  escapeControls,
  type Paint,
  type Screen,
  widthOf,
  wrapIndented,
  wrapped,
  wrapStep,
} from "../../text/terminal.ts";
import { hidesValues, type ReviewDocument } from "../document.ts";
import { KINDS, type Line, signOf, type Tone } from "../line.ts";
import { preflightFacts, terraformWords } from "../preflight.ts";

/** Of one kind, more lines than these are summed up. */
const SHOWN_IN_FULL = 50;

/** The first of them, as examples. */
const EXAMPLES = 5;

/** Where stdout is no terminal, its reader still wants columns. */
const DEFAULT_COLUMNS = 120;

/** Narrower than this, what happens stands below the name. */
const BESIDE_FROM = 72;
const INDENT = "  ";

/** A review for a terminal: everyone and everything concerned, what to know before, the head line, and what stands in the way. */
export function reviewText(document: ReviewDocument, { paint, columns = DEFAULT_COLUMNS }: Screen): string {
  const width = Math.max(columns, 20);
  const { summary, refused, notices, exceptions, verdict, preflight, terraform } = document;
  const bad = verdict === "refused" || verdict === "irreversible";
  const loud = (text: string) => paint.bold(bad ? paint.red(text) : text);
  const facts = preflight === undefined ? [] : preflightFacts(preflight, document.access);
  return [
    ...sections(document.lines).flatMap((rows) => [...table(rows, paint, width), ""]),
    ...facts.flatMap(({ label, value, warning }) =>
      wrapIndented(`${label}: `, escapeControls(value), width).map((line) =>
        warning ? paint.yellow(line) : line,
      ),
    ),
    ...(terraform === undefined
      ? []
      : wrapIndented("Terraform: ", terraformWords(terraform), width).map(paint.dim)),
    ...(hidesValues(document)
      ? wrapped("Of attributes only the names are shown: --show-values tells more.", width).map(paint.dim)
      : []),
    ...(facts.length > 0 ? [""] : []),
    ...notices.flatMap((one) => wrapIndented("! ", escapeControls(one), width).map(paint.yellow)),
    ...exceptions.flatMap((one) =>
      wrapIndented("Allowed for this run: ", escapeControls(one), width).map(paint.yellow),
    ),
    ...wrapped(escapeControls(summary), width).map(loud),
    ...refused.flatMap(({ message, hint }) => [
      // The head line has them already when there are few.
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
}

/** Settings stand below each other: each is long. */
const ONE_A_LINE = new Set(["pool", "client", "group", "other", "drift"]);

const KIND = new Map(KINDS.map((kind) => [kind.id as string, kind]));

/** What the plan does, what was changed outside, and who is not in the roster, each apart. */
function sections(lines: readonly Line[]): Row[][] {
  const found = new Map<string, Line[]>(KINDS.map(({ id }) => [id, []]));
  for (const line of lines) found.get(line.kind)?.push(line);
  const rows = (kinds: readonly string[]) => kinds.flatMap((kind) => summed(kind, found.get(kind) ?? []));
  const apart = ["drift", "undeclared"];
  const planned = KINDS.map(({ id }) => id).filter((id) => !apart.includes(id));
  return [rows(planned), ...apart.map((kind) => rows([kind]))].filter((section) => section.length > 0);
}

/** What can't be taken back is always shown one by one. */
function summed(kind: string, lines: readonly Line[]): Row[] {
  const { tone = "info", sign = "~", label = "" } = KIND.get(kind) ?? {};
  const row = (line: Line) => ({
    sign: signOf(line),
    tone: line.tone,
    who: escapeControls(line.who),
    what: (ONE_A_LINE.has(kind) ? line.what : [line.what.join("; ")]).map(escapeControls),
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
        `${label.toLowerCase()}: ${most.map(([what, count]) => `${count} × ${escapeControls(what)}`).join("; ")}. One by one: --html FILE, or --json`,
      ],
    },
  ];
}

/** Names and what happens to them in two columns, or below each other in a narrow window. */
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
  return rows.flatMap(({ sign, tone, who, what }) => {
    const mark = colour[tone](sign);
    if (width < BESIDE_FROM) {
      const names = wrapped(who, width - 2).map(paint.bold);
      const text = what.flatMap((one) => wrapped(one, width - 4)).map((line) => `${INDENT}${INDENT}${line}`);
      return [...names.map((name, index) => `${index === 0 ? mark : " "} ${name}`), ...text];
    }
    const names = wrapped(who, column);
    const text = what.flatMap((one) => wrapped(one, width - column - 4));
    return Array.from({ length: Math.max(names.length, text.length) }, (_, index) => {
      const name = names[index] ?? "";
      const gap = " ".repeat(column - widthOf(name) + 2);
      return `${index === 0 ? mark : " "} ${paint.bold(name)}${gap}${text[index] ?? ""}`.trimEnd();
    });
  });
}
