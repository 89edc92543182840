import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, PAGES, type Page, parsePage } from "./pages.ts";
import { DIRECTORIES, TRACKED } from "./tracked.ts";

const EXTERNAL = /^(https?:|mailto:)/;
const files = new Set(TRACKED);
const byFile = new Map(PAGES.map((page) => [page.file, page]));

/** Why a link leads nowhere, or nothing. */
function brokenBecause(page: Page, target: string): string | undefined {
  if (EXTERNAL.test(target)) return undefined;
  const [path = "", anchor] = target.split("#").map(decodeURIComponent);
  const file = path === "" ? page.file : join(dirname(page.file), path).replace(/\/$/, "");
  if (!files.has(file) && !DIRECTORIES.has(file)) return `there is no ${file}`;
  if (anchor === undefined || byFile.get(file)?.anchors.has(anchor)) return undefined;
  return `${file} has no heading #${anchor}`;
}

const brokenLinks = (page: Page) =>
  page.links.flatMap(({ line, text }) => {
    const because = brokenBecause(page, text);
    return because === undefined ? [] : [`${page.file}:${line}: ${text}: ${because}`];
  });

describe("the links of the documents", () => {
  test("there are pages to look at, and links in them", () => {
    expect(byFile.has("README.md")).toBe(true);
    expect(PAGES.flatMap(({ links }) => links).length).toBeGreaterThan(10);
  });

  test("each leads to a file of the repository, and each anchor to a heading", () => {
    expect(PAGES.flatMap(brokenLinks)).toEqual([]);
  });

  test("only https leads out", () => {
    const insecure = PAGES.flatMap(({ file, links }) =>
      links.flatMap(({ line, text }) => (text.startsWith("http:") ? [`${file}:${line}: ${text}`] : [])),
    );
    expect(insecure).toEqual([]);
  });
});

describe("what this test would find", () => {
  test.each([
    ["a file that is not there", "[x](docs/nowhere.md)", "there is no docs/nowhere.md"],
    ["a file outside", "[x](../secret.md)", "there is no ../secret.md"],
    ["a picture", "![x](docs/nowhere.png)", "there is no docs/nowhere.png"],
    ["a link by reference", "see [x][1]\n\n[1]: nowhere.md", "there is no nowhere.md"],
    ["a link in a table", "| a |\n| - |\n| [x](nowhere.md) |", "there is no nowhere.md"],
    ["a link in a list in a list", "- a\n  - [x](nowhere.md)", "there is no nowhere.md"],
    ["a link in HTML", '<a href="nowhere.md">x</a>', "there is no nowhere.md"],
    ["a heading that is not there", "# Here\n\n[x](#there)", "README.md has no heading #there"],
    ["a heading of another page", "[x](docs/ci.md#nowhere)", "docs/ci.md has no heading #nowhere"],
  ])("%s", (_, text, because) => {
    expect(brokenLinks(parsePage("README.md", text)).join()).toContain(because);
  });

  test("and where", () => {
    expect(brokenLinks(parsePage("docs/a.md", "# A\n\n- b\n- `c` [x](d.md)\n")).join()).toMatch(
      /^docs\/a\.md:4: /,
    );
  });
});

test("anchors are GitHub's", () => {
  const titles = [
    "In `terraform state`",
    "What's kept, & where?",
    "a_b-c",
    "よくある質問(FAQ)",
    "Same",
    "Same",
  ];
  expect([...anchorsOf(titles)]).toEqual([
    "in-terraform-state",
    "whats-kept--where",
    "a_b-c",
    "よくある質問faq",
    "same",
    "same-1",
  ]);
});
