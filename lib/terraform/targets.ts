import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../files.ts";
import { addressKey } from "../stack/terraform-text.ts";
import { type TerraformContext, terraform } from "./run.ts";
import type { StateInstance } from "./state.ts";

/**
 * Characters of addresses for one run of Terraform: Windows takes command lines of 32,767 characters, Linux of 2 MB, macOS of
 * 1 MB, environment included. With usual addresses some 300 and 1,500 people.
 */
const COMMAND_LINE = process.platform === "win32" ? 20_000 : 100_000;

/** An instance's address as Terraform's command line takes it: the one in the state, wherever the configuration has it now. */
export function addressOf({ type, name, key }: Pick<StateInstance, "type" | "name" | "key">): string {
  const index = key === null ? "" : `[${typeof key === "number" ? key : addressKey(key)}]`;
  return `${type}.${name}${index}`;
}

/**
 * Reads these instances anew, writes into the state what is found, and changes nothing else: whoever is gone leaves the state.
 * Each person among them costs an AdminGetUser, which makes them a monthly active user.
 *
 * While it runs, the configuration has no `moved` and no `import` blocks: Terraform refuses targets that leave out an instance
 * which is about to move ("Moved resource instances excluded by targeting"), and that may be everyone.
 * @throws TerraformError
 */
export async function refreshTargets(context: TerraformContext, addresses: readonly string[]): Promise<void> {
  const file = join(context.directory, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const { moved: _, import: __, ...rest } = JSON.parse(text);
  writeFile(file, JSON.stringify(rest));
  try {
    for (const some of batches(addresses)) {
      // -refresh=true: an exported TF_CLI_ARGS_apply=-refresh=false, for plain cdktf, does not go together with -refresh-only.
      const options = ["-refresh-only", "-refresh=true", "-auto-approve", "-json", "-input=false"];
      await terraform(context, ["apply", ...options, ...some.map((address) => `-target=${address}`)]);
    }
  } finally {
    writeFile(file, text);
  }
}

/**
 * Takes these instances out of the state; what they stand for is not touched.
 * @throws TerraformError
 */
export async function forget(context: TerraformContext, addresses: readonly string[]): Promise<void> {
  try {
    for (const some of batches(addresses)) await terraform(context, ["state", "rm", ...some]);
  } finally {
    // Terraform keeps a copy of a local state for each of these runs, with all that is in it.
    for (const name of readdirSync(context.directory)) {
      if (/^terraform\.tfstate\.\d+\.backup$/.test(name)) rmSync(join(context.directory, name));
    }
  }
}

function batches(addresses: readonly string[]): string[][] {
  const all: string[][] = [];
  let room = 0;
  for (const address of addresses) {
    const length = address.length + "-target= ".length;
    if (length > room || all.length === 0) {
      all.push([]);
      room = COMMAND_LINE;
    }
    all.at(-1)?.push(address);
    room -= length;
  }
  return all;
}
