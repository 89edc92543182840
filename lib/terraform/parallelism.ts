import type { QuotaCategory, Quotas } from "../stack/quotas.ts";

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
