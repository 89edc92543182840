import { paginateListUserPools } from "@aws-sdk/client-cognito-identity-provider";
import { cognitoClient } from "../auth/client.ts";
import type { QuotaSettings } from "../stack/quotas.ts";

export interface NamesakesOptions {
  /** What config.ts calls the pool. */
  readonly name: string;
  /** @default the SDK's own chain */
  readonly region: string | undefined;
  readonly quotas: QuotaSettings | undefined;
  readonly signal: AbortSignal;
}

/**
 * User pools that are called like the one that a first deploy creates. Cognito allows it; but where a state was lost (a fresh
 * clone, a deleted object in S3), the plan looks like any first deploy, and creates everyone a second time.
 * @returns a sentence for each that could be listed; none where these credentials may not list pools, which a deploy does not
 *   need
 */
export async function namesakes({ name, region, quotas, signal }: NamesakesOptions): Promise<string[]> {
  const found: string[] = [];
  try {
    const client = cognitoClient({ region, quotas, signal });
    for await (const { UserPools = [] } of paginateListUserPools(
      { client, pageSize: 60 },
      { MaxResults: 60 },
    )) {
      found.push(...UserPools.flatMap((pool) => (pool.Name === name && pool.Id ? [pool.Id] : [])));
    }
  } catch {
    signal.throwIfAborted();
  }
  return found.map(
    (id) =>
      `There is a user pool "${name}" already, ${id}, and this stack's state knows of none. If it is the same one, stop here: everyone would be created a second time, in a second pool. Bring the state back, or adopt the pool: npm run import-users -- --user-pool-id ${id}`,
  );
}
