// npm run --silent inputs: the files that a deployment is made from.

import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { build } from "esbuild";
import { RESOURCES_FILE } from "../lib/deploy/project.ts";
import {
  folderOf,
  isOneFile,
  isPattern,
  patternsOf,
  type RosterSetting,
  rosterFiles,
} from "../lib/roster/files.ts";
import { adoptionFile } from "../lib/stack/synth/import-blocks.ts";
import { main, newCommand, ROOT } from "./frame/main.ts";
import { checkedSettings, environments } from "./frame/settings.ts";

const CONFIG = "config.ts";

main(async () => {
  const { json } = newCommand(
    "inputs",
    "Lists the files that a deployment depends on, one per line, relative to the repository's root: config.ts and what it " +
      "imports, the roster (for a pattern, the folder too), and if present resources.ts with its imports and adopt.json. Without --env, the files of all environments.",
    { allEnvironments: true },
  )
    .option("--json", "print one JSON document", false)
    .parse()
    .opts<{ json: boolean }>();
  const each = checkedSettings();
  const files = each.flatMap(({ settings, environment }) => filesOf(settings.roster, environment));
  const [only, ...others] = each.map(({ settings: { roster } }) => inRoster(roster));
  const roster = others.length === 0 ? only : [...new Set([only ?? [], ...others].flat())];
  const own = existsSync(resolve(ROOT, RESOURCES_FILE)) ? await sourcesOf(RESOURCES_FILE) : [];
  const inputs = [...new Set([...(await sourcesOf(CONFIG)), ...own, ...files])];
  const document = { roster, inputs, ...(environments.length > 0 && { environments }) };
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${inputs.join("\n")}\n`);
});

/** What is deployed besides config.ts: the roster, and what is adopted. */
function filesOf(roster: RosterSetting, environment: string | undefined): string[] {
  // For a pattern, this includes the folder, where another commit may have more files.
  const folders = patternsOf(roster).filter(isPattern).map(folderOf);
  const adoption = adoptionFile(environment);
  const { names } = rosterFiles(ROOT, roster);
  return [...names, ...folders, ...(existsSync(resolve(ROOT, adoption)) ? [adoption] : [])];
}

function inRoster(roster: RosterSetting): string | string[] {
  if (isOneFile(roster)) return fromRoot(resolve(ROOT, roster));
  const { names, unmatched } = rosterFiles(ROOT, roster);
  return [...names, ...unmatched];
}

/** A module of our own and those that it imports, itself first. Type imports disappear at run time, so they don't count. */
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

/** With slashes on every system, as in git. */
function fromRoot(path: string): string {
  return relative(ROOT, path).split(sep).join("/");
}
