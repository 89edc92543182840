import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, UserError } from "../errors.ts";
import { PRIVATE, writeFile } from "../files.ts";
import type { QuotaCategory, Quotas } from "../stack/quotas.ts";
import type { TerraformEvent } from "./events.ts";
import { findTerraform } from "./find.ts";
import { initialise } from "./init.ts";
import { isLarge, parseAnswer, type TerraformContext, terraform } from "./run.ts";
import { applyingWithProvider, type PlanningContext, sharingProvider } from "./shared-provider.ts";

/**
 * Requests per second of one of Terraform's workers that count toward one quota. The provider (5.100.0) creates a person with
 * two requests, one after the other, AdminCreateUser (UserCreation) and AdminGetUser (UserRead), and a change or a group
 * membership likewise: one that writes (UserUpdate), one that reads. With a fast round trip to Cognito of 100 ms, a worker
 * writes five times a second.
 */
const WRITES_A_SECOND = 5;

/**
 * How many resources Terraform may work on at once, so that an apply stays below the quotas: Terraform doesn't know them, and
 * the provider reacts to throttling with silent retries, for minutes, while the account's own apps are throttled too. With the
 * published quotas: 10 for creating people (Terraform's own default), 5 when people are changed or added to groups.
 * @param quotas `quotasOf(settings.quotas)`
 * @param writes the quota categories of the plan's writes. @default both
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
 * That number as an argument of `terraform apply`; none if the operator has set one in TF_CLI_ARGS or TF_CLI_ARGS_apply.
 * Terraform puts those before our arguments and uses the last one, so ours would win (tried with 1.11.4).
 */
export function parallelismArguments(parallelism: number, env: NodeJS.ProcessEnv): string[] {
  const chosen = [env.TF_CLI_ARGS, env.TF_CLI_ARGS_apply].some((args) =>
    /(^|[\s'"])--?parallelism\b/.test(args ?? ""),
  );
  return chosen ? [] : [`-parallelism=${parallelism}`];
}

/**
 * Beside cdk.tf.json, and so ignored by git; it may contain what the state contains. Each has its own name, so that none is
 * mistaken for another.
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
  /** What it was made from, if its apply may use a provider of ours: not if that is large, or the plan could not. */
  readonly state?: string | undefined;
}

export interface PlanOptions {
  /**
   * Reads everyone from AWS first, as Terraform does by default. AdminGetUser makes each of them a monthly active user, which
   * is billed.
   */
  readonly refresh: boolean;
  /**
   * Whether the state is locked meanwhile. A plan that is not applied doesn't need the lock, and may lack the permission.
   * @default true
   */
  readonly lock?: boolean | undefined;
  /** Addresses: only these, and what they depend on, are planned. @default everything */
  readonly targets?: readonly string[] | undefined;
  /** What `terraform state pull` printed; the plan is then quicker. See {@link sharingProvider}. */
  readonly state?: string | undefined;
  /** Plans to destroy everything. @default false */
  readonly destroy?: boolean;
  /** A plan that was made earlier, instead of a new one. */
  readonly made?: Uint8Array | undefined;
}

/**
 * Plans into a file that only its owner can read, and passes the plan to `use`. The file is deleted afterwards, even after a
 * failure or an abort; a killed run's is removed by the next one.
 * @throws TerraformError
 */
export async function withSavedPlan<T>(
  context: PlanningContext,
  { refresh, lock = true, targets = [], destroy = false, state, made }: PlanOptions,
  use: (plan: SavedPlan) => Promise<T>,
): Promise<T> {
  removeLeftovers(context.directory);
  const file = newName();
  const path = join(context.directory, file);
  try {
    // Terraform writes into the existing file, and keeps its permissions.
    writeFile(path, made ?? "", { mode: PRIVATE });
    let isShared = false;
    const planAndShow = async (sharing: TerraformContext) => {
      isShared = sharing !== context;
      if (made === undefined) {
        const args = ["-json", "-input=false", `-refresh=${refresh}`, ...(lock ? [] : ["-lock=false"])];
        if (destroy) args.push("-destroy");
        await terraform(sharing, ["plan", ...args, `-out=${file}`, ...targetArguments(targets)]);
      }
      return { digest: digestOf(path), ...(await terraform(sharing, ["show", "-json", file])) };
    };
    const { digest, stdout } = await sharingProvider(context, planAndShow, state);
    const json = parseAnswer("terraform show", stdout);
    return await use({
      file,
      digest,
      json,
      state: isShared && !isLarge(context.directory) ? state : undefined,
    });
  } finally {
    await rm(path, { force: true });
  }
}

/** As arguments of `terraform plan`, which ignores an address that it can't find. */
export const targetArguments = (addresses: readonly string[]): string[] =>
  addresses.map((address) => `-target=${address}`);

const digestOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Only one run at a time works in a directory, so anything older than this process is left over. */
function removeLeftovers(directory: string): void {
  const started = Date.now() - process.uptime() * 1000;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (NAME.test(name) && statSync(path).mtimeMs < started) rmSync(path, { force: true });
  }
}

export interface ApplyOptions {
  /** How many resources Terraform may work on at once: `terraformParallelism`. The operator's TF_CLI_ARGS take precedence. */
  readonly parallelism: number;
  /** Called with each event as it arrives. */
  readonly onEvent: (event: TerraformEvent) => void;
}

/**
 * Applies exactly the plan that was shown, with the context's provider if one is kept.
 * @throws UserError (exit 3) if the file is not the one that was shown; TerraformError, also if the state has changed since the
 *   plan was made
 */
export async function applySavedPlan(
  context: PlanningContext,
  { file, digest, state }: SavedPlan,
  { parallelism, onEvent }: ApplyOptions,
): Promise<void> {
  if (digestOf(join(context.directory, file)) !== digest) {
    throw new UserError("REFUSED: the saved plan is not the one that was shown", {
      why: "Its file changed while the deploy was waiting. The user pool was not changed.",
      next: ["review it again: npm run plan"],
      exitCode: EXIT.refused,
    });
  }
  const { env = process.env } = context;
  const args = ["apply", "-json", "-input=false", ...parallelismArguments(parallelism, env), file];
  await applyingWithProvider(context, state, async (applying) => {
    await terraform(applying, args, { onEvent });
  });
}

export interface PrepareOptions {
  /** The stack's directory. */
  readonly directory: string;
  /** Where Terraform is kept if it has to be downloaded. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string) => void;
}

/**
 * Finds or downloads Terraform, and prepares the stack's directory for it: `terraform init`.
 * @throws TerraformError, UserError
 */
export async function prepareTerraform(options: PrepareOptions): Promise<TerraformContext> {
  const { directory, cacheDirectory, env = process.env, signal, onProgress } = options;
  const { path: binary } = await findTerraform({ cacheDirectory, env, onProgress, signal });
  const context = { binary, directory, env, signal, cacheDirectory };
  onProgress("Terraform: preparing");
  await initialise(context);
  return context;
}
