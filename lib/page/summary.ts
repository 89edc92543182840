import { escapeHtml, isolated } from "./escape.ts";
import type { Page, Share, Tone } from "./page.ts";

/** What a sign for each tone is drawn with, in a square of 24. */
const SIGNS: Readonly<Record<Tone, string>> = {
  good: '<path d="m6.5 12.5 3.7 3.7 7.3-8"/>',
  warn: '<path d="M12 6.5v7M12 17.4v.1"/>',
  bad: '<path d="m7.8 7.8 8.4 8.4M16.2 7.8l-8.4 8.4"/>',
  quiet: '<path d="M7 12h10"/>',
  info: '<path d="M12 11v6.5M12 6.9v.1"/>',
};

/** What the page is about, and what it comes down to. */
export function header({ heading, verdict: { text, tone } }: Page): string {
  return `<header class="tone-${tone}">
<h1>${isolated(heading)}</h1>
<p class="verdict"><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="12"/>${SIGNS[tone]}</svg><span>${isolated(text)}</span></p>
</header>`;
}

export function facts(all: Page["facts"]): string {
  if (all.length === 0) return "";
  const entries = all.map(
    ({ label, value }) => `<div><dt>${isolated(label)}</dt><dd>${isolated(value)}</dd></div>`,
  );
  return `<dl class="facts">\n${entries.join("\n")}\n</dl>`;
}

/** The bar, for the eye, and the same in words. A second part of the same tone is hatched. */
export function barFigure(shares: readonly Share[]): string {
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
export function barCss(shares: readonly Share[]): string {
  return shares.map(({ count }, index) => `.bar i:nth-child(${index + 1}){flex-grow:${count}}`).join("\n");
}

export function notes(all: readonly string[]): string {
  if (all.length === 0) return "";
  const items = all.map((note) => `<li>${isolated(note)}</li>`);
  return `<section class="notes" aria-labelledby="notes">
<h2 id="notes">${escapeHtml(all.length === 1 ? "Note" : "Notes")}</h2>
<ul>${items.join("")}</ul>
</section>`;
}
