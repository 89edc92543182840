import { z } from "zod";
import { plain } from "../../roster/problem.ts";
import type { CustomDomain, DomainSettings, PrefixDomain } from "../domain.ts";
import { type IdentityPoolSettings, ROLE_MATCHES, type RoleRule } from "../identity-pool.ts";
import {
  type AppleProvider,
  type IdentityProviderSettings,
  type OidcProvider,
  PROVIDER_TYPES,
  type SamlProvider,
  SECRETS_VARIABLE,
} from "../identity-providers.ts";
import type { ResourceServerSettings } from "../resource-servers.ts";
import { type SettingProblem, settingPath, wrong } from "./problem.ts";
import { section, texts } from "./shape-parts.ts";

const map = z.record(z.string(), z.string());

/** The fields of both kinds: rules/domain.ts tells them apart, with better messages. */
export const domain = section<PrefixDomain & CustomDomain>({
  prefix: z.string(),
  custom: z.string(),
  certificateArn: z.string(),
  managedLogin: z.literal([1, 2]),
}) as unknown as z.ZodType<DomainSettings>;

export const resourceServer = section<ResourceServerSettings>({ name: z.string(), scopes: map }, ["scopes"]);

export const identityPool = section<IdentityPoolSettings>({
  name: z.string(),
  clients: texts,
  authenticatedRoleArn: z.string(),
  guests: z.union([
    z.literal(true),
    section<{ readonly roleArn: string }>({ roleArn: z.string() }, ["roleArn"]),
  ]),
  roleRules: z.array(
    section<RoleRule>(
      { claim: z.string(), match: z.enum(ROLE_MATCHES), value: z.string(), roleArn: z.string() },
      ["claim", "value", "roleArn"],
    ),
  ),
  otherwise: z.enum(["authenticated", "deny"]),
  principalTags: map,
});

type AnyProvider = Omit<AppleProvider, "type"> &
  Omit<OidcProvider, "type"> &
  Omit<SamlProvider, "type"> &
  Pick<IdentityProviderSettings, "type">;

/** The fields of all types: rules/identity-providers.ts checks which type has which. */
export const identityProvider = section<AnyProvider>(
  {
    type: z.enum(PROVIDER_TYPES),
    clientId: z.string(),
    scopes: texts,
    teamId: z.string(),
    keyId: z.string(),
    issuer: z.string(),
    attributesRequestMethod: z.enum(["GET", "POST"]),
    metadataUrl: z.string(),
    metadata: z.string(),
    attributeMapping: map,
    identifiers: texts,
    details: map,
  },
  ["type"],
) as unknown as z.ZodType<IdentityProviderSettings>;

const SECRET = /^(?:client|app)?secret$|^privatekey/;

/** Whether a name is a secret's, however it is spelled. */
export const isSecretName = (name: string): boolean => SECRET.test(plain(name));

/** A provider's secret in config.ts: never reported as a misspelt setting, and its value is never shown. */
export function secretInSettings(path: readonly PropertyKey[], key: string): SettingProblem | undefined {
  if (path[0] !== "identityProviders" || !isSecretName(key)) return undefined;
  return wrong({
    setting: settingPath([...path, key]),
    message: "secrets must not be in config.ts",
    why: "It would be in git, in cdk.tf.json and in every copy. If it was committed, change it at the provider.",
    next: `Delete it here, and set TF_VAR_${SECRETS_VARIABLE} in the shell or the CI job that deploys: {"${String(path[1])}": "…"}.`,
  });
}
