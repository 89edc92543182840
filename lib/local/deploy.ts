import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AWS_PROVIDER } from "../stack/provider.ts";
import { synthesize } from "../stack/synthesize.ts";
import { findTerraform } from "../terraform/binary.ts";
import { type Deployment, parseOutputs } from "../terraform/deployment.ts";
import { useProviderMirror } from "../terraform/mirror.ts";
import { readOutputs } from "../terraform/outputs.ts";
import { applyProgress } from "../terraform/progress.ts";
import { terraform } from "../terraform/run.ts";
import { withoutSteering } from "./environment.ts";
import type { RehearsalOptions } from "./rehearsal.ts";

export interface RehearsalDeployOptions extends Omit<RehearsalOptions, "emulator"> {
  /** Where the stack and its state are written. */
  readonly directory: string;
  /** The emulator's. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The real stack, made destroyable, applied by the real Terraform and provider to the emulator. */
export async function deployForRehearsal(options: RehearsalDeployOptions): Promise<Deployment> {
  const { settings, roster, directory, cacheDirectory, signal, onProgress, environment } = options;
  const env = { ...withoutSteering(options.env ?? process.env), ...environment };
  const { path: binary } = await findTerraform({ cacheDirectory, env, onProgress, signal });

  onProgress("Synthesizing");
  const stackDirectory = synthesize({
    // The state of a rehearsal stays in its own directory, wherever the team keeps theirs.
    settings: { ...settings, backend: { type: "local" }, destroyable: true },
    roster,
    env: environment,
    outdir: join(directory, "cdktf.out"),
  });
  if (useProviderMirror(stackDirectory, AWS_PROVIDER, { env }) === undefined && !env.TF_PLUGIN_CACHE_DIR) {
    // Without a mirror the provider, some 150 MB, comes from the registry: once, not for every rehearsal.
    env.TF_PLUGIN_CACHE_DIR = join(cacheDirectory, "terraform-plugins");
    await mkdir(env.TF_PLUGIN_CACHE_DIR, { recursive: true });
  }

  const context = { binary, directory: stackDirectory, env, signal };
  onProgress("Terraform: preparing the AWS provider");
  await terraform(context, ["init", "-input=false"]);
  onProgress("Terraform: planning");
  await terraform(context, ["apply", "-auto-approve", "-input=false", "-json"], {
    onEvent: applyProgress(({ done, total, current }) =>
      onProgress("Terraform: creating", `${done} of ${total}: ${current}`),
    ),
  });
  return parseOutputs(await readOutputs(context));
}
