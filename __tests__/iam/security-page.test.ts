import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync("docs/security.md", "utf8");
const threats = (page.split("\n## Threats\n")[1]?.split("\n## ")[0] ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | "));

test("there are threats, and each has a last column", () => {
  expect(threats.length).toBeGreaterThan(20);
  for (const cells of threats) expect(cells).toHaveLength(3);
});

test.each(threats)("%s: %s", (_, __, shownBy = "") => {
  if (shownBy === "no test") return;
  // A link, then sentences of that file.
  const links = shownBy.split(/\[[^\]]+\]\(/).slice(1);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    const [target = "", ...rest] = link.split(")");
    const file = join("docs", target);
    expect(existsSync(file), file).toBe(true);
    const sentences = [...rest.join(")").matchAll(/"([^"]+)"/g)].map(([, sentence = ""]) => sentence);
    expect(sentences.length, file).toBeGreaterThan(0);
    for (const sentence of sentences) expect(titlesOf(file)).toContain(sentence);
  }
});

/** The lines on which its tests, and groups of them, are named. */
function titlesOf(file: string): string {
  const named = /^\s*(?:(?:test|describe)\b|\]\)\(|").*$/gm;
  return (readFileSync(file, "utf8").match(named) ?? []).join("\n");
}
