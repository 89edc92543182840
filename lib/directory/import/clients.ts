import { isDeepStrictEqual } from "node:util";
import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { CLIENT_ATTRIBUTES } from "../../stack/attributes.ts";
import { CLIENT_KEY, clientsOf } from "../../stack/clients.ts";
import { AUTH_FLOWS, CLIENT_ALWAYS, TOKEN_VALIDITY } from "../../stack/defaults.ts";
import { STANDARD_SCOPES } from "../../stack/rules/cognito-limits.ts";
import {
  ALL_AUTH_FLOWS,
  type AuthFlow,
  type ClientArguments,
  type ClientCredentialsSettings,
  type ClientSettings,
  DURATION_UNITS,
  type Duration,
  type OAuthFlow,
  type OAuthSettings,
  type Settings,
  type TokenValidity,
} from "../../stack/settings.ts";
import type { Adoption } from "../../stack/synth/import-blocks.ts";
import { asArguments } from "../pool/schema.ts";
import { withScopes } from "./services.ts";

/**
 * A pool's app clients as settings: `client` for a single one, otherwise `clients`, with machine clients last, because
 * commands use the first one through which people sign in.
 * @param found at least one
 * @param servers the pool's resource servers, as proposed. @default none
 * @param before clients that config.ts already names keep their key
 */
export function proposeClients(
  found: readonly UserPoolClientType[],
  before: Pick<Settings, "client" | "clients">,
  servers?: Settings["resourceServers"],
): Pick<Settings, "client" | "clients"> {
  const propose = (client: UserPoolClientType) => withScopes(proposeClient(client), servers);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0 && before.clients === undefined)
    return { client: propose(only) };
  const keys = clientKeys(found, before);
  const sorted = [...found].sort((a, b) => Number(isMachines(a)) - Number(isMachines(b)));
  return { clients: Object.fromEntries(sorted.map((client) => [keys.get(client), propose(client)])) };
}

/** The clients whose ids the next deploy imports into the state. */
export function adoptedClients(
  found: readonly UserPoolClientType[],
  proposed: Pick<Settings, "client" | "clients">,
): Pick<Adoption, "clientId" | "clients"> {
  const [only] = found;
  if (only === undefined) return {};
  if (proposed.clients === undefined) return { clientId: only.ClientId };
  const keys = clientKeys(found, proposed);
  return { clients: Object.fromEntries(found.map((client) => [keys.get(client), client.ClientId ?? ""])) };
}

/** A key for each in config.ts, derived from its name; duplicates get a number. */
function clientKeys(
  found: readonly UserPoolClientType[],
  before: Pick<Settings, "client" | "clients">,
): Map<UserPoolClientType, string> {
  const taken = new Map<string, UserPoolClientType>();
  const known = clientsOf(before);
  const keyed = found.map((client) => {
    const own = known.find(
      ({ key = "", settings }) => settings.name === client.ClientName && !taken.has(key),
    )?.key;
    const words = (client.ClientName ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "_");
    const plain = words.replace(/^[^a-z]+|_+$/g, "").slice(0, 28);
    const base = own ?? (CLIENT_KEY.test(plain) ? plain : "app");
    let key = base;
    for (let number = 2; taken.has(key); number++) key = `${base}_${number}`;
    taken.set(key, client);
    return [client, key] as const;
  });
  return new Map(keyed);
}

/** A client through which no one signs in. */
const isMachines = ({ AllowedOAuthFlows = [], ClientSecret }: UserPoolClientType) =>
  isDeepStrictEqual(AllowedOAuthFlows, ["client_credentials"]) && ClientSecret !== undefined;

/** Without the prefix of custom attributes; undefined if Cognito returns none, or a name that no setting accepts. */
function attributesOf(
  setting: "readAttributes" | "writeAttributes",
  names: readonly string[] = [],
): Partial<ClientSettings> {
  const known = names.every((name) => CLIENT_ATTRIBUTES.includes(name) || name.startsWith("custom:"));
  if (names.length === 0 || !known) return {};
  return { [setting]: names.map((name) => name.replace(/^custom:/, "")) };
}

/**
 * The settings with which a deploy leaves this app client unchanged. Omits what the provider manages only when configured
 * (the session's validity).
 */
