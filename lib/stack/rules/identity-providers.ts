import { closest } from "../../roster/problem.ts";
import { quote } from "../../roster/redact.ts";
import { POOL } from "../defaults.ts";
import {
  type IdentityProviderSettings,
  type IdentityProviders,
  MAPPED_STANDARD,
  mappingOf,
  PROVIDER_TYPES,
} from "../identity-providers.ts";
import type { PoolSettings } from "../settings.ts";
import { declaredAttributes } from "./attributes.ts";
import * as limits from "./cognito-limits.ts";
import { doubtful, refused, type SettingProblem, settingPath, tooMany, wrong } from "./problem.ts";
import { isSecretName, secretInSettings } from "./shape-services.ts";

const CALL = refused("CreateIdentityProvider");

type Type = IdentityProviderSettings["type"];
type Given = Readonly<Record<string, unknown>>;

/** Which fields each type has, besides the common ones. */
const FIELDS: Readonly<Record<Type, { readonly must: readonly string[]; readonly may: readonly string[] }>> =
  {
    Google: { must: ["clientId"], may: ["scopes"] },
    Facebook: { must: ["clientId"], may: ["scopes"] },
    LoginWithAmazon: { must: ["clientId"], may: ["scopes"] },
    SignInWithApple: { must: ["clientId", "teamId", "keyId"], may: ["scopes"] },
    OIDC: { must: ["clientId", "issuer"], may: ["scopes", "attributesRequestMethod"] },
    SAML: { must: [], may: ["metadataUrl", "metadata"] },
  };

/** Fields of any type; shape.ts reports those that belong to none. */
const ALL_FIELDS = new Set(Object.values(FIELDS).flatMap(({ must, may }) => [...must, ...may]));

/** A pool can have one of each of these, named after its type (API reference, CreateIdentityProvider). */
const NAMED_BY_TYPE: readonly Type[] = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple"];

/** What is wrong or doubtful about other identity providers. */
export function* identityProviderProblems(
  providers: IdentityProviders = {},
  pool: PoolSettings,
): Generator<SettingProblem> {
  yield* tooMany("identityProviders", Object.keys(providers).length, limits.PROVIDERS_MAX);
  for (const [name, provider] of Object.entries(providers)) {
    const setting = settingPath(["identityProviders", name]);
    yield* nameProblems(setting, name, provider.type);
    yield* fieldProblems(setting, provider);
    yield* valueProblems(setting, provider);
    yield* identifierProblems(`${setting}.identifiers`, provider.identifiers ?? []);
    for (const detail of Object.keys(provider.details ?? {})) {
      const secret = isSecretName(detail) && secretInSettings(["identityProviders", name, "details"], detail);
      if (secret) yield secret;
    }
    yield* mappingProblems(name, provider, pool);
  }
}

function* nameProblems(setting: string, name: string, type: Type): Generator<SettingProblem> {
  if (NAMED_BY_TYPE.includes(type) && name !== type) {
    yield wrong({
      setting,
      message: `the provider of type ${quote(type)} must be named ${quote(type)}`,
      why: "A pool can have one of this type, with that name.",
      next: `Write ${type}: { type: ${quote(type)}, … }, and the same name in client.identityProviders.`,
    });
  } else if (!NAMED_BY_TYPE.includes(type) && ([...PROVIDER_TYPES, "COGNITO"] as string[]).includes(name)) {
    yield wrong({
      setting,
      message: `${quote(name)} is Cognito's own name for another provider`,
      why: CALL,
      next: "Give it a name of your own, such as the company's.",
    });
  } else if (!limits.NEW_PROVIDER.test(name)) {
    yield wrong({
      setting,
      message: `${quote(name)} is not a name of a provider`,
      why: name.includes(":") ? "Terraform couldn't import it, because it splits ids at colons." : CALL,
      next: "Use 3–32 letters, digits and symbols, but no space, underscore or colon.",
    });
  }
}

function* fieldProblems(setting: string, provider: IdentityProviderSettings): Generator<SettingProblem> {
  const { must, may } = FIELDS[provider.type];
  const given = provider as unknown as Given;
  for (const field of must) {
    if (given[field] !== undefined && String(given[field]).trim() !== "") continue;
    yield wrong({
      setting: `${setting}.${field}`,
      message: "it is required",
      why: `A provider of type ${quote(provider.type)} can't be reached without it.`,
      next: "Use the value that the provider shows for your registered app.",
    });
  }
  const other = Object.keys(given).filter(
    (field) => ALL_FIELDS.has(field) && !must.includes(field) && !may.includes(field),
  );
  for (const field of other) {
    yield wrong({
      setting: `${setting}.${field}`,
      message: `a provider of type ${quote(provider.type)} has no such setting`,
      why: "It would do nothing.",
      next: `Delete it. Providers of this type have ${[...must, ...may].join(", ")}.`,
    });
  }
  if (provider.type !== "SAML") return;
  const { metadataUrl, metadata } = provider;
  if ((metadataUrl === undefined) === (metadata === undefined)) {
    yield wrong({
      setting,
      message: metadata === undefined ? "it names no metadata" : "it has metadataUrl and metadata",
      why: "The metadata tells Cognito where to send people and whose signature to trust.",
      next: 'Write metadataUrl: "https://…", or metadata: readFileSync("FILE.xml", "utf8"): one of the two.',
    });
  }
}

