import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "./config.ts";
import { refusePoolReplacement } from "./lib/review/pool-identity.ts";
import { loadRoster } from "./lib/roster/load.ts";
import type { Adoption } from "./lib/stack/adoption.ts";
import { ADOPTION_FILE, mergedAdoption, readAdoption } from "./lib/stack/adoption-file.ts";
import { localStatePath } from "./lib/stack/backend.ts";
import { requireUsable } from "./lib/stack/check-settings.ts";
import { AWS_PROVIDER } from "./lib/stack/provider.ts";
import { describeProblem } from "./lib/stack/setting-problem.ts";
import { synthesize } from "./lib/stack/synthesize.ts";
import { keepLocalState } from "./lib/terraform/local-state.ts";
import { useProviderMirror } from "./lib/terraform/mirror.ts";
import { main } from "./scripts/support/entry.ts";
import { paintFor } from "./scripts/support/paint.ts";

const here = (path: string) => resolve(fileURLToPath(import.meta.url), "..", path);

/**
 * Configuration and roster → stack → cdk.tf.json. `npm run plan` and `npm run deploy` begin with it.
 * @param adopt who is in the user pool but not in the state
 */
export function compose(adopt?: Adoption) {
  for (const warning of requireUsable(config)) warn(describeProblem(warning));
  const roster = loadRoster(here(config.roster), config.pool);
  const stackDirectory = synthesize({
    settings: config,
    roster,
    adopt: mergedAdoption(readAdoption(here(ADOPTION_FILE)), adopt),
  });
  const { stack, backend = { type: "local" } } = config;
  if (
    backend.type === "local" &&
    keepLocalState(resolve(stackDirectory, localStatePath(stack))) === "restored"
  ) {
    warn("A killed run had left the state broken: it was restored from the copy beside it.");
  }
  refusePoolReplacement(stackDirectory);
  useProviderMirror(stackDirectory, AWS_PROVIDER);
  return { roster, stackDirectory };
}

function warn(text: string): void {
  process.stderr.write(`${paintFor(process.stderr).yellow("Warning:")} ${text}\n`);
}

/** The cdktf CLI runs this file for every command (cdktf.json's `app`). */
if (resolve(process.argv[1] ?? "") === here("main.ts")) {
  main(async () => {
    compose();
  });
}
