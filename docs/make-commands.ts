/**
 * Writes docs/commands.md from the `--help` of each command.
 *
 *     npm run commands
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commandsPage, GROUPS } from "./commands-page.ts";

const root = new URL("..", import.meta.url);
const helpOf = (name: string) =>
  execFileSync("npm", ["run", "--silent", name, "--", "--help"], { cwd: root, encoding: "utf8" });

const path = fileURLToPath(new URL("docs/commands.md", root));
const names = GROUPS.flatMap((group) => group.names);
writeFileSync(path, commandsPage(new Map(names.map((name) => [name, helpOf(name)]))));
process.stdout.write(`${path}\n`);
