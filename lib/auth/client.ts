import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";

/** The one method of the SDK's client that the flows use: a test gives its own. */
export type CognitoClient = Pick<CognitoIdentityProviderClient, "send">;

export interface CognitoClientOptions {
  /** @default the SDK's own chain: AWS_REGION, then the profile's region */
  readonly region?: string | undefined;
  /** Called once for every request that takes longer than a second, retries included. */
  readonly onWait?: () => void;
}

const WORD_AFTER_MS = 1_000;

/**
 * A client whose endpoint, profile and region come from the AWS environment variables and files. InitiateAuth and
 * RespondToAuthChallenge are unsigned operations: a person without AWS credentials can make them.
 */
export function cognitoClient({ region, onWait }: CognitoClientOptions = {}): CognitoIdentityProviderClient {
  const client = new CognitoIdentityProviderClient({
    ...(region === undefined ? {} : { region }),
    // Cognito counts requests for the whole account and region: slow down together with everybody else.
    retryMode: "adaptive",
    maxAttempts: 5,
    // Without throwOnRequestTimeout the SDK only logs a warning and waits on.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  });
  if (onWait) {
    client.middlewareStack.add(
      (next) => async (args) => {
        const timer = setTimeout(onWait, WORD_AFTER_MS);
        try {
          return await next(args);
        } finally {
          clearTimeout(timer);
        }
      },
      { step: "initialize", name: "wordWhileWaiting" },
    );
  }
  return client;
}
