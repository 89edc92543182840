import { isDeepStrictEqual } from "node:util";
import type {
  GetUserPoolMfaConfigResponse,
  PasswordPolicyType,
  UserPoolClientType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { namesOf } from "../../roster/attribute-types.ts";
import { explainGroup } from "../../roster/names.ts";
import { AUTH_FLOWS, CLIENT_ALWAYS, PASSWORD_POLICY, POOL, TOKEN_VALIDITY } from "../../stack/defaults.ts";
import { STANDARD_SCOPES } from "../../stack/rules/cognito-limits.ts";
import {
  ALL_AUTH_FLOWS,
  type AuthFlow,
  type ClientArguments,
  type ClientSettings,
  DURATION_UNITS,
  type Duration,
  type GroupSettings,
  type MessageTemplate,
  type OAuthFlow,
  type OAuthSettings,
  type PasswordPolicy,
  type PasswordPolicySettings,
  type PoolArguments,
  type PoolSettings,
  type Settings,
  type TokenValidity,
} from "../../stack/settings.ts";
import type { PoolGroup } from "../pool/groups.ts";
import { asArguments, block, proposeSchema } from "../pool/schema.ts";
import { proposeFactors } from "./factors.ts";
import { proposeSenders } from "./senders.ts";

const MFA = { OFF: "off", OPTIONAL: "optional", ON: "required" } as const;

/**
 * The settings with which a deploy leaves this pool as it is: named ones where there are any, else `asIs`. What the provider
 * manages only where it is configured (verification messages) is left out.
 */
export function proposePool(pool: UserPoolType, mfa: GetUserPoolMfaConfigResponse): PoolSettings {
  const { customAttributes, asIs: schema } = proposeSchema(pool.SchemaAttributes);
  const { AllowAdminCreateUserOnly = false, InviteMessageTemplate } = pool.AdminCreateUserConfig ?? {};
  const autoVerify = pool.AutoVerifiedAttributes ?? [];
  const mode = MFA[mfa.MfaConfiguration ?? "OFF"];
  const tags = Object.entries(pool.UserPoolTags ?? {}).filter(([key]) => !/^aws:/i.test(key));
  const { asIs: senders, ...sender } = proposeSenders(pool, mfa);
  const policy = passwordPolicy(pool.Policies?.PasswordPolicy);
  const said: PoolSettings = {
    name: pool.Name ?? "",
    ...(pool.UsernameAttributes?.includes("email") ? {} : { signInWith: "username" }),
    ...(pool.UsernameConfiguration?.CaseSensitive && { caseSensitive: true }),
    ...(pool.AliasAttributes?.length && { aliases: pool.AliasAttributes }),
    ...(isDeepStrictEqual(autoVerify, POOL.autoVerify) ? {} : { autoVerify }),
    ...(AllowAdminCreateUserOnly ? {} : { selfSignUp: true }),
    ...(namesOf(customAttributes).length > 0 && { customAttributes }),
    ...(Object.keys(policy).length > 0 && { passwordPolicy: policy }),
    ...(mode === "off" ? {} : { mfa: mode }),
    ...(pool.Domain && { domainPrefix: pool.Domain }),
    ...(InviteMessageTemplate && { invitation: asArguments(InviteMessageTemplate) as MessageTemplate }),
    ...sender,
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
  const { settings: factors, asIs: otherFactors } = proposeFactors(pool, mfa, said);
  const asIs: PoolArguments = {
    ...identityArguments(pool),
    ...otherFactors,
    ...otherArguments(pool),
    ...senders,
    ...(schema.length > 0 && { schema }),
  };
  return { ...said, ...factors, ...(Object.keys(asIs).length > 0 && { asIs }) };
}

/** What can never change, and has no setting. */
function identityArguments(pool: UserPoolType): PoolArguments {
  const usernames = pool.UsernameAttributes ?? [];
  return {
    // Pools made without saying so are case-sensitive, and must go on not saying it.
    ...(pool.UsernameConfiguration === undefined && { usernameConfiguration: undefined }),
    ...(usernames.length === 0 || isDeepStrictEqual(usernames, ["email"])
      ? {}
      : { usernameAttributes: usernames }),
  };
}

function otherArguments(pool: UserPoolType): PoolArguments {
  const verified = pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  return {
    ...block("lambdaConfig", pool.LambdaConfig),
    ...(pool.SmsAuthenticationMessage && { smsAuthenticationMessage: pool.SmsAuthenticationMessage }),
    ...(verified.length > 0 && {
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: verified },
    }),
  };
}

function passwordPolicy(now: PasswordPolicyType = {}): PasswordPolicySettings {
  const { PasswordHistorySize: history, ...rest } = now;
  const all = Object.entries(asArguments(rest) as Partial<PasswordPolicy>);
  const defaults: Readonly<Record<string, unknown>> = { ...PASSWORD_POLICY };
  return {
    ...Object.fromEntries(all.filter(([name, value]) => defaults[name] !== value)),
    ...(history && { history }),
  };
}

/**
 * The settings with which a deploy leaves this app client as it is. What the provider manages only where it is
 * configured (readable attributes, the session's validity) is left out.
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
    asIs: {
      // No answer of Cognito's says how the client was made: writing it down would replace the client.
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

/** OAuth by the settings' words, where there are any for it; else in the provider's own. */
function oauthOf(client: UserPoolClientType): {
  oauth?: OAuthSettings;
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
  const own = scopes.filter((scope) => STANDARD_SCOPES.includes(scope));
  return {
    // A resource server's scopes: the settings know none.
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

/**
 * The groups of a pool as settings, with which a deploy leaves them as they are, and a roster can't name another one by mistake.
 * @param declared in config.ts so far: that a group is privileged, no pool says
 * @returns undefined for a pool without groups: with none declared, a roster could name none
 */
export function proposeGroups(
  groups: readonly PoolGroup[],
  declared: Settings["groups"] = {},
): Settings["groups"] {
  // A group whose name Terraform would take for another one can be in no roster either: it stays out, and as it is.
  const known = groups.filter(({ name }) => explainGroup(name) === undefined);
  if (known.length === 0) return undefined;
  return Object.fromEntries(
    known.map(({ name, ...settings }) => [name, { ...settings, ...ownSettings(declared[name]) }]),
  );
}

/** What is said of a group in config.ts alone: no pool has it. */
function ownSettings({ privileged, grantedIn }: GroupSettings = {}): Partial<GroupSettings> {
  return { ...(privileged && { privileged }), ...(grantedIn && { grantedIn }) };
}

/** `config.ts` with these settings, as a person would write it; `npm run format` breaks it into other lines. */
export function configText(settings: Settings): string {
  return [
    'import type { Settings } from "./lib/stack/settings.ts";',
    "",
    "/** Your team's settings. Each one and its default: lib/stack/settings.ts and lib/stack/defaults.ts. */",
    `export const config: Settings = ${literal(settings, "")};`,
    "",
  ].join("\n");
}

/** A value as TypeScript: like JSON, but for bare keys, trailing commas and undefined, which settings may hold. */
function literal(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null)
    return value === undefined ? "undefined" : JSON.stringify(value);
  const within = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object"))
      return `[${value.map((item) => literal(item, within)).join(", ")}]`;
    return `[\n${value.map((item) => `${within}${literal(item, within)},\n`).join("")}${indent}]`;
  }
  const fields = Object.entries(value).map(
    ([name, inner]) => `${within}${key(name)}: ${literal(inner, within)},\n`,
  );
  return fields.length === 0 ? "{}" : `{\n${fields.join("")}${indent}}`;
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
