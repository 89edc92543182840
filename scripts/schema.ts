// npm run schema: writes users.schema.json for editors, from the roster's schema and the pool's settings.

import { join } from "node:path";
import { writeFile } from "../lib/files.ts";
import { rosterJsonSchema } from "../lib/roster/schema.ts";
import { rosterRules } from "../lib/stack/settings.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { config } from "./frame/settings.ts";

main(async () => {
  newCommand("schema", "Writes users.schema.json, which tells editors what the roster may contain.", {
    allEnvironments: true,
  }).parse();
  writeFile(join(ROOT, "users.schema.json"), rosterJsonSchema(rosterRules(config)));
  process.stderr.write("Wrote users.schema.json\n");
});
