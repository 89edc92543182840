import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), "utf8");

/** What index.ts exports, and where it comes from. */
const EXPORTS = [...read("index.ts").matchAll(/^export (?:type )?\{([^}]+)\} from "\.\/([^"]+)";/gm)].flatMap(
  ([, names = "", file = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name, file })),
);

describe("the library's surface", () => {
  test("is found by these tests", () => {
    expect(EXPORTS).toContainEqual({ name: "CognitoRosterStack", file: "lib/stack/synth/roster-stack.ts" });
    expect(read("index.ts").match(/\bfrom\b/g)).toHaveLength(new Set(EXPORTS.map(({ file }) => file)).size);
  });

  test("is in docs/library.md, and nothing else is there", () => {
    const [, table = ""] = read("docs/library.md").split("| export | is |");
    const told = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(told.toSorted()).toEqual(EXPORTS.map(({ name }) => name).toSorted());
  });

  test.each(EXPORTS)("$name has a docstring", ({ name, file }) => {
    const documented = new RegExp(`\\*/\\nexport (?:class|function|interface|type) ${name}\\b`);
    expect(documented.test(read(file)), file).toBe(true);
  });
});
