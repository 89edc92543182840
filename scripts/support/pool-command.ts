import { fileURLToPath } from "node:url";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Command } from "commander";
import { config } from "../../config.ts";
import { cognitoClient } from "../../lib/auth/client.ts";
import { explainPoolFailure } from "../../lib/directory/failure.ts";
import type { NameRules } from "../../lib/directory/names.ts";
import { checkedPoolId, regionOf } from "../../lib/directory/pool-id.ts";
import { readStatus, type Status, type StatusOptions } from "../../lib/directory/status.ts";
import { loadRoster } from "../../lib/roster/load.ts";
import { POOL } from "../../lib/stack/defaults.ts";
import { interruption } from "./interruption.ts";
import { progress, type Shown } from "./progress.ts";
import { resolveTarget } from "./target.ts";

export interface PoolOptions {
  readonly userPoolId?: string;
}

export interface PoolAtWork {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly names: NameRules;
  /** Reads the pool, and puts it beside the roster. */
  readonly status: (more?: Pick<StatusOptions, "mfa" | "onBilled">) => Promise<Status>;
  readonly shown: Shown;
  readonly signal: AbortSignal;
}

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where interrupted work is written down. */
export const CACHE = here(".cache");

/** Adds the option that every command on the live pool has. */
export function withPoolOption(command: Command): Command {
  return command.option(
    "--user-pool-id <id>",
    "the pool (default: COGNITO_USER_POOL_ID, else what was deployed last)",
  );
}

/**
 * The frame around the commands on the live pool: the roster, which pool, a client within the quotas, progress, failures in words.
 * Ctrl-C ends what waits; `work` says what it left behind and how the command ends.
 * @returns the exit code: `work`'s, or that of an interruption
 */
export async function withPool(
  { userPoolId: option }: PoolOptions,
  work: (pool: PoolAtWork) => Promise<number>,
): Promise<number> {
  const roster = loadRoster(here(config.roster), config.pool).people;
  const { userPoolId, region } = await poolOf(option);
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  const client = cognitoClient({ region, quotas: config.quotas, signal });
  const { signInWith = POOL.signInWith, caseSensitive = POOL.caseSensitive } = config.pool;
  const names = { signInWith, caseSensitive };
  try {
    const status: PoolAtWork["status"] = async (more = {}) => {
      const target = { userPoolId, namePool: Boolean(option), names };
      const read = await readStatus(client, { ...target, ...more, roster, onProgress: shown.say, signal });
      shown.stop();
      return read;
    };
    return await work({ client, userPoolId, names, status, shown, signal });
  } catch (error) {
    shown.stop();
    if (!signal.aborted) throw explainPoolFailure(error, { userPoolId });
    process.stderr.write("Interrupted. Nothing was changed.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
  }
}

/** Without the app client that signing in takes: the pool alone is read and changed. */
export async function poolOf(option: string | undefined) {
  const userPoolId = option || process.env.COGNITO_USER_POOL_ID;
  if (userPoolId) return { userPoolId: checkedPoolId(userPoolId), region: regionOf(userPoolId) };
  return resolveTarget({}, process.env);
}
