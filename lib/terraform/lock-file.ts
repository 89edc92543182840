import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files.ts";
import type { ProviderRequirement } from "./mirror.ts";

/**
 * Writes the provider's entry into `.terraform.lock.hcl`, without hashes: `terraform init` adds those. Without an entry whose
 * constraint matches, `cdktf deploy` runs `terraform providers lock`, which ignores every mirror, needs the registry and
 * downloads the provider a second time (@cdktf/cli-core, cdktf-stack.js: checkNeedsLockfileUpdate). An entry for that version
 * is left alone, its hashes with it; one for another version is replaced, for init would refuse it without -upgrade.
 * @param stackDirectory the directory of cdk.tf.json
 */
export function lockProvider(stackDirectory: string, { source, version }: ProviderRequirement): void {
  const path = join(stackDirectory, ".terraform.lock.hcl");
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  const address = `registry.terraform.io/${source}`;
  const blocks = current.match(/^provider "[^"]+" \{\r?\n[\s\S]*?^\}\r?\n?/gm) ?? [];
  const own = blocks.find((block) => block.startsWith(`provider "${address}" `));
  const says = (key: string) =>
    own !== undefined && new RegExp(`^\\s*${key}\\s+= "${version}"`, "m").test(own);
  if (says("version") && says("constraints")) return;

  const entry = `provider "${address}" {\n  version     = "${version}"\n  constraints = "${version}"\n}\n`;
  const separator = current === "" || current.endsWith("\n\n") ? "" : "\n";
  const wanted = own === undefined ? `${current}${separator}${entry}` : current.replace(own, () => entry);
  // a half-written lock file stops every Terraform command
  replaceFile(path, wanted);
}