export function proposeClient(client: UserPoolClientType): ClientSettings {
  const flows = client.ExplicitAuthFlows ?? [];
  const named = flows.length > 0 && flows.every(isAuthFlow);
  const validity = tokenValidity(client);
  const rotation = client.RefreshTokenRotation;
  const rotating = rotation?.Feature === "ENABLED";
  const { asIs: oauthAsIs, ...oauth } = oauthOf(client);
  return {
    name: client.ClientName ?? "",
    ...(named && !sameSet(flows, AUTH_FLOWS) && { authFlows: flows.filter(isAuthFlow) }),
    ...(client.ClientSecret && { secret: true }),
    ...(validity.named && Object.keys(validity.named).length > 0 && { tokenValidity: validity.named }),
    ...(rotating && {
      refreshTokenRotation: { gracePeriodSeconds: rotation.RetryGracePeriodSeconds ?? 0 },
    }),
    ...oauth,
    ...attributesOf("readAttributes", client.ReadAttributes),
    ...attributesOf("writeAttributes", client.WriteAttributes),
    asIs: {
      // No response of Cognito's says how the client was created, and setting it would replace the client.
      generateSecret: undefined,
      ...(named ? {} : { explicitAuthFlows: flows.length > 0 ? flows : undefined }),
      ...(client.PreventUserExistenceErrors === CLIENT_ALWAYS.preventUserExistenceErrors
        ? {}
        : { preventUserExistenceErrors: client.PreventUserExistenceErrors }),
      ...(client.EnableTokenRevocation ? {} : { enableTokenRevocation: client.EnableTokenRevocation }),
      ...validity.asIs,
      ...oauthAsIs,
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

/** The default of Cognito, and of the provider (user_pool_client.go, isDefaultTokenValidityUnits). */
const DEFAULT_UNITS = { accessToken: "hours", idToken: "hours", refreshToken: "days" };

/** As named durations, if each is set and its unit has a setting. */
function tokenValidity(client: UserPoolClientType): { named?: TokenValidity; asIs: ClientArguments } {
  const { AccessToken = "hours", IdToken = "hours", RefreshToken = "days" } = client.TokenValidityUnits ?? {};
  const units = { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken };
  // The provider reads these as unset at an import, so setting them would be a change.
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

/** OAuth as named settings where possible, otherwise as the provider's arguments. */
function oauthOf(client: UserPoolClientType): {
  oauth?: OAuthSettings;
  clientCredentials?: ClientCredentialsSettings;
  identityProviders?: string[];
  asIs?: ClientArguments;
} {
  const {
    AllowedOAuthFlows: flows = [],
    CallbackURLs: callbackUrls = [],
    LogoutURLs: logoutUrls = [],
  } = client;
  const known = flows.filter((flow): flow is OAuthFlow => flow !== "client_credentials");
  const providers = client.SupportedIdentityProviders ?? [];
  const scopes = client.AllowedOAuthScopes ?? [];
  const allowed = client.AllowedOAuthFlowsUserPoolClient ?? false;
  const own = scopes.filter((scope) => STANDARD_SCOPES.includes(scope));
  if (allowed && isMachines(client) && own.length === 0 && callbackUrls.length + logoutUrls.length === 0) {
    return {
      clientCredentials: { scopes },
      ...(providers.length > 0 && { identityProviders: providers }),
      // The resource server exists, whatever created it, so its scopes are valid.
      asIs: { allowedOauthScopes: scopes },
    };
  }
  if (!allowed || callbackUrls.length === 0 || flows.length === 0 || known.length < flows.length) {
    return {
      ...(providers.length > 0 && { identityProviders: providers }),
      asIs: {
        ...(allowed || callbackUrls.length + logoutUrls.length + flows.length + scopes.length > 0
          ? { allowedOauthFlowsUserPoolClient: allowed }
          : {}),
        ...(flows.length > 0 && { allowedOauthFlows: flows }),
        ...(scopes.length > 0 && { allowedOauthScopes: scopes }),
        ...(callbackUrls.length > 0 && { callbackUrls }),
        ...(logoutUrls.length > 0 && { logoutUrls }),
      },
    };
  }
  return {
    // Scopes of a resource server, which no setting covers.
    ...(own.length < scopes.length && { asIs: { allowedOauthScopes: scopes } }),
    oauth: {
      flows: known,
      ...(scopes.length > 0 && own.length === 0 ? {} : { scopes: own }),
      callbackUrls,
      ...(logoutUrls.length > 0 && { logoutUrls }),
    },
    ...(providers.length > 0 && { identityProviders: providers }),
  };
}
