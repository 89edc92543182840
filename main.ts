import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { config } from "./config.ts";
import { refusePoolReplacement } from "./lib/deploy/immutable-settings.ts";
import { loadRoster } from "./lib/roster/load.ts";
import { requireUsable } from "./lib/stack/rules/check.ts";
import { describeProblem } from "./lib/stack/rules/problem.ts";
import { localStatePath } from "./lib/stack/synth/backend.ts";
import type { Adoption } from "./lib/stack/synth/import-blocks.ts";
import { ADOPTION_FILE, mergedAdoption, readAdoption } from "./lib/stack/synth/import-blocks.ts";
import { needsRecords } from "./lib/stack/synth/moved-blocks.ts";
import { AWS_PROVIDER, synthesize } from "./lib/stack/synth/roster-stack.ts";
import { keepLocalState } from "./lib/terraform/local-state.ts";
import { useProviderMirror } from "./lib/terraform/provider-mirror.ts";
import { readStateFile, type StateInstance } from "./lib/terraform/state.ts";
import { main } from "./scripts/frame/main.ts";
import { paintFor } from "./scripts/screen.ts";

const here = (path: string) => resolve(fileURLToPath(import.meta.url), "..", path);

/**
 * Configuration and roster → stack → cdk.tf.json. `npm run plan` and `npm run deploy` begin with it.
 * @param adopt who is in the user pool but not in the state
 * @param state what Terraform has recorded; a local backend's is read here
 * @returns `assumed`: the state was needed and is not known, so that the plan is safe but slow
 */
export function compose(adopt?: Adoption, state?: readonly StateInstance[]) {
  for (const warning of requireUsable(config)) warn(describeProblem(warning));
  const roster = loadRoster(here(config.roster), config.pool);
  const { stack, backend = { type: "local" } } = config;
  const outdir = resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out");
  const stateFile =
    backend.type === "local" ? resolve(outdir, "stacks", stack, localStatePath(stack)) : undefined;
  if (stateFile !== undefined && keepLocalState(stateFile) === "restored") {
    warn("A killed run had left the state broken: it was restored from the copy beside it.");
  }
  const recorded = state ?? (stateFile === undefined ? undefined : (readStateFile(stateFile) ?? []));
  const adoption = mergedAdoption(readAdoption(here(ADOPTION_FILE)), adopt);
  const stackDirectory = synthesize({
    settings: config,
    roster,
    adopt: adoption,
    recorded,
    outdir,
  });
  refusePoolReplacement(stackDirectory, recorded);
  useProviderMirror(stackDirectory, AWS_PROVIDER);
  const assumed = recorded === undefined && needsRecords(roster.people);
  return { roster, stackDirectory, adoption, assumed };
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
