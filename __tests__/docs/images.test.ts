import { readdirSync, statSync } from "node:fs";
import { expect, test } from "vitest";

test.each(readdirSync("docs/images"))("%s is small enough for a README", (name) => {
  expect(statSync(`docs/images/${name}`).size).toBeLessThan(200_000);
});
