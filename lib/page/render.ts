import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { escapeHtml, isolated } from "../text/html.ts";
import type { Kind, Page, Row, Share, Tone } from "./report.ts";

/** LF, as the browser will hash it: its parser turns the CRLF of a checkout on Windows into LF. */
const asset = (name: string): string =>
  readFileSync(new URL(name, import.meta.url), "utf8").replaceAll("\r\n", "\n");

const STYLE = asset("page.css");
const SCRIPT = asset("page.js");

/** How a Content-Security-Policy names a script or a style that may run: by its exact text. */
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export interface Content {
  readonly title: string;
  /** Rules for this page alone. */
  readonly css: string;
  /** HTML. */
  readonly body: readonly string[];
}

const BEGINNING = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="`;

/** Whether a file is a page that {@link renderPage} made. */
export const isPage = (content: Buffer): boolean =>
  content.toString("utf8", 0, BEGINNING.length) === BEGINNING;

/** The frame of every page: its policy, style and script; nothing is fetched. */
function documentOf({ title, css, body }: Content): string {
  const style = STYLE + css;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(SCRIPT)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `${BEGINNING}${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no, date=no, email=no, address=no">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Search and the kinds to filter by. Hidden until the script shows it, since it needs the script. */
function filters({ kinds, rows }: Page): string {
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const buttons = kinds.flatMap(({ id, label, tone }) => {
    const count = counts.get(id);
    if (count === undefined) return [];
    return [
      `<button type="button" class="tone-${tone}" aria-pressed="false" data-kind="${escapeHtml(id)}"><i class="dot"></i>${isolated(label)} <span>${count.toLocaleString("en")}</span></button>`,
    ];
  });
  const all = rows.length.toLocaleString("en");
  return `<div class="filters" role="search" aria-label="Search and filter" hidden>
<div class="find"><label for="search">Search</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search" aria-keyshortcuts="/"><kbd aria-hidden="true">/</kbd></div>
<div class="kinds" role="group" aria-label="Show only">${buttons.join("\n")}</div>
<p class="count"><span id="shown" role="status">${all} of ${all} shown</span> <button type="button" id="clear" hidden>Clear</button></p>
</div>`;
}

/**
 * All rows. The roles are explicit because the style lays them out as grids, and browsers then no longer treat them as a table.
 * @param kinds by id; every row's is among them
 */
function rowTable(rows: readonly Row[], kinds: ReadonlyMap<string, Kind>): string {
  return `<table role="table">
<caption>Who and what, one row each</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Kind</th><th role="columnheader" scope="col">Who</th><th role="columnheader" scope="col">What</th></tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, kinds.get(row.kind))).join("\n")}
</tbody>
</table>
<p id="none" hidden>Nothing matches.</p>`;
}

function tableRow({ kind, who, what, help }: Row, { label, tone }: Partial<Kind> = {}): string {
  const list =
    what.length === 1
      ? `<p>${isolated(what[0] ?? "")}</p>`
      : `<ul>${what.map((one) => `<li>${isolated(one)}</li>`).join("")}</ul>`;
  const command = help === undefined ? "" : `<p class="help"><code>${isolated(help)}</code></p>`;
  return `<tr role="row" data-kind="${escapeHtml(kind)}">
<td role="cell"><span class="kind tone-${tone}"><i class="dot"></i>${isolated(label ?? kind)}</span></td>
<th role="rowheader" scope="row">${isolated(who)}</th>
<td role="cell" class="what">${what.length === 0 ? "" : list}${command}</td>
</tr>`;
}

/** The drawing of each tone's sign, in a square of 24. */
const SIGNS: Readonly<Record<Tone, string>> = {
  good: '<path d="m6.5 12.5 3.7 3.7 7.3-8"/>',
  warn: '<path d="M12 6.5v7M12 17.4v.1"/>',
  bad: '<path d="m7.8 7.8 8.4 8.4M16.2 7.8l-8.4 8.4"/>',
  quiet: '<path d="M7 12h10"/>',
  info: '<path d="M12 11v6.5M12 6.9v.1"/>',
};

/** What the page is about, and its summary. */
function header({ heading, verdict: { text, tone } }: Page): string {
  return `<header class="tone-${tone}">
<h1>${isolated(heading)}</h1>
<p class="verdict"><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="12"/>${SIGNS[tone]}</svg><span>${isolated(text)}</span></p>
</header>`;
}

function facts(all: Page["facts"]): string {
  if (all.length === 0) return "";
  const entries = all.map(
    ({ label, value }) => `<div><dt>${isolated(label)}</dt><dd>${isolated(value)}</dd></div>`,
  );
  return `<dl class="facts">\n${entries.join("\n")}\n</dl>`;
}

/** The bar, and the same in words. A second part of the same tone is hatched. */
function barFigure(shares: readonly Share[]): string {
  if (shares.length === 0) return "";
  const tones = shares.map(({ tone }, index) => {
    const again = shares.slice(0, index).filter((earlier) => earlier.tone === tone).length % 2 === 1;
    return `tone-${tone}${again ? " again" : ""}`;
  });
  const parts = tones.map((classes) => `<i class="${classes}"></i>`);
  const legend = shares.map(
    ({ label, count }, index) =>
      `<li><i class="dot ${tones[index]}"></i><b>${count.toLocaleString("en")}</b> ${isolated(label)}</li>`,
  );
  return `<figure>
<div class="bar" aria-hidden="true">${parts.join("")}</div>
<ul class="legend">${legend.join("")}</ul>
</figure>`;
}

/** How wide each part is. Rules rather than style attributes, which the page's policy forbids. */
function barCss(shares: readonly Share[]): string {
  return shares.map(({ count }, index) => `.bar i:nth-child(${index + 1}){flex-grow:${count}}`).join("\n");
}

function notes(all: readonly string[]): string {
  if (all.length === 0) return "";
  const items = all.map((note) => `<li>${isolated(note)}</li>`);
  return `<section class="notes" aria-labelledby="notes">
<h2 id="notes">${escapeHtml(all.length === 1 ? "Note" : "Notes")}</h2>
<ul>${items.join("")}</ul>
</section>`;
}

/**
 * One HTML document that opens from disk, sends no network request, and runs no script or style but its own
 * (Content-Security-Policy). The same page gives the same text: it contains no date except in a fact.
 * @throws Error for a row whose kind the page does not have: it could not be filtered, and so might be overlooked
 */
export function renderPage(page: Page): string {
  const known = new Map(page.kinds.map((kind) => [kind.id, kind]));
  for (const { kind, who } of page.rows) {
    if (!known.has(kind))
      throw new Error(`The row of ${who} is of kind ${kind}, which the page does not have`);
  }
  const bar = (page.bar ?? []).filter(({ count }) => count > 0);
  return documentOf({
    title: page.title,
    css: barCss(bar),
    body: [
      header(page),
      "<main>",
      facts(page.facts),
      barFigure(bar),
      notes(page.notes),
      ...(page.rows.length === 0 ? [] : [filters(page), rowTable(page.rows, known)]),
      "</main>",
    ],
  });
}
