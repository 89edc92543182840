import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
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
import { localStatePath } from "../stack/state-place.ts";
import { readStateFile } from "../terraform/state.ts";
import { isDenied, withinPatience } from "./target.ts";

/** The pool's name for `--allow-replace`, which allows a second pool. */
const POOL = "aws_cognito_user_pool.pool";

export interface NamesakesOptions {
  /** The plan's review: only a plan that creates the pool is checked. */
  readonly review: Review;
  /** The pool's name; a destroyable stack is never refused. */
  readonly settings: Pick<Settings, "pool" | "quotas" | "destroyable">;
  /** @default the SDK's own chain */
  readonly region: string | undefined;
  /** The names given by `--allow-replace`. */
  readonly allowReplace: readonly string[];
  readonly signal: AbortSignal;
}

/** User pools with the same name as the one that a first deploy creates. */
export interface Namesakes {
  /** Pools with people in them, or whose people couldn't be listed. */
  readonly refused: readonly Refusal[];
  /** Sentences about the other pools, and those that are allowed. */
  readonly notices: readonly string[];
}

/** The limit for one page, in milliseconds, including the SDK's retries: throttling has either passed by then or persists. */
const PATIENCE_MS = 8_000;

/**
 * Whether a user pool with the name of a first deploy's pool already exists. Cognito allows it; but if a state was lost (a
 * fresh clone, a deleted object in S3), the plan looks like a first deploy and creates everyone a second time. An empty pool
 * is what a deploy leaves if it is killed while creating the pool.
 * @returns a refusal too if the check failed; a notice if these credentials may not list pools, which a deploy doesn't need
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
      const there = `a user pool "${name}" already exists (${Id}), but it isn't in this stack's state`;
      const inside = await peopleIn(client, Id);
      signal.throwIfAborted();
      if (inside === "nobody") {
        notices.push(
          `${capitalized(there)}. It is empty, as a killed deploy leaves one. Delete it once you are sure.`,
        );
      } else if (allowed) {
        notices.push(
          `${capitalized(there)}. This deploy creates another, with new accounts for everyone in the roster.`,
        );
      } else {
        refused.push({
          message: `${there}: everyone would be created a second time, in a second pool`,
          hint: `${inside === "unknown" ? "Could not check whether anyone is in it. " : ""}If it is the same pool, restore the state, or adopt the pool: ${commandLine`npm run import-users -- --user-pool-id ${Id}`}. If it belongs to another team: ${commandLine`--allow-replace ${POOL}`}`,
        });
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    const what = `whether a user pool "${name}" already exists`;
    if (isDenied(error)) {
      notices.push(
        `Could not check ${what}: these credentials aren't allowed to list user pools (cognito-idp:ListUserPools). If the state was lost, everyone would be created a second time.`,
      );
    } else if (allowed) {
      notices.push(`Could not check ${what} (${reasonOf(error)}). This deploy creates one anyway.`);
    } else {
      refused.push({
        message: `could not check ${what} (${reasonOf(error)})`,
        hint: `If the state was lost, everyone would be created a second time. Run the command again in a minute. If you are sure there is none: ${commandLine`--allow-replace ${POOL}`}`,
      });
    }
  }
  return { refused, notices };
}

/** Cancels requests that are no longer awaited, which would keep the process running. */
const inTime = () => ({ abortSignal: AbortSignal.timeout(PATIENCE_MS) });

/** @throws what the SDK throws; Error for a response that isn't Cognito's */
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

/** The exception's name: the message could come from anything that answers instead of Cognito. */
function reasonOf(error: unknown): string {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  // Our own timeout, whichever clock fired first: throttled, or slow.
  if (name === "AbortError" || name === "TimeoutError")
    return `no usable answer in ${PATIENCE_MS / 1_000} seconds`;
  return typeof code === "string" ? code : (name ?? "no answer");
}

/** A pool that couldn't be read counts as not empty. */
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
 * Local states with people beside a stack that has none yet: after `stack` or `backend` in config.ts was changed, a deploy
 * looks like a first one and creates everyone again in a second pool.
 * @param known stacks of config.ts's other environments, which have their own pools. @default none
 * @returns a sentence for each
 */
export function otherStates(stackDirectory: string, known: readonly string[] = []): string[] {
  const root = resolve(stackDirectory, "../../..");
  const theirs = new Set(known.map((stack) => basename(localStatePath(stack))));
  return readdirSync(root)
    .filter((file) => /^terraform\..+\.tfstate$/.test(file) && !theirs.has(file))
    .flatMap((file) => {
      const people = peopleFromState(readStateFile(join(root, file))?.instances ?? []).length;
      if (people === 0) return [];
      const those = counted(people, "person is", "people are");
      return `${those} deployed in the state ${file}, which this stack doesn't use. If these are the same people, stop here: they would be created a second time, in a second pool. Undo the change of \`stack\` or \`backend\` in config.ts, or move the state.`;
    });
}
