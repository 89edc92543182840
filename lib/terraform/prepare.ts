import { findTerraform } from "./binary.ts";
import { type TerraformContext, terraform } from "./run.ts";

export interface PrepareOptions {
  /** The stack's directory. */
  readonly directory: string;
  /** Where Terraform is kept when it has to be fetched. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string) => void;
}

/**
 * Finds Terraform, or fetches it, and makes the stack's directory ready for it: `terraform init`.
 * @throws TerraformError, UserError
 */
export async function prepareTerraform(options: PrepareOptions): Promise<TerraformContext> {
  const { directory, cacheDirectory, env = process.env, signal, onProgress } = options;
  const { path: binary } = await findTerraform({ cacheDirectory, env, onProgress, signal });
  const context = { binary, directory, env, signal };
  onProgress("Terraform: preparing");
  await terraform(context, ["init", "-input=false"]);
  return context;
}
