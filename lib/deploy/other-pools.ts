import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import { cognitoClient } from "../cognito/client.ts";
import { peopleFromState } from "../review/departures.ts";
import { counted, type Refusal } from "../review/refusals.ts";
import type { Review } from "../review/review.ts";
import type { Settings } from "../stack/settings.ts";
import { readStateFile } from "../terraform/state.ts";

/** What `--allow-replace` calls the pool: another one may be made beside it. */
const POOL = "aws_cognito_user_pool.pool";

export interface NamesakesOptions {
  /** What the plan does: only one that creates the pool is asked about. */
  readonly review: Review;
  /** The pool's name; a stack that may be destroyed is refused nothing. */
  readonly settings: Pick<Settings, "pool" | "quotas" | "destroyable">;
  /** @default the SDK's own chain */
  readonly region: string | undefined;
  /** What was named by `--allow-replace`. */
  readonly allowReplace: readonly string[];
  readonly signal: AbortSignal;
}

/** User pools that are called like the one that a first deploy creates. */
export interface Namesakes {
  /** Those with people in them. */
  readonly refused: readonly Refusal[];
  /** Sentences about the others, and about those that are allowed. */
  readonly notices: readonly string[];
}

/**
 * Whether there is a user pool already that is called like the one that a first deploy creates. Cognito allows it; but where a
 * state was lost (a fresh clone, a deleted object in S3), the plan looks like any first deploy, and creates everyone a second
 * time. One with nobody in it is what a deploy leaves that was killed while it made the pool.
 * @returns what could be listed; nothing where these credentials may not list pools, which a deploy does not need
 */
export async function namesakes(options: NamesakesOptions): Promise<Namesakes> {
  const { review, settings, region, allowReplace, signal } = options;
  const { pool, quotas, destroyable } = settings;
  const { name } = pool;
  const refused: Refusal[] = [];
  const notices: string[] = [];
  if (!review.entries.some(({ about, what }) => about === "pool" && what === "created"))
    return { refused, notices };
  const client = cognitoClient({ region, quotas, signal });
  try {
    for await (const { UserPools = [] } of paginateListUserPools(
      { client, pageSize: 60 },
      { MaxResults: 60 },
    )) {
      for (const { Name, Id } of UserPools) {
        if (Name !== name || Id === undefined) continue;
        const there = `there is a user pool "${name}" already, ${Id}, and this stack's state knows of none`;
        if (await isEmpty(client, Id)) {
          notices.push(
            `${capitalized(there)}. There is nobody in it; a deploy that was killed leaves one. Delete it once you are sure.`,
          );
        } else if (destroyable || allowReplace.includes(POOL)) {
          notices.push(
            `${capitalized(there)}. This deploy makes another, with new accounts for everyone in the roster.`,
          );
        } else {
          refused.push({
            message: `${there}: everyone would be created a second time, in a second pool`,
            hint: `If it is the same one, bring the state back, or adopt the pool: npm run import-users -- --user-pool-id ${Id}. If it is another team's: --allow-replace ${POOL}`,
          });
        }
      }
    }
  } catch {
    signal.throwIfAborted();
  }
  return { refused, notices };
}

/** Counts as not empty where it may not be read. */
async function isEmpty(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<boolean> {
  const { Users } = await client
    .send(new ListUsersCommand({ UserPoolId, Limit: 1 }))
    .catch(() => ({ Users: undefined }));
  return Users?.length === 0;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Local states with people that lie beside a stack which has none yet: after `stack` or `backend` in config.ts was changed, a
 * deploy creates everyone a second time, in a second pool, and that looks like any first deploy.
 * @returns a sentence for each
 */
export function otherStates(stackDirectory: string): string[] {
  const root = resolve(stackDirectory, "../../..");
  return readdirSync(root)
    .filter((file) => /^terraform\..+\.tfstate$/.test(file))
    .flatMap((file) => {
      const people = peopleFromState(readStateFile(join(root, file)) ?? []).length;
      if (people === 0) return [];
      const those = counted(people, "person is", "people are");
      return `${those} deployed by the state ${file}, which this stack does not use. If the roster means the same people, stop here: they would be created a second time, in a second pool. Put \`stack\` and \`backend\` in config.ts back, or take the state along.`;
    });
}
