import { describe, expect, test } from "vitest";
import {
  proposeDomain,
  proposeServices,
  serviceNotes,
  withScopes,
} from "../../../lib/directory/import/services.ts";
import type { PoolServices } from "../../../lib/directory/pool/services.ts";

const POOL = { name: "people" };
const propose = (found: Partial<PoolServices>) =>
  proposeServices({ domain: undefined, resourceServers: [], identityProviders: [], ...found }, POOL);
const provider = (ProviderName: string, ProviderType: string, ProviderDetails: object, more: object = {}) =>
  propose({ identityProviders: [{ ProviderName, ProviderType, ProviderDetails, ...more } as never] }).settings
    .identityProviders?.[ProviderName];

test("a pool with nothing beside it needs no word", () => {
  expect(propose({})).toEqual({ settings: {}, leftOut: [] });
});

test("a resource server is declared with its scopes, and with its name where that is another", () => {
  const Scopes = [{ ScopeName: "read", ScopeDescription: "Reads" }];
  const resourceServers = [
    { Identifier: "https://api.example.com", Name: "https-api.example.com", Scopes },
    { Identifier: "jobs", Name: "Jobs" },
    { Identifier: "a|b", Name: "x" },
  ];
  expect(propose({ resourceServers })).toEqual({
    settings: {
      resourceServers: {
        "https://api.example.com": { scopes: { read: "Reads" } },
        jobs: { name: "Jobs", scopes: {} },
      },
    },
    leftOut: ["resource server a|b"],
  });
});

describe("an identity provider", () => {
  test("is declared without its secret, and without what Cognito fills in", () => {
    const details = {
      client_id: "x",
      client_secret: "hush",
      authorize_scopes: "email openid",
      authorize_url: "https://accounts.google.com/o/oauth2/v2/auth",
      oidc_issuer: "https://accounts.google.com",
    };
    const mapping = { AttributeMapping: { username: "sub", email: "email" } };
    expect(provider("Google", "Google", details, mapping)).toEqual({
      type: "Google",
      clientId: "x",
      scopes: ["email", "openid"],
      attributeMapping: { email: "email" },
    });
  });

  test("keeps in `details` what has no setting", () => {
    const MetadataURL = "https://corp.example.com/md.xml";
    const found = provider("CorpAD", "SAML", {
      MetadataURL,
      IDPSignout: "true",
      SSORedirectBindingURI: "https://x",
    });
    expect(found).toEqual({ type: "SAML", metadataUrl: MetadataURL, details: { IDPSignout: "true" } });
  });

  test("of Apple and of OpenID Connect has its own fields", () => {
    const apple = { client_id: "c", team_id: "t", key_id: "k", authorize_scopes: "email name" };
    expect(provider("SignInWithApple", "SignInWithApple", apple)).toEqual({
      type: "SignInWithApple",
      clientId: "c",
      teamId: "t",
      keyId: "k",
    });
    const oidc = { client_id: "c", oidc_issuer: "https://id.example.com", attributes_request_method: "POST" };
    expect(provider("Okta", "OIDC", { ...oidc, jwks_uri: "https://id.example.com/jwks" })).toEqual({
      type: "OIDC",
      clientId: "c",
      issuer: "https://id.example.com",
      attributesRequestMethod: "POST",
    });
  });

  test("that the rules refuse stays as it is, and is named", () => {
    const identityProviders = [
      { ProviderName: "Corp:AD", ProviderType: "SAML", ProviderDetails: {} } as never,
    ];
    expect(propose({ identityProviders })).toEqual({ settings: {}, leftOut: ["identity provider Corp:AD"] });
  });
});

test.each([
  ["none", undefined, {}],
  ["a prefix", { Domain: "acme" }, { domainPrefix: "acme" }],
  [
    "a prefix with managed login",
    { Domain: "acme", ManagedLoginVersion: 2 },
    { domain: { prefix: "acme", managedLogin: 2 } },
  ],
  [
    "one of its own",
    { Domain: "login.example.com", CustomDomainConfig: { CertificateArn: "arn" } },
    { domain: { custom: "login.example.com", certificateArn: "arn" } },
  ],
  ["one of its own whose certificate nobody knows", { Domain: "login.example.com" }, {}],
])("a domain: %s", (_, found, said) => {
  expect(proposeDomain(found)).toEqual(said);
});

test("a client's scopes of declared resource servers stand in oauth; of others, where they were", () => {
  const client = {
    name: "app",
    oauth: { callbackUrls: ["https://a.example.com/"], scopes: ["openid"] },
    asIs: { allowedOauthScopes: ["openid", "jobs/read"], generateSecret: undefined },
  };
  expect(withScopes(client, { jobs: { scopes: { read: "Reads" } } })).toEqual({
    name: "app",
    oauth: { callbackUrls: ["https://a.example.com/"], scopes: ["openid", "jobs/read"] },
    asIs: { generateSecret: undefined },
  });
  expect(withScopes(client, {})).toBe(client);
});

test("a team is told where the secrets are, and what stays as it is", () => {
  const identityProviders = { Google: { type: "Google", clientId: "x" }, CorpAD: { type: "SAML" } } as const;
  const [secrets = "", left = ""] = serviceNotes({ identityProviders }, ["resource server a|b"]);
  expect(secrets).toMatch(/^The secrets of Google stay .*TF_VAR_identity_provider_secrets/);
  expect(left).toContain("resource server a|b");
  expect(serviceNotes({}, [])).toEqual([]);
});
