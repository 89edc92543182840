import { expect, test } from "vitest";
import { COMMENT_LIMIT, MARKER, reviewMarkdown } from "../../../lib/review/render/markdown.ts";
import { documentOf, documentWith } from "../documents.ts";
import { FIXTURES, fixture } from "../fixtures.ts";
import { account, change, leaving, users } from "../plans.ts";

const joins = (name: string) => change(users(name), ["create"], null, account(name));
const deleted = (name: string) => change(leaving(name), ["delete"], account(name), null);

test.each(FIXTURES)(
  "%s: first the hidden marker, then the head line, everyone, and what to know before",
  (name) => {
    const document = documentOf(fixture(name).plan);
    const markdown = reviewMarkdown(document);
    expect(markdown.startsWith(`${MARKER}\n`)).toBe(true);
    expect(markdown.indexOf("<h3>")).toBeLessThan(markdown.indexOf("<table>"));
    for (const { who } of document.lines) expect(markdown).toContain(`<code>${who}</code>`);
    expect(markdown).toContain("<tr><td>Region</td><td>us-east-1</td></tr>");
  },
);

/** What GitHub looks for after it has rendered a comment: everywhere but in code. */
const outsideOfCode = (markdown: string) => markdown.replace(/<code>[^<]*<\/code>/g, "").replace(MARKER, "");

const HOSTILE = [
  "@octocat",
  "x@octocat",
  "#1",
  "octo/repo#1",
  "GH-1",
  "https://evil.example",
  "www.evil.example",
  "0123456789abcdef0123456789abcdef01234567",
  ":tada:",
];
test.each(HOSTILE)(
  "%s pings nobody and links nowhere, as a name, a value, a group or in a refusal",
  (text) => {
    const before = account("a", { attributes: { note: "b" } });
    const after = account("a", { attributes: { note: `see ${text} now` } });
    const membership = `aws_cognito_user_in_group.memberships[${JSON.stringify(`a in ${text}`)}]`;
    const changes = [
      joins(text),
      deleted(`gone ${text}`),
      change(users("a"), ["update"], before, after),
      change(membership, ["create"], null, { username: "a", group_name: text }),
      change(users(`re ${text}`), ["delete", "create"], account("x"), account("y")),
    ];
    const markdown = reviewMarkdown(documentWith(changes, { removals: 0, asked: { showValues: true } }));
    expect(markdown).toContain(`<code>${text}</code>`);
    expect(outsideOfCode(markdown)).not.toContain(text);
  },
);

test.each([
  "<script>alert(1)</script>",
  "a | b",
  "`code`",
  "**bold**",
  "[x](https://evil.example)",
  "</table>\n\n# big",
])("%j stays text within its row", (text) => {
  const markdown = reviewMarkdown(documentWith([joins(text)]));
  const row = markdown.split("\n").find((line) => line.startsWith("<tr><td>+"));
  expect(row).toMatch(
    /^<tr><td>\+<\/td><td><code>[^<>|`]*<\/code><\/td><td>joins, invited by e-mail<\/td><\/tr>$/,
  );
  expect(markdown).not.toMatch(/^#+ big/m);
});

test("what turns the text around it, or can't be seen, is left out", () => {
  expect(reviewMarkdown(documentWith([joins("a\u202Eb\u001B[31mc")]))).toContain("<code>a b [31mc</code>");
});

test("a comment has room for 65,536 characters: what weighs least goes, whole rows of it, and is counted", () => {
  const many = Array.from({ length: 3_000 }, (_, index) => joins(`person-${index}@example.com`));
  const strangers = Array.from({ length: 500 }, (_, index) => `stranger-${index}@example.com`);
  const markdown = reviewMarkdown(documentWith([...many, deleted("gone@example.com")], { strangers }));
  expect(markdown.length).toBeLessThan(COMMENT_LIMIT);
  expect(markdown).toContain("<code>gone@example.com</code>");
  const rows = markdown.match(/<tr><td>\+<\/td>.*$/gm) ?? [];
  for (const row of rows) expect(row).toMatch(/<\/tr>$/);
  expect(rows.length).toBeGreaterThan(400);
  expect(markdown).toContain(`and ${3_000 - rows.length} more: see the HTML artifact`);
  expect(markdown).toContain("and 500 more: see the HTML artifact");
  for (const tag of ["table", "tr", "td", "details"]) {
    expect(markdown.split(`<${tag}`).length, tag).toBe(markdown.split(`</${tag}>`).length);
  }
});

test("a refusal without end is cut, too", () => {
  const replaced = (name: string) => change(users(name), ["delete", "create"], account(name), account(name));
  const changes = Array.from({ length: 500 }, (_, index) => replaced(`${index} ${"x".repeat(2_000)}`));
  expect(reviewMarkdown(documentWith(changes, { removals: 1_000 })).length).toBeLessThan(COMMENT_LIMIT);
});