function* valueProblems(setting: string, provider: IdentityProviderSettings): Generator<SettingProblem> {
  if (provider.type === "SAML") {
    const { metadataUrl, metadata } = provider;
    if (metadataUrl !== undefined && !isHttps(metadataUrl))
      yield notHttps(`${setting}.metadataUrl`, metadataUrl);
    if (metadata !== undefined && !/<(?:\w+:)?EntityDescriptor\b/.test(metadata)) {
      yield wrong({
        setting: `${setting}.metadata`,
        message: "there is no EntityDescriptor in it",
        why: CALL,
        next: "Use the XML itself, as the provider publishes it, not a file name.",
      });
    }
    return;
  }
  for (const [index, scope] of (provider.scopes ?? []).entries()) {
    if (/^[^\s,]+$/.test(scope)) continue;
    yield wrong({
      setting: `${setting}.scopes[${index}]`,
      message: `${quote(scope)} is not one scope`,
      why: "Cognito joins them itself.",
      next: 'Use a list with one scope per entry: ["openid", "email"].',
    });
  }
  if (provider.type === "OIDC" && provider.issuer !== undefined) {
    const { issuer, scopes } = provider;
    if (!isHttps(issuer)) yield notHttps(`${setting}.issuer`, issuer);
    else if (issuer.endsWith("/")) {
      yield doubtful({
        setting: `${setting}.issuer`,
        message: "it ends with a slash",
        why: "Tokens must name exactly this issuer, or no one gets in. Most providers have no slash there.",
        next: "Compare it with `issuer` in its /.well-known/openid-configuration.",
      });
    }
    if (scopes !== undefined && !scopes.includes("openid")) {
      yield wrong({
        setting: `${setting}.scopes`,
        message: '"openid" is not in it',
        why: "Without it the provider returns no ID token, which Cognito needs.",
        next: 'Add "openid".',
      });
    }
  }
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

const notHttps = (setting: string, text: string) =>
  wrong({
    setting,
    message: `${quote(text)} is not an https address`,
    why: `${CALL} Over http, anyone in between could sign in as anyone.`,
    next: 'Write it as "https://login.example.com/…".',
  });

function* identifierProblems(setting: string, identifiers: readonly string[]): Generator<SettingProblem> {
  yield* tooMany(setting, identifiers.length, limits.PROVIDER_IDENTIFIERS_MAX);
  for (const [index, identifier] of identifiers.entries()) {
    if (limits.PROVIDER_IDENTIFIER.test(identifier)) continue;
    yield wrong({
      setting: `${setting}[${index}]`,
      message: `${quote(identifier)} is not an identifier`,
      why: CALL,
      next: 'Write 1–40 letters, digits, spaces and _ + = . @ -, such as "example.com".',
    });
  }
}

function* mappingProblems(
  provided: string,
  provider: IdentityProviderSettings,
  pool: PoolSettings,
): Generator<SettingProblem> {
  const setting = settingPath(["identityProviders", provided, "attributeMapping"]);
  const { names: custom, types, schema } = declaredAttributes(pool);
  const fixed = new Set([
    ...Object.keys(types).filter((name) => types[name]?.immutable),
    ...schema.filter(({ mutable }) => mutable === false).map(({ name }) => name),
  ]);
  for (const attribute of Object.keys(provider.attributeMapping ?? {})) {
    const path = settingPath(["identityProviders", provided, "attributeMapping", attribute]);
    if (!MAPPED_STANDARD.includes(attribute) && !custom.includes(attribute)) {
      const bare = attribute.replace(/^custom:/, "");
      const meant = custom.includes(bare) ? bare : closest(attribute, [...MAPPED_STANDARD, ...custom]);
      yield wrong({
        setting: path,
        message: "the pool has no such attribute",
        why: CALL,
        next: meant
          ? `Did you mean ${quote(meant)}? The pool's attribute stands before the colon, the provider's after it.`
          : "Declare it in pool.customAttributes, or delete it. The pool's attribute stands before the colon.",
      });
    } else if (fixed.has(attribute)) {
      yield wrong({
        setting: path,
        message: "the attribute can't be changed",
        why: "Cognito writes mapped attributes at every sign-in, and refuses the sign-in if it can't (developer guide, attribute mapping).",
        next: "Delete it, or map to an attribute that is not immutable.",
      });
    }
  }
  const mapped = mappingOf(provider);
  for (const { name } of schema.filter(({ required }) => required === true)) {
    if (mapped[name] !== undefined) continue;
    yield wrong({
      setting,
      message: `the pool requires ${quote(name)} of everybody, and nothing is mapped to it`,
      why: "Cognito would refuse everyone from this provider.",
      next: `Write ${name}: "…", the provider's name for it.`,
    });
  }
  const { signInWith = POOL.signInWith } = pool;
  if (signInWith === "email" && mapped.email === undefined) {
    yield doubtful({
      setting,
      message: "nothing is mapped to email",
      why: "People of this pool are known by their e-mail address, and people from this provider would have none.",
      next: `Write ${provider.type === "SAML" ? '{ email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress" }' : '{ email: "email" }'}.`,
    });
  }
}
