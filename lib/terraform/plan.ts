import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PRIVATE, writeFile } from "../files.ts";
import type { QuotaCategory, Quotas } from "../stack/quotas.ts";
import type { TerraformEvent } from "./events.ts";
import { findTerraform } from "./find.ts";
import { parseAnswer, type TerraformContext, terraform } from "./run.ts";

/**
 * Requests per second of one of Terraform's workers that count toward one quota. The provider (5.100.0) makes a person with
 * two requests, one after the other, AdminCreateUser (UserCreation) and AdminGetUser (UserRead), and a change or a group
 * membership likewise: one that writes (UserUpdate), one that reads. With 100 ms to Cognito and back, which is quick, a worker
 * writes five times a second.
 */
const WRITES_A_SECOND = 5;

/**
 * How many resources Terraform may work on at once, so that an apply stays below the quotas: Terraform knows nothing of them,
 * and the provider meets throttling by silent retries, for minutes, while the account's own apps are throttled too.
 * With the published quotas: 10 for creating people (Terraform's own default), 5 when people are changed or put into groups.
 * @param quotas `quotasOf(settings.quotas)`
 * @param writes the categories of what the plan does. @default both
 * @returns at least 1
 */
export function terraformParallelism(
  quotas: Quotas,
  writes: readonly QuotaCategory[] = ["UserCreation", "UserUpdate"],
): number {
  const narrowest = Math.min(...writes.map((category) => quotas[category]));
  return Math.max(1, Math.floor(narrowest / WRITES_A_SECOND));
}

/**
 * That number as an argument of `terraform apply`; none when the operator has chosen one in TF_CLI_ARGS or
 * TF_CLI_ARGS_apply. Terraform puts those before our arguments and takes the last one, so that ours would win
 * (tried with 1.11.4).
 */
export function parallelismArguments(parallelism: number, env: NodeJS.ProcessEnv): string[] {
  const chosen = [env.TF_CLI_ARGS, env.TF_CLI_ARGS_apply].some((args) =>
    /(^|[\s'"])--?parallelism\b/.test(args ?? ""),
  );
  return chosen ? [] : [`-parallelism=${parallelism}`];
}

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
    // Terraform writes into the file that is there, and leaves its permissions alone.
    writeFile(path, made ?? "", { mode: PRIVATE });
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
  /** Called with each event as it comes. */
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
