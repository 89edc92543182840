import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Section, Target } from "./section.ts";

const KEPT = z.record(
  z.string(),
  z.object({
    title: z.string(),
    how: z.string(),
    head: z.array(z.string()),
    rows: z.array(z.array(z.string())),
    targets: z.array(
      z.object({
        asks: z.string(),
        measured: z.string(),
        met: z.boolean().optional(),
        inTheWay: z.string().optional(),
      }),
    ),
    /** Machine, versions and date. */
    with: z.string(),
  }),
);

type Kept = z.infer<typeof KEPT>;

/**
 * Keeps what was measured beside what was measured before, in `<file>.json`, and writes all of it as Markdown: a part can be
 * measured again without the half hour that all of it takes.
 * @param order of the sections, by name
 */
export function keepResults(
  file: string,
  sections: Readonly<Record<string, Section>>,
  machine: string,
  order: readonly string[],
): void {
  const data = `${file.replace(/\.md$/, "")}.json`;
  const before: Kept = existsSync(data) ? KEPT.parse(JSON.parse(readFileSync(data, "utf8"))) : {};
  const now = Object.entries(sections).map(([name, section]) => [name, { ...section, with: machine }]);
  const all = { ...before, ...Object.fromEntries(now) } as Kept;
  writeFileSync(data, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(file, markdown(order.flatMap((name) => all[name] ?? [])));
}

function markdown(sections: readonly Kept[string][]): string {
  return [
    "# What it costs",
    "",
    "Written by `npm run bench`; each table is one run. CPU is user seconds of a command and all that it started, by GNU time: it says more than the clock on a machine that is not alone.",
    "",
    ...targetTable(sections),
    ...sections.flatMap(({ title, how, head, rows, with: machine }) => [
      `## ${title}`,
      "",
      how,
      "",
      ...(rows.length === 0 ? [] : [...markdownTable(head, rows), ""]),
      machine,
      "",
    ]),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

function targetTable(sections: readonly Kept[string][]): string[] {
  const rows = sections.flatMap(({ title, targets }) =>
    targets.map((target) => [sign(target), `${title}: ${target.asks}`, target.measured]),
  );
  const missed = sections.flatMap(({ targets }) => targets.filter(({ met }) => met === false));
  return [
    ...(rows.length === 0 ? [] : ["## Targets", "", ...markdownTable(["", "asked", "measured"], rows), ""]),
    ...missed.flatMap(({ asks, inTheWay }) =>
      inTheWay ? [`What stands in the way of “${asks}”: ${inTheWay}`, ""] : [],
    ),
  ];
}

function sign({ met }: { readonly met?: Target["met"] }): string {
  if (met === undefined) return "not measured";
  return met ? "✔ met" : "✖ not met";
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
