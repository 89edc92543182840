/** @module-tag static */

import { execa } from "execa";
import { expect, test } from "vitest";

/** Beside the other tests rather than before them, so that `npm test` is over sooner. */
test.each(["types", "lint", "unused"])("npm run %s", async (script) => {
  const { exitCode, all } = await execa("npm", ["run", "--silent", script], { all: true, reject: false });
  expect(exitCode, all).toBe(0);
});
