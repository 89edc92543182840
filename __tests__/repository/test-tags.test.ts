import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const E2E = new URL("../e2e/", import.meta.url);
const FILES = readdirSync(E2E).filter((file) => file.endsWith(".test.ts"));

test("each end-to-end test says when it runs: without a tag, it would run nowhere", () => {
  expect(FILES.length).toBeGreaterThan(30);
  const untagged = FILES.filter(
    (file) => !/^\/\*\* @module-tag (smoke|full|nodes) \*\/\n/.test(readFileSync(new URL(file, E2E), "utf8")),
  );
  expect(untagged).toEqual([]);
});
