import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { renderPage } from "../../lib/page/render.ts";
import type { Page } from "../../lib/page/report.ts";
import { examplePage } from "./example.ts";

const bare: Page = {
  title: "t",
  heading: "h",
  verdict: { text: "Nothing to do", tone: "quiet" },
  facts: [],
  kinds: [{ id: "joins", label: "Joins", tone: "good" }],
  rows: [],
  notes: [],
};
const joining = (...names: string[]): Page => ({
  ...bare,
  rows: names.map((who) => ({ kind: "joins", who, what: ["joins"] })),
});
const between = (html: string, tag: string) =>
  new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("the same page gives the same document", () => {
  expect(renderPage(examplePage)).toBe(renderPage(structuredClone(examplePage)));
});

test("its policy lets nothing be fetched, and only its own script and style run", () => {
  const html = renderPage(examplePage);
  expect(html).toContain(
    `content="default-src 'none'; script-src ${hash(between(html, "script"))}; style-src ${hash(between(html, "style"))}; base-uri 'none'; form-action 'none'"`,
  );
});

test("it names nothing to fetch, and has neither handlers nor styles in attributes", () => {
  const html = renderPage(examplePage);
  const tags = html
    .replace(between(html, "script"), "")
    .replace(between(html, "style"), "")
    .match(/<[a-z][^>]*>/g);
  expect(tags?.filter((tag) => /\s(on\w+|style|src|href|action)\s*=/i.test(tag))).toEqual([]);
  expect(html).not.toMatch(/https?:|@import|url\(/);
});

test.each<[string, (hostile: string) => Page]>([
  ["title", (hostile) => ({ ...bare, title: hostile })],
  ["heading", (hostile) => ({ ...bare, heading: hostile })],
  ["verdict", (hostile) => ({ ...bare, verdict: { text: hostile, tone: "bad" } })],
  ["fact", (hostile) => ({ ...bare, facts: [{ label: hostile, value: hostile }] })],
  ["part of the bar", (hostile) => ({ ...bare, bar: [{ label: hostile, count: 1, tone: "good" }] })],
  ["note", (hostile) => ({ ...bare, notes: [hostile] })],
  ["person", (hostile) => joining(hostile)],
  [
    "kind",
    (hostile) => ({
      ...bare,
      kinds: [{ id: hostile, label: hostile, tone: "good" }],
      rows: [{ kind: hostile, who: "w", what: [hostile, hostile], help: hostile }],
    }),
  ],
])("a hostile %s is text", (_, page) => {
  const html = renderPage(page(`"><script>alert('x')</script>&`));
  expect(html).toContain("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;");
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain("alert('x')");
});

test("kinds are offered with how many rows they have, those without rows not at all", () => {
  const html = renderPage({
    ...joining("a@example.com", "b@example.com"),
    kinds: [...bare.kinds, { id: "leaves", label: "Leaves", tone: "warn" }],
  });
  expect(html).toContain('data-kind="joins"><i class="dot"></i><bdi>Joins</bdi> <span>2</span></button>');
  expect(html).not.toContain("Leaves");
});

test("without rows there is no table, and nothing to search", () => {
  const html = renderPage(bare);
  expect(html).not.toContain("<table");
  expect(html).not.toContain('id="search"');
});

test.each([
  ["none", undefined],
  ["one that is all 0", [{ label: "join", count: 0, tone: "good" as const }]],
])("with %s there is no bar", (_, bar) => {
  expect(renderPage({ ...bare, ...(bar && { bar }) })).not.toContain("<figure");
});

test("a row of a kind that the page does not have is a mistake of ours, for nobody could filter it", () => {
  expect(() => renderPage({ ...joining("a@example.com"), kinds: [] })).toThrow(
    "The row of a@example.com is of kind joins",
  );
});
