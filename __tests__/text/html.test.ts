import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, isolated } from "../../lib/text/html.ts";

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#13": "\r",
};

/** What a browser reads: the entities as characters, without the tags. */
const read = (html: string) =>
  html.replace(/<[^>]*>/g, "").replace(/&([a-z#0-9]+);/g, (_, name: string) => NAMED[name] ?? "?");

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        "&",
        '"',
        "'",
        "</script>",
        "<!--",
        "]]>",
        "&lt;",
        "\r\n",
        "\u2028",
        "\u202E",
        "é",
      ),
    )
    .map((parts) => parts.join("")),
);

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ['" onmouseover="alert(1)', "&quot; onmouseover=&quot;alert(1)"],
  ["it's", "it&#39;s"],
  ["R&D &lt;", "R&amp;D &amp;lt;"],
  ["</script>", "&lt;/script&gt;"],
  ["a\r\nb", "a&#13;\nb"],
  ["a\0b", "a\uFFFDb"],
  ["山田 花子", "山田 花子"],
])("%j becomes %j", (given, html) => {
  expect(escapeHtml(given)).toBe(html);
});

test("no text opens a tag or leaves its attribute, and each reads back as it was", () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(escapeHtml(given)).not.toMatch(/[<>"']/);
      expect(escapeHtml(given)).not.toMatch(/&(?!(amp|lt|gt|quot|#39|#13);)/);
      expect(read(escapeHtml(given))).toBe(given.replaceAll("\0", "\uFFFD"));
    }),
  );
});

test("a name stands apart from what surrounds it, whichever way it is read", () => {
  expect(isolated("דנה")).toBe("<bdi>דנה</bdi>");
});

test("an override stands alone, with its number, and turns none of the name around", () => {
  expect(isolated("evil\u202Emoc.elpmaxe@x")).toBe(
    '<bdi>evil<bdi class="unseen" title="U+202E">\u202E</bdi>moc.elpmaxe@x</bdi>',
  );
});

test.each([
  ["zero-width space", "\u200B", "U+200B"],
  ["line separator", "\u2028", "U+2028"],
  ["NUL", "\0", "U+0000"],
  ["isolate that never ends", "\u2066", "U+2066"],
  ["tag character, beyond 16 bits", "\u{E0041}", "U+E0041"],
  ["filler", "\u3164", "U+3164"],
  ["blank of braille", "\u2800", "U+2800"],
])("a %s is told", (_, character, number) => {
  expect(isolated(`a${character}b`)).toContain(`title="${number}"`);
});

test.each([
  ["joiner of an emoji", "👩\u200D💻"],
  ["non-joiner of a Persian name", "علی\u200Cرضا"],
  ["variant of a Japanese name", "辻\u{E0100}"],
])("a %s belongs to its word", (_, name) => {
  expect(isolated(name)).toBe(`<bdi>${name}</bdi>`);
});

test("whatever is isolated reads back, its tags balanced and nothing left open", () => {
  fc.assert(
    fc.property(text, (given) => {
      const html = isolated(given);
      expect(read(html)).toBe(given.replaceAll("\0", "\uFFFD"));
      expect(
        html
          .match(/<[^>]*>/g)
          ?.filter((tag) => !/^<(\/bdi|bdi|bdi class="unseen" title="U\+[0-9A-F]{4,6}")>$/.test(tag)),
      ).toEqual([]);
      expect(html.match(/<bdi/g)?.length).toBe(html.match(/<\/bdi>/g)?.length);
    }),
  );
});
