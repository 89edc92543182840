import { fileURLToPath } from "node:url";
import { config } from "./config.ts";
import { loadRoster } from "./lib/roster/load.ts";
import { AWS_PROVIDER } from "./lib/stack/provider.ts";
import { synthesize } from "./lib/stack/synthesize.ts";
import { useProviderMirror } from "./lib/terraform/mirror.ts";
import { main } from "./scripts/support/entry.ts";

/** Configuration and roster → stack → cdk.tf.json. The cdktf CLI runs this for every command (cdktf.json's `app`). */
main(async () => {
  const roster = loadRoster(fileURLToPath(new URL(config.roster, import.meta.url)), config.pool);
  const stackDirectory = synthesize({ settings: config, roster });
  useProviderMirror(stackDirectory, AWS_PROVIDER);
});
