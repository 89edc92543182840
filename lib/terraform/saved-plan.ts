import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAnswer } from "./answer.ts";
import type { TerraformEvent } from "./events.ts";
import { parallelismArguments } from "./parallelism.ts";
import { type TerraformContext, terraform } from "./run.ts";

/** Beside cdk.tf.json, and so ignored by git. It may hold what the state holds. */
const FILE = "deploy.tfplan";

export interface SavedPlan {
  /** Relative to the stack's directory. */
  readonly file: string;
  /** What `terraform show -json` says of it. */
  readonly json: unknown;
}

export interface PlanOptions {
  /**
   * Reads everyone from AWS first, as Terraform does by default. AdminGetUser makes each of them a monthly active user,
   * who is billed.
   */
  readonly refresh: boolean;
  /** A plan that was made before, instead of a new one. */
  readonly made?: Uint8Array | undefined;
}

/**
 * Plans into a file that only its owner can read, and hands the plan to `use`. The file is gone afterwards, also after a
 * failure or an abort.
 * @throws TerraformError
 */
export async function withSavedPlan<T>(
  context: TerraformContext,
  { refresh, made }: PlanOptions,
  use: (plan: SavedPlan) => Promise<T>,
): Promise<T> {
  const path = join(context.directory, FILE);
  try {
    await rm(path, { force: true });
    // Terraform writes into the file that is there, and leaves its permissions alone.
    await writeFile(path, made ?? "", { mode: 0o600, flag: "wx" });
    if (made === undefined) {
      await terraform(context, ["plan", "-json", "-input=false", `-refresh=${refresh}`, `-out=${FILE}`]);
    }
    const { stdout } = await terraform(context, ["show", "-json", FILE]);
    return await use({ file: FILE, json: parseAnswer("terraform show", stdout) });
  } finally {
    await rm(path, { force: true });
  }
}

export interface ApplyOptions {
  /** How many resources Terraform may work on at once: `terraformParallelism`. The operator's TF_CLI_ARGS win. */
  readonly parallelism: number;
  /** Told each event as it comes. */
  readonly onEvent: (event: TerraformEvent) => void;
}

/**
 * Applies exactly that plan.
 * @throws TerraformError, also when the state has changed since the plan was made
 */
export async function applySavedPlan(
  context: TerraformContext,
  { file }: SavedPlan,
  { parallelism, onEvent }: ApplyOptions,
): Promise<void> {
  const pace = parallelismArguments(parallelism, context.env ?? process.env);
  await terraform(context, ["apply", "-json", "-input=false", ...pace, file], { onEvent });
}
