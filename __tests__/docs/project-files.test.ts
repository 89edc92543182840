import { describe, expect, test } from "vitest";
import { ADOPTION_FILE } from "../../lib/stack/synth/import-blocks.ts";
import packageJson from "../../package.json" with { type: "json" };
import { PAGES } from "./pages.ts";
import { DIRECTORIES, read, TRACKED } from "./tracked.ts";

describe("docs/CODEOWNERS.example", () => {
  const rules = read("docs/CODEOWNERS.example")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));

  test("names files that there are, or that import-users writes", () => {
    const known = ({ pattern = "" }) =>
      pattern === "*" ||
      [...TRACKED, ADOPTION_FILE].includes(pattern.slice(1)) ||
      DIRECTORIES.has(pattern.slice(1).replace(/\/$/, ""));
    const unknown = rules.map(([pattern]) => ({ pattern })).filter((rule) => !known(rule));
    expect(rules.map(([pattern]) => pattern)).toContain("/users.json");
    expect(unknown).toEqual([]);
  });

  test("is an example: its teams are placeholders, and none is in force here", () => {
    for (const [, ...owners] of rules) {
      expect(owners.length).toBeGreaterThan(0);
      for (const owner of owners) expect(owner).toMatch(/^@OWNER\/[a-z]+$/);
    }
    expect(TRACKED.filter((file) => /(^|\/)CODEOWNERS$/.test(file))).toEqual([]);
  });
});

test("the changelog begins with this version", () => {
  const [, version, when] = /^## (\S+) – (.+)$/m.exec(read("CHANGELOG.md")) ?? [];
  expect(version).toBe(packageJson.version);
  expect(when).toMatch(/^(unreleased|\d{4}-\d{2}-\d{2})$/);
});

test("no document gives an address to write to that nobody has", () => {
  const addresses = PAGES.flatMap(({ file, text }) =>
    [...text.matchAll(/[\w.+-]+@[\w-]+\.[a-z]{2,}\b/gi)].flatMap(([address]) =>
      /@example\.(com|org|net)$/i.test(address) ? [] : [`${file}: ${address}`],
    ),
  );
  expect(addresses).toEqual([]);
});
