import { STANDARD_ATTRIBUTES } from "../roster/formats.ts";

/** What every provider has. */
interface EveryProvider {
  /**
   * Which of the provider's attributes goes into which attribute of the pool at every sign-in: `{ email: "email", name: "name"
   * }`; custom attributes without their prefix.
   * @default only the identity: `username`, except with SAML, which uses the NameID
   */
  readonly attributeMapping?: Readonly<Record<string, string>>;
  /**
   * Names by which an app can select it, such as its people's e-mail domains, 1–40 characters each, at most 50. @default none
   */
  readonly identifiers?: readonly string[];
  /**
   * Overrides everything else, under Cognito's own names (ProviderDetails), for what has no setting here; never a secret.
   * @default none
   */
  readonly details?: Readonly<Record<string, string>>;
}

/** Google, Facebook, or Login with Amazon, each under that name. For its secret, see {@link IdentityProviderSettings}. */
export interface SocialProvider extends EveryProvider {
  readonly type: "Google" | "Facebook" | "LoginWithAmazon";
  /** The provider's identifier for the pool: its client id, or app id. */
  readonly clientId: string;
  /** What Cognito requests. @default the identity and the e-mail address */
  readonly scopes?: readonly string[];
}

/** Sign in with Apple, under the name "SignInWithApple". Its private key is a secret: see {@link IdentityProviderSettings}. */
export interface AppleProvider extends EveryProvider {
  readonly type: "SignInWithApple";
  /** The services ID, such as "com.example.login". */
  readonly clientId: string;
  readonly teamId: string;
  /** The private key's ID. A new key has a new one. */
  readonly keyId: string;
  /** @default ["email", "name"] */
  readonly scopes?: readonly string[];
}

/** Any OpenID Connect provider. For its client secret, see {@link IdentityProviderSettings}. */
export interface OidcProvider extends EveryProvider {
  readonly type: "OIDC";
  readonly clientId: string;
  /** https, without a trailing slash; Cognito reads the rest from its `/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** How Cognito requests a person's attributes. @default "GET" */
  readonly attributesRequestMethod?: "GET" | "POST";
  /** @default ["openid", "email"] */
  readonly scopes?: readonly string[];
}

/** A company directory that uses SAML 2.0. It has no secret. */
export interface SamlProvider extends EveryProvider {
  readonly type: "SAML";
  /** The metadata's URL, https: Cognito reads it again regularly. Or use `metadata`. */
  readonly metadataUrl?: string;
  /** The metadata itself, as XML: `readFileSync("corp.xml", "utf8")`. Or use `metadataUrl`. */
  readonly metadata?: string;
}

/**
 * Another identity provider. People who sign in through it get their own accounts in the pool, which are not in the roster.
 *
 * Secrets are never in config.ts: they come from the sensitive Terraform variable `identity_provider_secrets`, a map by the
 * provider's name (TF_VAR_identity_provider_secrets='{"Google":"…"}'), needed when a provider is created or its client changes;
 * for Apple, it is the private key. Without it, the deployed secret stays. The state has them in plain text.
 */
export type IdentityProviderSettings = SocialProvider | AppleProvider | OidcProvider | SamlProvider;

/** By the name that clients allow and Cognito shows. */
export type IdentityProviders = Readonly<Record<string, IdentityProviderSettings>>;

/** IdentityProviderTypeType in the Cognito API. */
export const PROVIDER_TYPES = [
  "Google",
  "Facebook",
  "LoginWithAmazon",
  "SignInWithApple",
  "OIDC",
  "SAML",
] as const satisfies readonly IdentityProviderSettings["type"][];

/** The sensitive Terraform variable with the secrets, by the provider's name. */
export const SECRETS_VARIABLE = "identity_provider_secrets";

/** Where Cognito keeps the secret, by the provider's type; SAML has none. */
export function secretOf({ type }: Pick<IdentityProviderSettings, "type">): string | undefined {
  if (type === "SAML") return undefined;
  return type === "SignInWithApple" ? "private_key" : "client_secret";
}

/** What every pool has besides custom attributes: the attributes that a mapping may name. */
export const MAPPED_STANDARD: readonly string[] = [
  "username",
  "email",
  "email_verified",
  "phone_number",
  "phone_number_verified",
  ...Object.keys(STANDARD_ATTRIBUTES),
];

/** The provider's attribute that identifies the person; a SAML response has a NameID for it. */
const SUBJECT = {
  Google: "sub",
  Facebook: "id",
  LoginWithAmazon: "user_id",
  SignInWithApple: "sub",
  OIDC: "sub",
  SAML: undefined,
} as const;

/** The mapping in the settings, with the entry that Cognito adds. */
export function mappingOf({
  type,
  attributeMapping,
}: IdentityProviderSettings): Readonly<Record<string, string>> {
  const subject = SUBJECT[type];
  return { ...(subject !== undefined && { username: subject }), ...attributeMapping };
}

