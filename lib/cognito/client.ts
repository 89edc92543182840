import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { networkAgents } from "../network/agents.ts";
import { type QuotaSettings, quotasOf } from "../stack/quotas.ts";
import { rateLimit } from "./rate-limit.ts";

/** The one method of the SDK's client that the flows use, so that a test can replace it. */
export type CognitoClient = Pick<CognitoIdentityProviderClient, "send">;

/** A request and its outcome, without any of its content. */
export interface Exchange {
  /** As `InitiateAuth`. */
  readonly operation: string;
  /** Where it went, such as `https://cognito-idp.eu-west-1.amazonaws.com`. */
  readonly endpoint: string | undefined;
  /** HTTP status; undefined when there was no response. */
  readonly status: number | undefined;
  /** The exception's name; undefined on success. */
  readonly failure: string | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  readonly milliseconds: number;
}

export interface CognitoClientOptions {
  /** @default the SDK's own chain: AWS_REGION, then the profile's region */
  readonly region?: string | undefined;
  /** Quotas that differ from the published ones: `quotas` in config.ts. @default none */
  readonly quotas?: QuotaSettings | undefined;
  /** Cancels requests that wait for their turn or for a retry. */
  readonly signal?: AbortSignal | undefined;
  /** Called once for every request that takes longer than a second, including retries. */
  readonly onWait?: () => void;
  /** Called after every request. */
  readonly onExchange?: (exchange: Exchange) => void;
}

const WORD_AFTER_MS = 1_000;

/**
 * A client whose endpoint, profile and region come from the AWS environment variables and files. A person's operations
 * (InitiateAuth, ForgotPassword, …) are unsigned: they need no AWS credentials. Requests stay within the quotas
 * (rate-limit.ts).
 */
export function cognitoClient({
  region,
  quotas,
  signal,
  onWait,
  onExchange,
}: CognitoClientOptions = {}): CognitoIdentityProviderClient {
  const client = new CognitoIdentityProviderClient({
    ...(region === undefined ? {} : { region }),
    // Cognito counts requests per account and region, so slow down together with all other callers.
    retryMode: "adaptive",
    maxAttempts: 5,
    // Without throwOnRequestTimeout, the SDK only logs a warning and keeps waiting.
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
      ...networkAgents(),
    },
  });
  rateLimit(client, { quotas: quotasOf(quotas), signal });
  let endpoint: string | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      endpoint = endpointOf(args.request);
      return next(args);
    },
    { step: "build", name: "noteEndpoint" },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const began = performance.now();
      const timer = onWait && setTimeout(onWait, WORD_AFTER_MS);
      const report = (metadata: Metadata = {}, failure?: string) =>
        onExchange?.({
          operation: (context.commandName ?? "request").replace(/Command$/, ""),
          endpoint,
          status: metadata.httpStatusCode,
          failure,
          requestId: metadata.requestId,
          attempts: metadata.attempts,
          milliseconds: Math.round(performance.now() - began),
        });
      try {
        const result = await next(args);
        report(result.output.$metadata);
        return result;
      } catch (error) {
        report((error as { $metadata?: Metadata }).$metadata, (error as Error).name);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    { step: "initialize", name: "observe" },
  );
  return client;
}

interface Metadata {
  readonly httpStatusCode?: number | undefined;
  readonly requestId?: string | undefined;
  readonly attempts?: number | undefined;
}

function endpointOf(request: unknown): string | undefined {
  const { protocol, hostname, port } = request as { protocol?: string; hostname?: string; port?: number };
  return hostname === undefined
    ? undefined
    : `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}
