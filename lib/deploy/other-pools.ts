import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type CognitoIdentityProviderClient,
  ListUserPoolsCommand,
  type ListUserPoolsCommandOutput,
  ListUsersCommand,
  type UserPoolDescriptionType,
} from "@aws-sdk/client-cognito-identity-provider";
import { cognitoClient } from "../cognito/client.ts";
import { peopleFromState } from "../review/departures.ts";
import { counted, type Refusal } from "../review/refusals.ts";
import type { Review } from "../review/review.ts";
import { commandLine } from "../shell.ts";
import type { Settings } from "../stack/settings.ts";
import { readStateFile } from "../terraform/state.ts";
import { isDenied, withinPatience } from "./target.ts";

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
  /** Those with people in them, or that nobody could look for. */
  readonly refused: readonly Refusal[];
  /** Sentences about the others, and about those that are allowed. */
  readonly notices: readonly string[];
}

/** How long one page may take, in milliseconds, the SDK's own retries included: throttling is over by then, or goes on. */
const PATIENCE_MS = 8_000;

/**
 * Whether there is a user pool already that is called like the one that a first deploy creates. Cognito allows it; but where a
 * state was lost (a fresh clone, a deleted object in S3), the plan looks like any first deploy, and creates everyone a second
 * time. One with nobody in it is what a deploy leaves that was killed while it made the pool.
 * @returns refused as well where it could not look; a notice where these credentials may not list pools, which a deploy does not
 *   need
 */
export async function namesakes(options: NamesakesOptions): Promise<Namesakes> {
  const { review, settings, region, allowReplace, signal } = options;
  const { pool, quotas, destroyable } = settings;
  const { name } = pool;
  const refused: Refusal[] = [];
  const notices: string[] = [];
  if (!review.entries.some(({ about, what }) => about === "pool" && what === "created"))
    return { refused, notices };
  const allowed = destroyable || allowReplace.includes(POOL);
  const client = cognitoClient({ region, quotas, signal });
  try {
    for await (const { Name, Id } of listPools(client)) {
      if (Name !== name || Id === undefined) continue;
      const there = `there is a user pool "${name}" already, ${Id}, and this stack's state knows of none`;
      const inside = await peopleIn(client, Id);
      signal.throwIfAborted();
      if (inside === "nobody") {
        notices.push(
          `${capitalized(there)}. There is nobody in it; a deploy that was killed leaves one. Delete it once you are sure.`,
        );
      } else if (allowed) {
        notices.push(
          `${capitalized(there)}. This deploy makes another, with new accounts for everyone in the roster.`,
        );
      } else {
        refused.push({
          message: `${there}: everyone would be created a second time, in a second pool`,
          hint: `${inside === "unknown" ? "Whether anybody is in it could not be seen. " : ""}If it is the same one, bring the state back, or adopt the pool: ${commandLine`npm run import-users -- --user-pool-id ${Id}`}. If it is another team's: ${commandLine`--allow-replace ${POOL}`}`,
        });
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    const what = `whether there is a user pool "${name}" already`;
    if (isDenied(error)) {
      notices.push(
        `Could not look ${what}: these credentials may not list user pools (cognito-idp:ListUserPools). If the state was lost, everyone would be created a second time.`,
      );
    } else if (allowed) {
      notices.push(`Could not look ${what} (${reasonOf(error)}). This deploy makes one all the same.`);
    } else {
      refused.push({
        message: `could not look ${what} (${reasonOf(error)})`,
        hint: `If the state was lost, everyone would be created a second time. Run the command again in a minute; if you know that there is none: ${commandLine`--allow-replace ${POOL}`}`,
      });
    }
  }
  return { refused, notices };
}

/** What nobody waits for any more ends, or it would hold the process up. */
const inTime = () => ({ abortSignal: AbortSignal.timeout(PATIENCE_MS) });

/** @throws what the SDK throws; Error for an answer that is none of Cognito's */
async function* listPools(client: CognitoIdentityProviderClient): AsyncGenerator<UserPoolDescriptionType> {
  const seen = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page: ListUserPoolsCommandOutput = await withinPatience(
      client.send(new ListUserPoolsCommand({ MaxResults: 60, NextToken }), inTime()),
      PATIENCE_MS,
    );
    if (!Array.isArray(page.UserPools)) throw oddAnswer("a list without pools");
    yield* page.UserPools;
    NextToken = page.NextToken;
    if (NextToken === undefined || NextToken === "") return;
    if (seen.has(NextToken)) throw oddAnswer("the same page again and again");
    seen.add(NextToken);
  } while (true);
}

function oddAnswer(what: string): Error {
  return Object.assign(new Error(`Cognito answered with ${what}`), { name: "OddAnswer" });
}

/** The exception's name: its message may be anything that answered in the place of Cognito. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  // Ours, whichever of the two clocks is first: throttled, or slow.
  if (name === "AbortError" || name === "TimeoutError")
    return `no usable answer in ${PATIENCE_MS / 1_000} seconds`;
  return typeof code === "string" ? code : (name ?? "no answer");
}

/** Counts as not empty where nobody could look. */
async function peopleIn(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<"somebody" | "nobody" | "unknown"> {
  const command = new ListUsersCommand({ UserPoolId, Limit: 1 });
  const { Users } = await withinPatience(client.send(command, inTime()), PATIENCE_MS).catch(() => ({
    Users: undefined,
  }));
  return !Array.isArray(Users) ? "unknown" : Users.length === 0 ? "nobody" : "somebody";
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
      const people = peopleFromState(readStateFile(join(root, file))?.instances ?? []).length;
      if (people === 0) return [];
      const those = counted(people, "person is", "people are");
      return `${those} deployed by the state ${file}, which this stack does not use. If the roster means the same people, stop here: they would be created a second time, in a second pool. Put \`stack\` and \`backend\` in config.ts back, or take the state along.`;
    });
}
