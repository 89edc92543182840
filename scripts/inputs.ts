// npm run --silent inputs: the files that a deployment is made from.

import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { build } from "esbuild";
import { folderOf, isOneFile, isPattern, patternsOf, rosterFiles } from "../lib/roster/files.ts";
import { ADOPTION_FILE } from "../lib/stack/synth/import-blocks.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { config } from "./frame/settings.ts";

const CONFIG = "config.ts";

main(async () => {
  const { json } = newCommand(
    "inputs",
    "Prints the files that a deployment is made from, one a line, relative to the repository's root: config.ts and what it " +
      "imports, the roster that it names (of a pattern, the folder too), and adopt.json where there is one.",
  )
    .option("--json", "one machine-readable document on stdout", false)
    .parse()
    .opts<{ json: boolean }>();
  const { names, unmatched } = rosterFiles(ROOT, config.roster);
  // Of a pattern also the folder, in which another commit may have files that this one has not.
  const folders = patternsOf(config.roster).filter(isPattern).map(folderOf);
  const roster = isOneFile(config.roster) ? fromRoot(resolve(ROOT, config.roster)) : [...names, ...unmatched];
  const adoption = existsSync(resolve(ROOT, ADOPTION_FILE)) ? [ADOPTION_FILE] : [];
  const inputs = [...new Set([...(await sourcesOf(CONFIG)), ...names, ...folders, ...adoption])];
  process.stdout.write(json ? `${JSON.stringify({ roster, inputs }, null, 2)}\n` : `${inputs.join("\n")}\n`);
});

/** A module of our own and those that it imports, itself first. Of types nothing is left when it runs, so they don't count. */
async function sourcesOf(file: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  return [file, ...Object.keys(metafile.inputs).filter((input) => input !== file)];
}

/** With slashes on every system, as git has them. */
function fromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join("/");
}
