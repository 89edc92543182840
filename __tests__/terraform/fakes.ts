import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTerraform } from "../../lib/terraform/find.ts";
import type { TerraformContext } from "../../lib/terraform/run.ts";

/** The outputs that every command needs, as `terraform output -json` and the state have them. */
export const outputsOf = (userPoolId: string, region: string) => ({
  user_pool_id: { value: userPoolId },
  user_pool_client_id: { value: "client" },
  region: { value: region },
  password_policy: {
    value: {
      minimum_length: 12,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 7,
    },
  },
});

/** A directory with a shell script in place of Terraform. It appends what it sees to the file `log`. */
export function fakeTerraform(script: string) {
  const directory = mkdtempSync(join(tmpdir(), "fake-terraform-"));
  const binary = join(directory, "terraform");
  writeFileSync(binary, `#!/bin/sh\n${script}\n`);
  chmodSync(binary, 0o755);
  const file = (name: string) => join(directory, name);
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8").trim() : "");
  return {
    context: { binary, directory } satisfies TerraformContext,
    file,
    read,
    /** Waits until the file is there and has the text. */
    until: async (name: string, text = "") => {
      for (let tries = 0; !(existsSync(file(name)) && read(name).includes(text)); tries += 1) {
        if (tries > 200) throw new Error(`${name} never said ${JSON.stringify(text)}, only: ${read(name)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

/** Whether a process runs; a zombie that nobody reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, "utf8"));
}

/** A directory with this cdk.tf.json, and the real Terraform. Its built-in terraform_data needs no provider. */
export async function realTerraform(config: object) {
  const directory = mkdtempSync(join(tmpdir(), "real-terraform-"));
  const cacheDirectory = join(import.meta.dirname, "..", "..", ".cache");
  const { path } = await findTerraform({ cacheDirectory });
  const configure = (next: object) => writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(next));
  configure(config);
  return {
    context: { binary: path, directory } satisfies TerraformContext,
    configure,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}
