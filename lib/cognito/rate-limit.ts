import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import PQueue from "p-queue";
import { type Quotas, quotaCategory } from "../stack/quotas.ts";

/** Requests that leave together may arrive this much apart. */
const JITTER_MS = 100;
const TURNS_A_SECOND = 10;

/**
 * How many requests may leave at once, and how long after them the next: so that no second, not even one that the network
 * stretches by 100 ms, sees more than the quota. About ten turns a second keep the stream even.
 */
export function turnOf(perSecond: number): { readonly requests: number; readonly everyMs: number } {
  const requests = Math.max(1, Math.floor(perSecond / TURNS_A_SECOND));
  const turns = Math.floor(perSecond / requests);
  return { requests, everyMs: Math.ceil((1_000 + JITTER_MS) / turns) };
}

/** One for every category and quota, for everything in this process: two clients share what the account has. */
const buckets = new Map<string, PQueue>();

function bucketOf(category: string, perSecond: number): PQueue {
  const key = `${category} ${perSecond}`;
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    const { requests, everyMs } = turnOf(perSecond);
    // strict: by a sliding window. A fixed one would let twice as many through where two windows meet.
    bucket = new PQueue({ intervalCap: requests, interval: everyMs, strict: true });
    buckets.set(key, bucket);
  }
  return bucket;
}

export interface PaceOptions {
  readonly quotas: Quotas;
  /** Ends what waits: no further request leaves, and none is tried again. What is on its way is answered first. */
  readonly signal?: AbortSignal | undefined;
}

/** One of any step: what it does here, it could do in each. */
type Middleware = Parameters<CognitoIdentityProviderClient["middlewareStack"]["add"]>[0];

/**
 * Makes every request of this client wait for its turn in the bucket of its category, each new attempt too. Slowing down
 * when Cognito throttles all the same, because others in the account use its quota, is left to the SDK's adaptive retries,
 * which hold back every request of the client and speed up again by degrees.
 */
export function rateLimit(client: CognitoIdentityProviderClient, { quotas, signal }: PaceOptions): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      signal?.throwIfAborted();
      const sending = context.__smithy_context;
      // Where the SDK itself looks while it waits before another attempt.
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
    // Inside the retries, so that each attempt counts; outside the signing, so that no signature grows old in the queue.
    relation: "after",
    toMiddleware: "retryMiddleware",
    name: "takeTurn",
  });
}
