import { expect, test } from "vitest";
import { renderPage } from "../../../lib/page/render.ts";
import { reviewPage } from "../../../lib/review/render/html.ts";
import { documentOf, documentWith } from "../documents.ts";
import { FIXTURES, fixture } from "../fixtures.ts";
import { account, change, users } from "../plans.ts";

test.each(FIXTURES)("%s: everything that is told is a row of the page", (name) => {
  const document = documentOf(fixture(name).plan);
  const page = reviewPage(document);
  expect(page.rows.map(({ who }) => who)).toEqual(document.lines.map(({ who }) => who));
  expect(page.verdict.text).toBe(document.summary);
  expect(page.facts.map(({ label }) => label)).toContain("Terraform");
});

test.each([
  ["joins", {}, "good"],
  ["returns-and-deleted", {}, "bad"],
  ["thrown-back", {}, "bad"],
])("%s: how it looks", (name, found, tone) => {
  expect(reviewPage(documentOf(fixture(name).plan, found)).verdict.tone).toBe(tone);
});

test("refusals, exceptions and hidden values are notes", () => {
  const document = documentOf(fixture("everyday").plan, { asked: { allowRemovals: 0 }, removals: 0 });
  const notes = reviewPage(document).notes;
  expect(notes).toEqual([
    expect.stringMatching(/^Refused: 3 people would lose access/),
    expect.stringMatching(/^Allowed for this run: --allow-removals 0/),
    expect.stringContaining("--show-values"),
  ]);
});

test("a person named <script> is text", () => {
  const html = renderPage(
    reviewPage(documentWith([change(users("<script>alert(1)</script>"), ["create"], null, account("a"))])),
  );
  expect(html).not.toContain("<script>alert");
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});
