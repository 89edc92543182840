import { escapeHtml, isolated } from "./escape.ts";
import type { Kind, Page, Row } from "./page.ts";

/** Search and the kinds to filter by. Hidden until the script shows it: without one, it could do nothing. */
export function filters({ kinds, rows }: Page): string {
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
 * All rows. The roles stand there because the style lays them out as grids, and browsers then forget what a table is.
 * @param kinds by id; every row's is among them
 */
export function rowTable(rows: readonly Row[], kinds: ReadonlyMap<string, Kind>): string {
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
  const told =
    what.length === 1
      ? `<p>${isolated(what[0] ?? "")}</p>`
      : `<ul>${what.map((one) => `<li>${isolated(one)}</li>`).join("")}</ul>`;
  const command = help === undefined ? "" : `<p class="help"><code>${isolated(help)}</code></p>`;
  return `<tr role="row" data-kind="${escapeHtml(kind)}">
<td role="cell"><span class="kind tone-${tone}"><i class="dot"></i>${isolated(label ?? kind)}</span></td>
<th role="rowheader" scope="row">${isolated(who)}</th>
<td role="cell" class="what">${what.length === 0 ? "" : told}${command}</td>
</tr>`;
}
