import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, UserError } from "../errors.ts";
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

/**
 * Beside cdk.tf.json, and so ignored by git; it may hold what the state holds. A name of its own for each, so that none is taken
 * for another.
 */
const newName = () => `deploy-${randomUUID()}.tfplan`;
const NAME = /^deploy-[0-9a-f-]{36}\.tfplan$/;

export interface SavedPlan {
  /** Relative to the stack's directory. */
  readonly file: string;
  /** What `terraform show -json` says of it. */
  readonly json: unknown;
  /** SHA-256 of what is shown, as hexadecimal digits. */
  readonly digest: string;
}

export interface PlanOptions {
  /**
   * Reads everyone from AWS first, as Terraform does by default. AdminGetUser makes each of them a monthly active user,
   * who is billed.
   */
  readonly refresh: boolean;
  /** Whether the state is locked meanwhile. Where the plan is not applied there is no need, and may be no right. @default true */
  readonly lock?: boolean | undefined;
  /** A plan that was made before, instead of a new one. */
  readonly made?: Uint8Array | undefined;
}

/**
 * Plans into a file that only its owner can read, and hands the plan to `use`. The file is gone afterwards, also after a
 * failure or an abort; a killed run's is removed by the next one.
 * @throws TerraformError
 */
export async function withSavedPlan<T>(
  context: TerraformContext,
  { refresh, lock = true, made }: PlanOptions,
  use: (plan: SavedPlan) => Promise<T>,
): Promise<T> {
  removeLeftovers(context.directory);
  const file = newName();
  const path = join(context.directory, file);
  try {
    // Terraform writes into the file that is there, and leaves its permissions alone.
    writeFile(path, made ?? "", { mode: PRIVATE });
    if (made === undefined) {
      const args = ["-json", "-input=false", `-refresh=${refresh}`, ...(lock ? [] : ["-lock=false"])];
      await terraform(context, ["plan", ...args, `-out=${file}`]);
    }
    const digest = digestOf(path);
    const { stdout } = await terraform(context, ["show", "-json", file]);
    return await use({ file, digest, json: parseAnswer("terraform show", stdout) });
  } finally {
    await rm(path, { force: true });
  }
}

const digestOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** One run works in a directory at a time, so what is older than this process is nobody's. */
function removeLeftovers(directory: string): void {
  const started = Date.now() - process.uptime() * 1000;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (NAME.test(name) && statSync(path).mtimeMs < started) rmSync(path, { force: true });
  }
}

export interface ApplyOptions {
  /** How many resources Terraform may work on at once: `terraformParallelism`. The operator's TF_CLI_ARGS win. */
  readonly parallelism: number;
  /** Called with each event as it comes. */
  readonly onEvent: (event: TerraformEvent) => void;
}

/**
 * Applies exactly the plan that was shown.
 * @throws UserError (exit 3) when the file is not the one that was shown; TerraformError, also when the state has changed since
 *   the plan was made
 */
export async function applySavedPlan(
  context: TerraformContext,
  { file, digest }: SavedPlan,
  { parallelism, onEvent }: ApplyOptions,
): Promise<void> {
  if (digestOf(join(context.directory, file)) !== digest) {
    throw new UserError("REFUSED: the saved plan is not the one that was shown", {
      why: "Its file was changed while the deploy waited. Nothing was changed in the user pool.",
      next: ["look at it again: npm run plan"],
      exitCode: EXIT.refused,
    });
  }
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
