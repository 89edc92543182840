import { expect, test } from "vitest";
import { reviewDocument } from "../../lib/review/document.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { reviewPage } from "../../lib/review/render/html.ts";
import { reviewMarkdown } from "../../lib/review/render/markdown.ts";
import { reviewText } from "../../lib/review/render/terminal.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { paintFor } from "../../scripts/screen.ts";
import { person } from "../support/people.ts";
import { account, change, planOf, users } from "./plans.ts";

const PLAN = planOf(
  change(users("a@example.com"), ["create"], null, account("a@example.com")),
  change(
    users("b@example.com"),
    ["update"],
    account("b@example.com"),
    account("b@example.com", { enabled: false }),
  ),
);
const A = person("a@example.com", { owner: "Sato", note: "Until May" });
const B = person("b@example.com");
const QUIET = person("c@example.com", { note: "Nothing happens to her" });

const documentOf = (roster: Parameters<typeof reviewDocument>[0]["project"]) =>
  reviewDocument(
    {
      review: reviewPlan(PLAN),
      refused: [],
      strangers: [],
      drift: NO_DRIFT,
      plan: parsePlan(PLAN),
      project: roster,
    },
    { refresh: false, showValues: false, allowReplace: [] },
  );
const formsOf = (document: ReturnType<typeof documentOf>) => [
  reviewText(document, { paint: paintFor({ isTTY: false }), columns: 100 }),
  reviewMarkdown(document),
  JSON.stringify(reviewPage(document)),
];

test("a note and an owner stand beside the person to whom something happens, and nobody else's", () => {
  const document = documentOf({ roster: { people: [A, B, QUIET] } });
  for (const text of formsOf(document)) {
    expect(text).toContain("owner: Sato");
    expect(text).toContain("note: Until May");
    expect(text).not.toContain("Nothing happens");
  }
  expect(document.lines.find(({ who }) => who === "b@example.com")).not.toHaveProperty("remarks");
});

test("a note with markup is text in a comment", () => {
  const note = "<img src=x> @everyone";
  const markdown = reviewMarkdown(documentOf({ roster: { people: [{ ...A, note }, B] } }));
  expect(markdown).toContain("&lt;img");
  expect(markdown).toContain("<code>@everyone</code>");
});

test("where the roster is in several files, people stand under theirs", () => {
  const files = [
    { file: "people/ops.json", name: "people/ops.json", people: [B] },
    { file: "people/sales.json", name: "people/sales.json", people: [A] },
  ];
  for (const text of formsOf(documentOf({ roster: { people: [B, A], files } }))) {
    const order = ["people/ops.json", "people/sales.json"].map((name) => text.indexOf(name));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((x, y) => x - y));
  }
  const one = documentOf({ roster: { people: [A, B], files: files.slice(0, 1) } });
  expect(one.lines.some(({ file }) => file !== undefined)).toBe(false);
});
