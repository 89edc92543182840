import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { PRIVATE, writeFile } from "../files.ts";
import { filesBeside, type TerraformContext, terraform } from "./run.ts";

/** In Terraform's own directory beside cdk.tf.json: deleted with it, and already ignored by git. */
const STAMP = "initialised-by-cognito-roster";

/** The environment variables that `init` reads. */
const READ = ["TF_CLI_ARGS", "TF_CLI_ARGS_init", "TF_CLI_CONFIG_FILE", "TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR"];

/**
 * `terraform init`, unless the last one here had the same inputs: the same Terraform, backend, providers as required and as
 * installed, lock file and environment. It takes a second of CPU, as much as the rest of a small plan, since it reads the whole
 * provider for its checksum.
 *
 * Only with the local backend; a remote one has to authenticate again. If something is missing all the same, Terraform's next
 * command stops and names init.
 * @throws TerraformError
 */
export async function initialise(context: TerraformContext): Promise<void> {
  const file = join(dataDirectory(context), STAMP);
  const before = stampOf(context);
  if (before !== undefined && existsSync(file) && readFileSync(file, "utf8") === before) return;
  await terraform(context, ["init", "-input=false"]);
  const after = stampOf(context);
  if (after !== undefined) writeFile(file, after, { mode: PRIVATE });
}

const dataDirectory = ({ directory, env = process.env }: TerraformContext) =>
  resolve(directory, env.TF_DATA_DIR || ".terraform");

interface Configuration {
  readonly terraform?: { readonly backend?: Readonly<Record<string, unknown>> };
  readonly provider?: object;
  readonly module?: object;
  readonly resource?: object;
  readonly data?: object;
}

/** @returns undefined if it has to run each time, or nothing is installed yet */
function stampOf(context: TerraformContext): string | undefined {
  const { directory, binary, env = process.env } = context;
  try {
    const text = readFileSync(join(directory, "cdk.tf.json"), "utf8");
    const { terraform: own, provider, module, resource = {}, data = {} } = JSON.parse(text) as Configuration;
    const others = filesBeside(directory);
    if (own?.backend?.local === undefined || module !== undefined || others.length > 0) return undefined;
    // A resource without a provider of its own requests one by its name.
    const types = [...Object.keys(resource), ...Object.keys(data)].sort();
    const told = [
      own,
      Object.keys(provider ?? {}),
      types,
      READ.map((name) => env[name]),
      // Another workspace has another state, and must exist.
      env.TF_WORKSPACE,
      readFileSync(join(directory, ".terraform.lock.hcl"), "utf8"),
      [binary, ...installed(join(dataDirectory(context), "providers"))].map(fileAt),
    ];
    return createHash("sha256").update(JSON.stringify(told)).digest("hex");
  } catch {
    return undefined;
  }
}

/** Every file of the installed providers, which may be links to a mirror. */
function installed(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? installed(path) : [path];
  });
}

function fileAt(path: string) {
  const { size, mtimeMs, ino } = statSync(path);
  return [path, size, mtimeMs, ino];
}
