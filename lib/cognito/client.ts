import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { networkAgents } from "../network/agents.ts";
import { type QuotaSettings, quotasOf } from "../stack/quotas.ts";
import { rateLimit } from "./rate-limit.ts";

/** The one method of the SDK's client that the flows use: a test gives its own. */
export type CognitoClient = Pick<CognitoIdentityProviderClient, "send">;

/** A request and how it ended, without anything that was in it. */
export interface Exchange {
  /** As `InitiateAuth`. */
  readonly operation: string;
  /** Where it went, as `https://cognito-idp.eu-west-1.amazonaws.com`. */
  readonly endpoint: string | undefined;
  /** HTTP status; undefined when nobody answered. */
  readonly status: number | undefined;
  /** The exception's name, unless it went well. */
  readonly failure: string | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  readonly milliseconds: number;
}

export interface CognitoClientOptions {
  /** @default the SDK's own chain: AWS_REGION, then the profile's region */
  readonly region?: string | undefined;
  /** Where they differ from the published ones: `quotas` of config.ts. @default nowhere */
  readonly quotas?: QuotaSettings | undefined;
  /** Ends what waits for its turn or for another attempt. */
  readonly signal?: AbortSignal | undefined;
  /** Called once for every request that takes longer than a second, retries included. */
  readonly onWait?: () => void;
  /** Called after every request. */
  readonly onExchange?: (exchange: Exchange) => void;
}

const WORD_AFTER_MS = 1_000;

/**
 * A client whose endpoint, profile and region come from the AWS environment variables and files. A person's operations
 * (InitiateAuth, ForgotPassword, …) are unsigned: they take no AWS credentials. Its requests keep to the quotas (pace.ts).
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
    // Cognito counts requests for the whole account and region: slow down together with everybody else.
    retryMode: "adaptive",
    maxAttempts: 5,
    // Without throwOnRequestTimeout the SDK only logs a warning and waits on.
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
