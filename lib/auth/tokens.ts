import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import { FetchError, JwtBaseError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { UserError } from "../errors.ts";
import { download } from "../network/download.ts";
import { LOOPBACK } from "../stack/rules/cognito-limits.ts";
import type { AppClient } from "./secret-hash.ts";

/** What a finished sign-in yields, as Cognito sent it: to be verified before anything in it is believed. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /**
   * The device that the user pool remembers this sign-in by, where it tracks devices: a refresh token is only good together
   * with it (developer guide, "Working with devices": DEVICE_KEY).
   */
  readonly deviceKey?: string | undefined;
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
    ...(result.NewDeviceMetadata?.DeviceKey === undefined
      ? {}
      : { deviceKey: result.NewDeviceMetadata.DeviceKey }),
    ...(result.ExpiresIn === undefined ? {} : { expiresIn: result.ExpiresIn }),
  };
}

/**
 * Cognito's own name for the token's owner, read without verifying anything: good for nothing but a request that Cognito
 * judges itself.
 * @returns undefined when the token is none of Cognito's access tokens
 */
export function claimedUsername(tokens: Tokens): string | undefined {
  return claimed(tokens, "username");
}

/**
 * The key of the device that the tokens belong to: as it was answered, or else as the access token has it; read without verifying
 * anything, like the username. Files that were saved without one have it there, too.
 */
export function deviceKeyOf(tokens: Tokens): string | undefined {
  return tokens.deviceKey ?? claimed(tokens, "device_key");
}

function claimed({ accessToken }: Tokens, claim: string): string | undefined {
  try {
    const payload = Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString("utf8");
    const value = (JSON.parse(payload) as Record<string, unknown>)[claim];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Who the tokens speak of and until when. */
export interface TokenSummary {
  readonly username?: string;
  readonly sub?: string;
  readonly email?: string;
  readonly groups: readonly string[];
  readonly expiresAt?: Date;
}

export interface Verification extends AppClient {
  /** Where the tokens came from, as `http://127.0.0.1:9229`. */
  readonly endpoint?: string | undefined;
  /** Gets a JWKS document. @default over the network, 10 s at most */
  readonly fetchKeys?: (uri: string) => Promise<ArrayBuffer>;
}

type TokenUse = "access" | "id";
type Verify = (token: string, tokenUse: TokenUse) => Promise<JwtPayload>;

/**
 * Verifies the access and the id token: signature against the user pool's published keys, issuer, app client, use, and end;
 * and that both speak of the same person. Only what comes back may be shown or believed.
 * @throws UserError when a token is not what it should be, or the keys cannot be had
 */
export async function verifyTokens(tokens: Tokens, verification: Verification): Promise<TokenSummary> {
  const verify = verifierFor(verification);
  try {
    const access = await verify(tokens.accessToken, "access");
    const id = tokens.idToken === undefined ? undefined : await verify(tokens.idToken, "id");
    if (id !== undefined && id.sub !== access.sub) throw new OtherPerson();
    return summaryOf(access, id);
  } catch (error) {
    throw explain(error, verification);
  }
}

function verifierFor(verification: Verification): Verify {
  const { userPoolId, clientId, endpoint, fetchKeys = download } = verification;
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch: fetchKeys } });
  if (endpoint === undefined || !LOOPBACK.has(new URL(endpoint).hostname)) {
    return (token, tokenUse) =>
      CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse }, { jwksCache }).verify(token);
  }
  // An emulator has no keys at AWS: they are where its tokens come from. moto names AWS as the issuer all the same,
  // cognito-local itself. That is believed on loopback alone: a server elsewhere could otherwise vouch for itself.
  const pool = `${endpoint}/${userPoolId}`;
  const [region] = userPoolId.split("_");
  const jwksUri = `${pool}/.well-known/jwks.json`;
  const issuers = [pool, `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`];
  return (token, tokenUse) =>
    JwtVerifier.create(
      issuers.map((issuer) => ({
        issuer,
        jwksUri,
        audience: null, // an access token has none; the next line looks at aud or client_id
        customJwtCheck: ({ payload }: { payload: JwtPayload }) =>
          validateCognitoJwtFields(payload, { tokenUse, clientId }),
      })),
      { jwksCache },
    ).verify(token);
}

function summaryOf(access: JwtPayload, id: JwtPayload | undefined): TokenSummary {
  const claims: Record<string, unknown> = { ...access, ...id };
  const text = (claim: unknown) => (typeof claim === "string" ? claim : undefined);
  const username = text(claims["cognito:username"]) ?? text(claims.username);
  const sub = text(claims.sub);
  const email = text(claims.email);
  const groups = claims["cognito:groups"];
  return {
    ...(username === undefined ? {} : { username }),
    ...(sub === undefined ? {} : { sub }),
    ...(email === undefined ? {} : { email }),
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [],
    ...(access.exp === undefined ? {} : { expiresAt: new Date(access.exp * 1_000) }),
  };
}

class OtherPerson extends JwtBaseError {
  constructor() {
    super("The id token speaks of another person than the access token");
  }
}

function explain(error: unknown, { userPoolId, endpoint }: Verification): unknown {
  // The keys that could not be had say nothing of the tokens.
  if (error instanceof JwtBaseError && !(error instanceof FetchError)) {
    return new UserError(
      `Cognito answered, but its tokens are not to be trusted (${error.constructor.name})`,
      {
        why: `They must be signed by the user pool ${userPoolId}, made for this app client, and still valid: these are not. They are neither shown nor saved.`,
        next: [
          "check --user-pool-id and --client-id, and the clock of this machine",
          "check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL, and who answers there",
        ],
        cause: error,
      },
    );
  }
  const known = error instanceof UserError ? error : undefined;
  return new UserError("Cognito answered, but its tokens could not be verified", {
    why: `${known === undefined ? "" : `${known.message}. `}The user pool's public keys could not be had from ${endpoint ?? "AWS"}, so the tokens are neither shown nor saved. What was done before, such as a new password, stays done.`,
    next:
      known === undefined ? ["check the network, then sign in again"] : [...known.next, "then sign in again"],
    cause: error,
  });
}
