import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";

/** What a finished sign-in yields, as Cognito sent it: to be verified before anything in it is believed. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** Seconds from the answer until the access token ends. */
  readonly expiresIn?: number | undefined;
}

/**
 * @throws Error when there is no access token
 */
export function tokensOf(result: AuthenticationResultType | undefined): Tokens {
  if (result?.AccessToken === undefined)
    throw new Error("Cognito answered with neither a challenge nor tokens");
  return {
    accessToken: result.AccessToken,
    ...(result.IdToken === undefined ? {} : { idToken: result.IdToken }),
    ...(result.RefreshToken === undefined ? {} : { refreshToken: result.RefreshToken }),
    ...(result.ExpiresIn === undefined ? {} : { expiresIn: result.ExpiresIn }),
  };
}

/**
 * Cognito's own name for the token's owner, read without verifying anything: good for nothing but a request that Cognito
 * judges itself.
 * @returns undefined when the token is none of Cognito's access tokens
 */
export function claimedUsername({ accessToken }: Tokens): string | undefined {
  try {
    const payload = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8");
    const { username } = JSON.parse(payload) as { username?: unknown };
    return typeof username === "string" ? username : undefined;
  } catch {
    return undefined;
  }
}