const SCOPES = {
  Google: ["openid", "email", "profile"],
  Facebook: ["public_profile", "email"],
  LoginWithAmazon: ["profile"],
  SignInWithApple: ["email", "name"],
  OIDC: ["openid", "email"],
} as const;

/** ProviderDetails of CreateIdentityProvider, without the secret; for the names by type, see the API reference. */
export function detailsOf(provider: IdentityProviderSettings): Readonly<Record<string, string>> {
  const { details } = provider;
  if (provider.type === "SAML") {
    const { metadataUrl, metadata } = provider;
    return {
      ...(metadataUrl !== undefined && { MetadataURL: metadataUrl }),
      ...(metadata !== undefined && { MetadataFile: metadata }),
      ...details,
    };
  }
  const { type, clientId, scopes = SCOPES[type] } = provider;
  return {
    client_id: clientId,
    // Only Facebook uses commas (developer guide, "Adding social identity providers").
    authorize_scopes: scopes.join(type === "Facebook" ? ", " : " "),
    ...(type === "SignInWithApple" && { team_id: provider.teamId, key_id: provider.keyId }),
    ...(type === "OIDC" && {
      oidc_issuer: provider.issuer,
      attributes_request_method: provider.attributesRequestMethod ?? "GET",
    }),
    ...details,
  };
}

/** What Cognito returns although it was never set, by type: the same for everyone. */
const COGNITOS_OWN = {
  Google: ["attributes_url", "authorize_url", "oidc_issuer", "token_request_method", "token_url"],
  Facebook: ["attributes_url", "authorize_url", "token_request_method", "token_url"],
  LoginWithAmazon: ["attributes_url", "authorize_url", "token_request_method", "token_url"],
  SignInWithApple: ["authorize_url", "oidc_issuer", "token_request_method", "token_url"],
  OIDC: [],
  SAML: [],
} as const;

/** What Cognito discovers from the other details, and discovers again when they change: never sent with them. */
const FOUND_OUT = {
  OIDC: ["attributes_url", "authorize_url", "jwks_uri", "token_url"],
  SAML: ["ActiveEncryptionCertificate", "SLORedirectBindingURI", "SSORedirectBindingURI"],
} as const;

/** Where it discovers that. */
const SOURCES = ["oidc_issuer", "MetadataURL", "MetadataFile"] as const;

/**
 * Names in ProviderDetails that Cognito fills in besides the settings: every plan would remove them.
 * @param deployed the details of the last deploy. @default unknown
 */
export function computedDetails(
  provider: IdentityProviderSettings,
  deployed?: Readonly<Record<string, unknown>>,
): string[] {
  const said = detailsOf(provider);
  const { type } = provider;
  const moved =
    deployed !== undefined &&
    SOURCES.some((source) => said[source] !== undefined && said[source] !== deployed[source]);
  const found = type === "OIDC" || type === "SAML" ? FOUND_OUT[type] : [];
  const own = type === "SAML" ? [] : ["attributes_url_add_attributes", ...COGNITOS_OWN[type]];
  return [...own, ...(moved ? [] : found)].filter((name) => !Object.hasOwn(said, name));
}

/**
 * Whether a deployed provider's secret still matches the settings: the same client and, for Apple, the same key.
 * @param deployed its details
 */
export function secretStillFits(
  provider: IdentityProviderSettings,
  deployed: Readonly<Record<string, unknown>>,
): boolean {
  const said = detailsOf(provider);
  return ["client_id", "key_id"].every((name) => said[name] === undefined || said[name] === deployed[name]);
}

/**
 * The providers whose secrets are in the environment.
 * @returns "unknown" if it is not JSON, since Terraform accepts its own syntax as well
 */
export function secretsGiven(env: NodeJS.ProcessEnv): ReadonlySet<string> | "unknown" {
  const text = env[`TF_VAR_${SECRETS_VARIABLE}`];
  if (text === undefined || text.trim() === "") return new Set();
  try {
    const given: unknown = JSON.parse(text);
    return new Set(Object.keys(Object(given)));
  } catch {
    return "unknown";
  }
}

const MISSING = `${SECRETS_VARIABLE} has no secret for the identity provider `;

/** Terraform's message when a secret is missing. */
export const missingSecret = (name: string): string =>
  `${MISSING}${name}: set TF_VAR_${SECRETS_VARIABLE}, a map by name.`;

/** The provider that the message is about, if it is one of Terraform's. */
export function missingSecretIn(text: string): string | undefined {
  const [, rest] = text.split(MISSING);
  return rest?.split(`: set TF_VAR_${SECRETS_VARIABLE}`)[0];
}
