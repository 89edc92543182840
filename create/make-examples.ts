// node scripts/run.mjs ../create/make-examples: writes config.ts and users.json of each example.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { exampleFiles } from "./examples.ts";

for (const { path, text } of exampleFiles())
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
