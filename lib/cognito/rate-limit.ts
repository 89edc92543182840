import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import PQueue from "p-queue";
import { type Quotas, quotaCategory } from "../stack/quotas.ts";

/** Requests that leave together may arrive this far apart. */
const JITTER_MS = 100;
const TURNS_A_SECOND = 10;

/**
 * How many requests may leave at once, and how long until the next batch: no second may see more than the quota, even if the
 * network stretches it by 100 ms. About ten batches a second keep the stream even.
 */
export function turnOf(perSecond: number): { readonly requests: number; readonly everyMs: number } {
  const requests = Math.max(1, Math.floor(perSecond / TURNS_A_SECOND));
  const turns = Math.floor(perSecond / requests);
  return { requests, everyMs: Math.ceil((1_000 + JITTER_MS) / turns) };
}

/** One queue per category and quota for the whole process: two clients share the account's quota. */
const buckets = new Map<string, PQueue>();

function bucketOf(category: string, perSecond: number): PQueue {
  const key = `${category} ${perSecond}`;
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    const { requests, everyMs } = turnOf(perSecond);
    // strict: a sliding window. A fixed one would let twice as many through where two windows meet.
    bucket = new PQueue({ intervalCap: requests, interval: everyMs, strict: true });
    buckets.set(key, bucket);
  }
  return bucket;
}

export interface PaceOptions {
  readonly quotas: Quotas;
  /** Stops waiting requests: nothing more is sent or retried. Requests in flight are completed first. */
  readonly signal?: AbortSignal | undefined;
}

/** Works at any step of the stack: it does nothing that is specific to one. */
type Middleware = Parameters<CognitoIdentityProviderClient["middlewareStack"]["add"]>[0];

/**
 * Makes every request of this client, retries included, wait for its turn in its category's queue. If Cognito still
 * throttles, because others in the account use the quota, the SDK's adaptive retries slow down the whole client and speed up
 * again gradually.
 */
export function rateLimit(client: CognitoIdentityProviderClient, { quotas, signal }: PaceOptions): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      signal?.throwIfAborted();
      const sending = context.__smithy_context;
      // The SDK checks this signal while it waits before a retry.
      if (sending !== undefined && signal !== undefined) sending.abortSignal ??= signal;
      return next(args);
    },
    { step: "initialize", name: "stopWaiting" },
  );
  const takeTurn: Middleware = (next, context) => async (args) => {
    const operation = (context.commandName ?? "").replace(/Command$/, "");
    const category = quotaCategory(operation, args.input);
    if (category !== undefined) {
      const abortSignal = context.__smithy_context?.abortSignal as AbortSignal | undefined;
      await bucketOf(category, quotas[category]).add(() => {}, { signal: abortSignal });
    }
    return next(args);
  };
  client.middlewareStack.addRelativeTo(takeTurn, {
    // Inside the retries, so that each attempt counts; outside the signing, so that no signature expires in the queue.
    relation: "after",
    toMiddleware: "retryMiddleware",
    name: "takeTurn",
  });
}
