import { createHmac } from "node:crypto";

/** The app client that people sign in through. */
export interface AppClient {
  /** SRP's proof contains it, and the tokens' keys and issuer follow from it. */
  readonly userPoolId: string;
  readonly clientId: string;
  /** Of a client that was made with one. */
  readonly clientSecret?: string | undefined;
}

/**
 * What proves that the caller knows the client's secret; nothing for a client without one.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 * @param username the very name that the same request carries: the sub, where Cognito has answered with it
 */
export function secretHash(
  { clientId, clientSecret }: AppClient,
  username: string,
): { SECRET_HASH: string } | Record<string, never> {
  if (clientSecret === undefined) return {};
  const hmac = createHmac("sha256", clientSecret).update(username + clientId);
  return { SECRET_HASH: hmac.digest("base64") };
}
