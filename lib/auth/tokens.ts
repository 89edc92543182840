import type { AuthenticationResultType } from "@aws-sdk/client-cognito-identity-provider";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import { FetchError, JwtBaseError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { issuerOf } from "../cognito/pool-id.ts";
import { UserError } from "../errors.ts";
import { download } from "../network/download.ts";
import { LOOPBACK } from "../stack/rules/cognito-limits.ts";
import type { AppClient } from "./secret-hash.ts";

/** What a finished sign-in yields, as Cognito sent it: verify it before trusting any of it. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /**
   * The device that the user pool remembers for this sign-in, where it tracks devices: the refresh token works only together
   * with it (developer guide, "Working with devices": DEVICE_KEY).
   */
  readonly deviceKey?: string | undefined;
  /** Group key of a device that the pool doesn't remember yet: `rememberDevice` needs it. */
  readonly deviceGroupKey?: string | undefined;
  /** How a remembered device proves itself (device.ts). */
  readonly device?: { readonly groupKey: string; readonly password: string } | undefined;
  /** Seconds from the response until the access token expires. */
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
    ...(result.NewDeviceMetadata?.DeviceGroupKey === undefined
      ? {}
      : { deviceGroupKey: result.NewDeviceMetadata.DeviceGroupKey }),
    ...(result.ExpiresIn === undefined ? {} : { expiresIn: result.ExpiresIn }),
  };
}

/**
 * Cognito's own name for the token's owner, read without verification: use it only in requests that Cognito checks itself.
 * @returns undefined when it isn't an access token of Cognito's
 */
export function claimedUsername(tokens: Tokens): string | undefined {
  return claimed(tokens, "username");
}

/**
 * The key of the tokens' device: from the response, otherwise from the access token; unverified, like the username. Files
 * saved without the key have it in the token as well.
 */
export function deviceKeyOf(tokens: Tokens): string | undefined {
  return tokens.deviceKey ?? claimed(tokens, "device_key");
}

/** Who issued the ID token, as `https://cognito-idp.eu-west-1.amazonaws.com/POOL_ID`. Use it only for verified tokens. */
export function claimedIssuer({ idToken = "" }: Tokens): string | undefined {
  return claimIn(idToken, "iss");
}

const claimed = ({ accessToken }: Tokens, claim: string) => claimIn(accessToken, claim);

function claimIn(token: string, claim: string): string | undefined {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const value = (JSON.parse(payload) as Record<string, unknown>)[claim];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Claims of the id token that a person may sign in with. */
const NAMES = ["cognito:username", "email", "phone_number", "preferred_username", "sub"];

/**
 * Every name that the id token's owner may go by. Use it only for verified tokens.
 * @returns the sign-in name first: where people sign in by e-mail, Cognito's own name is the sub
 */
export function namesOf({ idToken = "" }: Tokens): readonly string[] {
  const names = NAMES.flatMap((claim) => claimIn(idToken, claim) ?? []);
  const sub = claimIn(idToken, "sub");
  return [...new Set([...names.filter((name) => name !== sub), ...names])];
}

/** Whose tokens they are, and until when they are valid. */
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
  /** Fetches a JWKS document. @default over the network, within 10 s */
  readonly fetchKeys?: (uri: string) => Promise<ArrayBuffer>;
}

type TokenUse = "access" | "id";
type Verify = (token: string, tokenUse: TokenUse) => Promise<JwtPayload>;

/**
 * Verifies the access and the id token: signature against the user pool's published keys, issuer, app client, use and expiry;
 * and that both belong to the same person. Show or trust only what this returns.
 * @throws UserError when a token is invalid, or the keys are unavailable
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
  if (endpoint !== undefined && LOOPBACK.has(new URL(endpoint).hostname)) {
    // An emulator has no keys at AWS: its keys are where its tokens come from. moto still names AWS as the issuer, in China as
    // elsewhere, cognito-local itself. This is trusted only on loopback: a remote server could otherwise vouch for itself.
    const pool = `${endpoint}/${userPoolId}`;
    const [region] = userPoolId.split("_");
    const issuers = [pool, `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`];
    return verifierOf(issuers, pool, clientId, jwksCache);
  }
  // aws-jwt-verify 5.2.1 knows no other domain than amazonaws.com.
  const issuer = issuerOf(userPoolId);
  if (!issuer.includes(".amazonaws.com/")) {
    return verifierOf([issuer], issuer, clientId, jwksCache);
  }
  return (token, tokenUse) =>
    CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse }, { jwksCache }).verify(token);
}

/** @param keysAt the address whose `/.well-known/jwks.json` has the keys of all issuers */
function verifierOf(
  issuers: readonly string[],
  keysAt: string,
  clientId: string,
  jwksCache: SimpleJwksCache,
): Verify {
  return (token, tokenUse) =>
    JwtVerifier.create(
      issuers.map((issuer) => ({
        issuer,
        jwksUri: `${keysAt}/.well-known/jwks.json`,
        audience: null, // an access token has no aud; the next line checks aud or client_id
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
    super("The id token and the access token belong to different people");
  }
}

function explain(error: unknown, { userPoolId, endpoint }: Verification): unknown {
  // Keys that can't be fetched say nothing about the tokens.
  if (error instanceof JwtBaseError && !(error instanceof FetchError)) {
    return new UserError(`Cognito answered, but its tokens can't be trusted (${error.constructor.name})`, {
      why: `Tokens must be signed by the user pool ${userPoolId}, issued for this app client, and unexpired. These aren't, so they are neither shown nor saved.`,
      next: [
        "check --user-pool-id and --client-id, and the clock of this machine",
        "check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL",
      ],
      cause: error,
    });
  }
  const known = error instanceof UserError ? error : undefined;
  return new UserError("Cognito answered, but its tokens could not be verified", {
    why: `${known === undefined ? "" : `${known.message}. `}The user pool's public keys could not be downloaded from ${endpoint ?? "AWS"}, so the tokens are neither shown nor saved. Earlier steps, such as a new password, took effect.`,
    next:
      known === undefined ? ["check the network, then sign in again"] : [...known.next, "then sign in again"],
    cause: error,
  });
}
