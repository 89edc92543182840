import { readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../../lib/errors.ts";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The release of cdktn that is tried. */
export const CDKTN = "0.24.0";

/** A way forward from cdktf with provider 5. */
export interface Step {
  readonly name: string;
  /** How a repository is switched: docs/forward.md says the same. */
  readonly commands: readonly (readonly string[])[];
  /** Whether its sources name the packages otherwise afterwards ({@link renameImports}). @default no */
  readonly renamed?: boolean;
  /** What writes the configuration then. @default what does today */
  readonly writtenBy?: string;
  /** The package with the provider's bindings, if another one. @default today's, and today's provider */
  readonly bindings?: string;
}

/**
 * The first is the one that changes nothing but CDKTF. Without its override `npm ci` refuses what `npm install` made, since the
 * provider's bindings ask for a cdktf 0.21.
 */
export const STEPS: readonly Step[] = [
  {
    name: `cdktn ${CDKTN} in cdktf's place`,
    commands: [
      ["npm", "pkg", "set", "overrides[@cdktf/provider-aws].cdktf=$cdktf"],
      ["npm", "install", "--save-exact", `cdktf@npm:cdktn@${CDKTN}`],
    ],
    writtenBy: CDKTN,
  },
  {
    name: "provider 6 by @cdktf/provider-aws 21.22.1",
    commands: [["npm", "install", "--save-exact", "@cdktf/provider-aws@21.22.1"]],
    bindings: "@cdktf/provider-aws",
  },
  {
    name: `provider 6 by @cdktn/provider-aws 25.7.0 and cdktn ${CDKTN}`,
    commands: [
      ["npm", "pkg", "delete", "peerDependencies.cdktf", "peerDependencies.@cdktf/provider-aws"],
      ["npm", "install", "--save-peer", "--save-exact", `cdktn@${CDKTN}`, "@cdktn/provider-aws@25.7.0"],
    ],
    renamed: true,
    writtenBy: CDKTN,
    bindings: "@cdktn/provider-aws",
  },
];

/**
 * Switches a copy of this repository whose node_modules is a link: it gets its own, without the development dependencies.
 * @throws UserError with npm's own words
 */
export async function switchTo(step: Step, directory: string, signal?: AbortSignal): Promise<void> {
  unlinkSync(join(directory, "node_modules"));
  const quiet = { npm_config_audit: "false", npm_config_fund: "false", npm_config_loglevel: "error" };
  for (const [file = "", ...args] of step.commands) {
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
  if (step.renamed) renameImports(directory);
}

/** The names that the packages have under cdktn, in all that a synthesis loads. */
function renameImports(directory: string): void {
  const lib = readdirSync(join(directory, "lib"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("lib", file));
  for (const file of ["main.ts", "index.ts", "scripts/compile.mjs", ...lib]) {
    const path = join(directory, file);
    const text = readFileSync(path, "utf8");
    const renamed = text
      .replaceAll('"cdktf"', '"cdktn"')
      .replaceAll('"@cdktf/provider-aws', '"@cdktn/provider-aws');
    if (renamed !== text) writeFileSync(path, renamed);
  }
}

/** The release of the AWS provider that the installed bindings were generated from; undefined where they are today's. */
export function providerOf({ bindings }: Step, directory: string): string | undefined {
  if (bindings === undefined) return undefined;
  const text = readFileSync(join(directory, "node_modules", bindings, "package.json"), "utf8");
  return JSON.parse(text).cdktf.provider.version;
}

/**
 * Whether main.ts, with all that it imports, agrees with the types of what is installed in a directory.
 * @throws UserError with the compiler's own words
 */
export async function checkTypes({ name }: Step, directory: string, signal?: AbortSignal): Promise<void> {
  // The development dependencies are this repository's.
  const types = join(MODULES, "@types");
  const paths = Object.fromEntries(
    readdirSync(types).map((name) => [name, [join(types, name, "index.d.ts")]]),
  );
  const only = { compilerOptions: { typeRoots: [types], paths }, include: ["main.ts"] };
  const project = join(directory, "tsconfig.forward.json");
  writeFileSync(project, JSON.stringify({ extends: "./tsconfig.json", ...only }));
  const compiler = join(MODULES, "typescript", "bin", "tsc");
  const options = { reject: false, ...(signal && { cancelSignal: signal }) };
  const { failed, stdout } = await execa(process.execPath, [compiler, "-p", project], options);
  signal?.throwIfAborted();
  if (failed)
    throw new UserError(`The types differ where this repository uses them: ${name}`, { why: stdout });
}
