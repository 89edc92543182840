import type {
  DomainDescriptionType,
  IdentityProviderType,
  ResourceServerType,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  computedDetails,
  detailsOf,
  type IdentityProviderSettings,
  type IdentityProviders,
  mappingOf,
  PROVIDER_TYPES,
  SECRETS_VARIABLE,
  secretOf,
} from "../../stack/identity-providers.ts";
import { type ResourceServers, resourceServerName, scopesOf } from "../../stack/resource-servers.ts";
import { STANDARD_SCOPES } from "../../stack/rules/cognito-limits.ts";
import { identityProviderProblems } from "../../stack/rules/identity-providers.ts";
import type { SettingProblem } from "../../stack/rules/problem.ts";
import { resourceServerProblems } from "../../stack/rules/resource-servers.ts";
import type { ClientSettings, PoolSettings, Settings } from "../../stack/settings.ts";
import type { PoolServices } from "../pool/services.ts";

/** The services beside a pool as settings; and the names of those that no setting covers. */
export interface ProposedServices {
  readonly settings: Pick<Settings, "resourceServers" | "identityProviders">;
  readonly leftOut: readonly string[];
}

/**
 * The settings with which a deploy leaves resource servers and identity providers unchanged. Never includes a secret.
 * @param pool the settings proposed for the pool
 */
export function proposeServices(
  { resourceServers, identityProviders }: PoolServices,
  pool: PoolSettings,
): ProposedServices {
  const leftOut: string[] = [];
  const servers = keep(
    resourceServers.map(serverOf),
    (one) => resourceServerProblems(one),
    "resource server",
  );
  const providers = keep(
    identityProviders.map(providerOf),
    (one) => identityProviderProblems(one, pool),
    "identity provider",
  );
  return {
    settings: {
      ...(Object.keys(servers).length > 0 && { resourceServers: servers }),
      ...(Object.keys(providers).length > 0 && { identityProviders: providers }),
    },
    leftOut,
  };

  /** Keeps each one that the rules accept. */
  function keep<T>(
    found: readonly (readonly [string, T | undefined])[],
    problems: (of: Readonly<Record<string, T>>) => Iterable<SettingProblem>,
    called: string,
  ): Record<string, T> {
    const kept: Record<string, T> = {};
    for (const [name, one] of found) {
      const fine =
        one !== undefined && ![...problems({ [name]: one })].some(({ severity }) => severity === "error");
      if (fine) kept[name] = one;
      else leftOut.push(`${called} ${name}`);
    }
    return kept;
  }
}

function serverOf({ Identifier = "", Name, Scopes = [] }: ResourceServerType) {
  const scopes = Object.fromEntries(
    Scopes.map(({ ScopeName = "", ScopeDescription = "" }) => [ScopeName, ScopeDescription]),
  );
  const usual = resourceServerName(Identifier, { scopes });
  return [Identifier, { ...(Name !== undefined && Name !== usual && { name: Name }), scopes }] as const;
}

function providerOf({
  ProviderName = "",
  ProviderType,
  ProviderDetails = {},
  AttributeMapping = {},
  IdpIdentifiers = [],
}: IdentityProviderType): readonly [string, IdentityProviderSettings | undefined] {
  const type = PROVIDER_TYPES.find((one) => one === ProviderType);
  if (type === undefined) return [ProviderName, undefined];
  const said = saidOf(type, ProviderDetails);
  const mapping = Object.entries(AttributeMapping)
    .map(([attribute, theirs]) => [attribute.replace(/^custom:/, ""), theirs] as const)
    .filter(([attribute, theirs]) => mappingOf(said)[attribute] !== theirs);
  const whole = {
    ...said,
    ...(mapping.length > 0 && { attributeMapping: Object.fromEntries(mapping) }),
    ...(IdpIdentifiers.length > 0 && { identifiers: IdpIdentifiers }),
  };
  const [covered, computed] = [detailsOf(whole), new Set(computedDetails(whole))];
  const rest = Object.entries(ProviderDetails).filter(
    ([name, value]) => covered[name] !== value && !computed.has(name) && name !== secretOf(whole),
  );
  return [ProviderName, { ...whole, ...(rest.length > 0 && { details: Object.fromEntries(rest) }) }];
}

function saidOf(
  type: IdentityProviderSettings["type"],
  details: Readonly<Record<string, string>>,
): IdentityProviderSettings {
  if (type === "SAML") {
    const { MetadataURL: metadataUrl, MetadataFile: metadata } = details;
    // Cognito read this from the address, so the address suffices.
    return { type, ...(metadataUrl ? { metadataUrl } : metadata ? { metadata } : {}) };
  }
  const { client_id: clientId = "", authorize_scopes: text, oidc_issuer: issuer = "" } = details;
  const { team_id: teamId = "", key_id: keyId = "", attributes_request_method: method } = details;
  const bare: IdentityProviderSettings =
    type === "OIDC"
      ? { type, clientId, issuer, ...(method === "POST" && { attributesRequestMethod: method }) }
      : type === "SignInWithApple"
        ? { type, clientId, teamId, keyId }
        : { type, clientId };
  if (text === undefined || text === detailsOf(bare).authorize_scopes) return bare;
  return { ...bare, scopes: text.split(/[\s,]+/).filter(Boolean) };
}

/**
 * The domain of a pool's sign-in pages, as a setting.
 * @returns undefined if no setting covers it: a custom domain whose certificate is unknown
 */
export function proposeDomain(
  domain: DomainDescriptionType | undefined,
): Pick<PoolSettings, "domain" | "domainPrefix"> {
  const { Domain: name, CustomDomainConfig, ManagedLoginVersion } = domain ?? {};
  if (name === undefined) return {};
  const managed = ManagedLoginVersion === 2 ? ({ managedLogin: 2 } as const) : {};
  if (name.includes(".")) {
    const certificateArn = CustomDomainConfig?.CertificateArn;
    return certificateArn === undefined ? {} : { domain: { custom: name, certificateArn, ...managed } };
  }
  return ManagedLoginVersion === 2 ? { domain: { prefix: name, ...managed } } : { domainPrefix: name };
}

/** Moves scopes from `asIs` to `oauth`, if each is Cognito's or a declared resource server's. */
export function withScopes(client: ClientSettings, servers: ResourceServers | undefined): ClientSettings {
  const { oauth, clientCredentials, asIs } = client;
  const scopes = asIs?.allowedOauthScopes;
  const known = new Set([...STANDARD_SCOPES, ...scopesOf(servers)]);
  if (scopes === undefined || !scopes.every((scope) => known.has(scope))) return client;
  const { allowedOauthScopes: _, ...rest } = asIs ?? {};
  if (clientCredentials !== undefined) return { ...client, asIs: rest };
  return oauth === undefined ? client : { ...client, oauth: { ...oauth, scopes }, asIs: rest };
}

/** What a team should know about the services beside the pool. */
export function serviceNotes(
  { identityProviders = {} }: { readonly identityProviders?: IdentityProviders | undefined },
  leftOut: readonly string[],
): string[] {
  const secret = Object.entries(identityProviders).flatMap(([name, one]) =>
    secretOf(one) === undefined ? [] : [name],
  );
  return [
    ...(secret.length === 0
      ? []
      : [
          `The secrets of ${secret.join(", ")} stay in Cognito as they are; the deploy stores them in the state, in plain text. To change one, set TF_VAR_${SECRETS_VARIABLE} (a map by name) for the deploy, never config.ts.`,
        ]),
    ...(leftOut.length === 0 ? [] : [`These have no setting and stay as they are: ${leftOut.join(", ")}.`]),
  ];
}
