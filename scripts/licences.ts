// npm run licences: writes docs/licences.md, the licences of everything that runs with this package.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { replaceFile } from "../lib/files.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { licencePage } from "./support/licence-page.ts";

main(async () => {
  newCommand("licences", "Writes docs/licences.md from package-lock.json.").parse();
  const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
  replaceFile(path("docs/licences.md"), licencePage(readFileSync(path("package-lock.json"), "utf8")));
  process.stderr.write("Wrote docs/licences.md\n");
});
