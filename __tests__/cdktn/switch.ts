import { readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../../lib/errors.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The release of cdktn that is tried. */
export const CDKTN = "0.24.0";

/**
 * How a repository is switched: docs/cdktn.md says the same. Without the override `npm ci` refuses what `npm install` made,
 * since the provider's bindings ask for a cdktf 0.21.
 */
export const SWITCH = [
  ["npm", "pkg", "set", "overrides[@cdktf/provider-aws].cdktf=$cdktf"],
  ["npm", "install", "--save-exact", `cdktf@npm:cdktn@${CDKTN}`],
] as const;

/**
 * Switches a copy of this repository whose node_modules is a link: it gets its own, without the development dependencies.
 * @throws UserError with npm's own words
 */
export async function switchToCdktn(directory: string, signal?: AbortSignal): Promise<void> {
  unlinkSync(join(directory, "node_modules"));
  const quiet = { npm_config_audit: "false", npm_config_fund: "false", npm_config_loglevel: "error" };
  for (const [file, ...args] of SWITCH) {
    await execa(file, args, {
      cwd: directory,
      env: { ...quiet, npm_config_omit: "dev" },
      stdin: "ignore",
      ...(signal && { cancelSignal: signal }),
    }).catch((error: { stderr?: string }) => {
      signal?.throwIfAborted();
      throw new UserError(`${[file, ...args].join(" ")} failed in a copy of this repository`, {
        why: error.stderr?.trim() || "npm said nothing.",
        next: ["is npm's registry within reach? Then run the command again"],
        cause: error,
      });
    });
  }
}

/**
 * Whether main.ts, with all that it imports, agrees with the types of what is installed in a directory.
 * @throws UserError with the compiler's own words
 */
export async function checkTypes(directory: string, signal?: AbortSignal): Promise<void> {
  // The development dependencies are this repository's.
  const types = join(MODULES, "@types");
  const paths = Object.fromEntries(
    readdirSync(types).map((name) => [name, [join(types, name, "index.d.ts")]]),
  );
  const only = { compilerOptions: { typeRoots: [types], paths }, include: ["main.ts"] };
  const project = join(directory, "tsconfig.cdktn.json");
  writeFileSync(project, JSON.stringify({ extends: "./tsconfig.json", ...only }));
  const compiler = join(MODULES, "typescript", "bin", "tsc");
  const options = { reject: false, ...(signal && { cancelSignal: signal }) };
  const { failed, stdout } = await execa(process.execPath, [compiler, "-p", project], options);
  signal?.throwIfAborted();
  if (failed)
    throw new UserError("cdktn's types differ from cdktf's where this repository uses them", { why: stdout });
}
