import { isDeepStrictEqual } from "node:util";
import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import type { ClientArguments } from "../stack/as-is.ts";
import { ALL_AUTH_FLOWS, type AuthFlow } from "../stack/auth-flows.ts";
import type { ClientSettings, OAuthFlow, OAuthSettings, TokenValidity } from "../stack/client-settings.ts";
import { AUTH_FLOWS, CLIENT_ALWAYS, TOKEN_VALIDITY } from "../stack/defaults.ts";
import { DURATION_UNITS, type Duration } from "../stack/duration.ts";
import { asArguments } from "./argument-names.ts";

/**
 * The settings with which a deploy leaves this app client as it is. What the provider only manages when it is told to
 * (readable attributes, the session's validity, OAuth of another kind) is not told.
 */
export function proposeClient(client: UserPoolClientType): ClientSettings {
  const flows = client.ExplicitAuthFlows ?? [];
  const named = flows.length > 0 && flows.every(isAuthFlow);
  const validity = tokenValidity(client);
  const rotation = client.RefreshTokenRotation;
  const rotating = rotation?.Feature === "ENABLED";
  const oauth = oauthOf(client);
  return {
    name: client.ClientName ?? "",
    ...(named && !sameSet(flows, AUTH_FLOWS) && { authFlows: flows.filter(isAuthFlow) }),
    ...(client.ClientSecret && { secret: true }),
    ...(validity.named && Object.keys(validity.named).length > 0 && { tokenValidity: validity.named }),
    ...(rotating && {
      refreshTokenRotation: { gracePeriodSeconds: rotation.RetryGracePeriodSeconds ?? 0 },
    }),
    ...oauth,
    asIs: {
      // No answer of Cognito's says how the client was made: writing it down would replace the client.
      generateSecret: undefined,
      ...(named ? {} : { explicitAuthFlows: flows.length > 0 ? flows : undefined }),
      ...(client.PreventUserExistenceErrors === CLIENT_ALWAYS.preventUserExistenceErrors
        ? {}
        : { preventUserExistenceErrors: client.PreventUserExistenceErrors }),
      ...(client.EnableTokenRevocation ? {} : { enableTokenRevocation: client.EnableTokenRevocation }),
      ...validity.asIs,
      ...(rotation && !rotating && { refreshTokenRotation: [asArguments(rotation)] as never }),
      ...(client.AnalyticsConfiguration && {
        analyticsConfiguration: [asArguments(client.AnalyticsConfiguration)] as never,
      }),
      ...(oauth.oauth &&
        !client.SupportedIdentityProviders?.length && { supportedIdentityProviders: undefined }),
    },
  };
}

const isAuthFlow = (flow: string): flow is AuthFlow => (ALL_AUTH_FLOWS as readonly string[]).includes(flow);

const sameSet = (a: readonly string[], b: readonly string[]) =>
  isDeepStrictEqual([...a].sort(), [...b].sort());

/** Cognito's own, and the provider's (user_pool_client.go, isDefaultTokenValidityUnits). */
const DEFAULT_UNITS = { accessToken: "hours", idToken: "hours", refreshToken: "days" };

/** As named durations, where each is said and has a unit that the settings know. */
function tokenValidity(client: UserPoolClientType): { named?: TokenValidity; asIs: ClientArguments } {
  const { AccessToken = "hours", IdToken = "hours", RefreshToken = "days" } = client.TokenValidityUnits ?? {};
  const units = { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken };
  // The provider reads these as none at an import; written down they would be a change.
  const unitsArgument = isDeepStrictEqual(units, DEFAULT_UNITS) ? undefined : [units];
  const { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity } = client;
  const values = {
    accessToken: AccessTokenValidity,
    idToken: IdTokenValidity,
    refreshToken: RefreshTokenValidity,
  };
  const tokens = Object.keys(values) as (keyof TokenValidity)[];
  if (
    tokens.every((token) => values[token] && (DURATION_UNITS as readonly string[]).includes(units[token]))
  ) {
    const durations = tokens.map((token) => [token, `${values[token]} ${units[token]}` as Duration] as const);
    return {
      named: Object.fromEntries(durations.filter(([token, duration]) => TOKEN_VALIDITY[token] !== duration)),
      asIs: unitsArgument ? {} : { tokenValidityUnits: undefined },
    };
  }
  return {
    asIs: {
      accessTokenValidity: AccessTokenValidity,
      idTokenValidity: IdTokenValidity,
      refreshTokenValidity: RefreshTokenValidity,
      tokenValidityUnits: unitsArgument,
    },
  };
}

/** OAuth, where the settings have words for it; else it is left alone. */
function oauthOf(client: UserPoolClientType): { oauth?: OAuthSettings; identityProviders?: string[] } {
  const {
    AllowedOAuthFlows: flows = [],
    CallbackURLs: callbackUrls = [],
    LogoutURLs: logoutUrls = [],
  } = client;
  const known = flows.filter((flow): flow is OAuthFlow => flow !== "client_credentials");
  if (!client.AllowedOAuthFlowsUserPoolClient || callbackUrls.length === 0 || flows.length === 0) return {};
  if (known.length < flows.length) return {};
  const providers = client.SupportedIdentityProviders ?? [];
  return {
    oauth: {
      flows: known,
      scopes: client.AllowedOAuthScopes ?? [],
      callbackUrls,
      ...(logoutUrls.length > 0 && { logoutUrls }),
    },
    ...(providers.length > 0 && { identityProviders: providers }),
  };
}
