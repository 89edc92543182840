/** What a finished sign-in yields, as Cognito sent it. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken?: string;
  readonly refreshToken?: string;
  /** Seconds from the answer until the access token ends. */
  readonly expiresIn?: number;
}

/** Who the tokens speak of and until when. Read, not verified: nothing may be decided by it. */
export interface TokenSummary {
  readonly username?: string;
  readonly sub?: string;
  readonly email?: string;
  readonly groups: readonly string[];
  readonly expiresAt?: Date;
}

/**
 * Reads the tokens' claims without trusting them. A token that is no JWT simply yields fewer facts.
 * @param now milliseconds; only used when the tokens do not say themselves when they end
 */
export function summarizeTokens(tokens: Tokens, now = Date.now()): TokenSummary {
  const access = claimsOf(tokens.accessToken);
  const claims = { ...access, ...claimsOf(tokens.idToken) };
  const text = (claim: unknown) => (typeof claim === "string" ? claim : undefined);
  const username = text(claims["cognito:username"]) ?? text(claims.username);
  const sub = text(claims.sub);
  const email = text(claims.email);
  const groups = claims["cognito:groups"];
  const expires =
    typeof access.exp === "number"
      ? access.exp * 1_000
      : tokens.expiresIn === undefined
        ? undefined
        : now + tokens.expiresIn * 1_000;
  return {
    ...(username === undefined ? {} : { username }),
    ...(sub === undefined ? {} : { sub }),
    ...(email === undefined ? {} : { email }),
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [],
    ...(expires === undefined ? {} : { expiresAt: new Date(expires) }),
  };
}

function claimsOf(token: string | undefined): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token?.split(".")[1] ?? "", "base64url").toString("utf8"),
    );
    return typeof payload === "object" && payload !== null ? { ...payload } : {};
  } catch {
    return {};
  }
}
