import { createHmac } from "node:crypto";

/** The app client that people sign in through. */
export interface AppClient {
  /** Part of SRP's proof; it also determines the tokens' keys and issuer. */
  readonly userPoolId: string;
  readonly clientId: string;
  /** Only for a client created with a secret. */
  readonly clientSecret?: string | undefined;
}

/**
 * Proves that the caller knows the client's secret; empty for a client without one.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 * @param username exactly as in the same request: the sub, once Cognito has returned it
 */
export function secretHash(
  { clientId, clientSecret }: AppClient,
  username: string,
): { SECRET_HASH: string } | Record<string, never> {
  if (clientSecret === undefined) return {};
  const hmac = createHmac("sha256", clientSecret).update(username + clientId);
  return { SECRET_HASH: hmac.digest("base64") };
}
