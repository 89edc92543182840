import { describe, expect, test } from "vitest";
import { checkSettings, requireUsable } from "../../../lib/stack/rules/check.ts";
import type { PoolSettings, Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const API = "https://api.example.com";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/4f0c";
const EMAIL = { email: "email" };
const GOOGLE = { type: "Google", clientId: "x", attributeMapping: EMAIL } as const;
const SAML = {
  type: "SAML",
  metadataUrl: "https://corp.example.com/md.xml",
  attributeMapping: EMAIL,
} as const;
const OIDC = {
  type: "OIDC",
  clientId: "x",
  issuer: "https://id.example.com",
  attributeMapping: EMAIL,
} as const;

/** Problems of what is no setting at all are wanted, too: so the type is left open. */
const beside = (more: object, pool: Partial<PoolSettings> = {}): Settings =>
  ({ ...usable(pool), ...more }) as Settings;
const providers = (identityProviders: object, pool?: Partial<PoolSettings>) =>
  told(beside({ identityProviders }, pool));

test("a team can say all of it", () => {
  const settings: Settings = {
    ...usable(
      {
        domain: { custom: "login.example.com", certificateArn: CERTIFICATE, managedLogin: 2 },
        customAttributes: ["team"],
      },
      {
        oauth: { callbackUrls: ["https://app.example.com/"], scopes: ["openid", `${API}/read`] },
        identityProviders: ["COGNITO", "Google", "Okta", "CorpAD", "SignInWithApple"],
      },
    ),
    resourceServers: { [API]: { name: "Our API", scopes: { read: "Reads" } } },
    identityProviders: {
      Google: { ...GOOGLE, scopes: ["openid", "email"], attributeMapping: { email: "email", team: "hd" } },
      SignInWithApple: {
        type: "SignInWithApple",
        clientId: "c",
        teamId: "t",
        keyId: "k",
        attributeMapping: EMAIL,
      },
      Okta: { ...OIDC, attributesRequestMethod: "POST", identifiers: ["example.com"] },
      CorpAD: { ...SAML, details: { IDPSignout: "true" } },
    },
  };
  expect(checkSettings(settings)).toEqual([]);
});

describe("a domain", () => {
  const problems = (pool: object) => told(usable(pool as Partial<PoolSettings>));
  test.each<[string, object, string]>([
    [
      "by its short form and its long one",
      { domainPrefix: "acme", domain: { prefix: "acme" } },
      "error pool.domain: domainPrefix sets one too",
    ],
    ["of no name", { domain: {} }, "error pool.domain: it names none"],
    [
      "of two names",
      { domain: { prefix: "acme", custom: "login.example.com", certificateArn: CERTIFICATE } },
      "error pool.domain: it has both a prefix and a custom domain",
    ],
    [
      "whose prefix Cognito refuses",
      { domain: { prefix: "Acme" } },
      'error pool.domain.prefix: "Acme" is not a domain prefix',
    ],
    [
      "that is an address",
      { domain: { custom: "https://login.example.com", certificateArn: CERTIFICATE } },
      'error pool.domain.custom: "https://login.example.com" isn\'t a domain that Cognito accepts',
    ],
    [
      "without a certificate",
      { domain: { custom: "login.example.com" } },
      "error pool.domain.certificateArn: it is required",
    ],
    [
      "whose certificate is elsewhere",
      {
        domain: {
          custom: "login.example.com",
          certificateArn: CERTIFICATE.replace("us-east-1", "eu-west-1"),
        },
      },
      "error pool.domain.certificateArn: the certificate is in eu-west-1",
    ],
    [
      "whose certificate is none",
      { domain: { custom: "login.example.com", certificateArn: "arn:aws:iam::1:role/x" } },
      'error pool.domain.certificateArn: "arn:aws:iam::1:role/x" is not the ARN of a certificate',
    ],
    [
      "with managed login in a tier that has none",
      { tier: "LITE", domain: { prefix: "acme", managedLogin: 2 } },
      'error pool.domain.managedLogin: it needs the tier "ESSENTIALS" or "PLUS", and pool.tier is "LITE"',
    ],
  ])("%s", (_, pool, problem) => expect(problems(pool)).toEqual([problem]));
});

describe("a resource server", () => {
  test.each<[string, object, string]>([
    [
      "with a space in its identifier",
      { "our api": { scopes: {} } },
      '["our api"]: "our api" can\'t identify a resource server',
    ],
    [
      "that could not be imported",
      { "a|b": { scopes: {} } },
      '["a|b"]: "a|b" can\'t identify a resource server',
    ],
    [
      "whose name Cognito refuses",
      { jobs: { name: "a/b", scopes: {} } },
      '.jobs.name: "a/b" isn\'t a name that Cognito accepts',
    ],
    [
      "whose scope has the identifier before it",
      { jobs: { scopes: { "jobs/read": "Reads" } } },
      '.jobs.scopes["jobs/read"]: "jobs/read" can\'t name a scope',
    ],
    [
      "whose scope says nothing",
      { jobs: { scopes: { read: "" } } },
      ".jobs.scopes.read: 0 is outside 1–256 characters",
    ],
    ["without scopes", { jobs: {} }, ".jobs.scopes: it is required"],
  ])("%s", (_, resourceServers, problem) =>
    expect(told(beside({ resourceServers }))).toEqual([expect.stringContaining(`resourceServers${problem}`)]),
  );

  test("is one of 25 at most, with 100 scopes each", () => {
    const many = (count: number, value: unknown) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, value]));
    expect(told(beside({ resourceServers: many(26, { scopes: {} }) }))).toEqual([
      "error resourceServers: 26 are too many",
    ]);
    expect(told(beside({ resourceServers: { jobs: { scopes: many(101, "x") } } }))).toEqual([
      "error resourceServers.jobs.scopes: 101 are too many",
    ]);
  });

  test("gives its scopes to clients, and a misspelt one is told which was meant", () => {
    const scope = (name: string) =>
      checkSettings({
        ...usable(
          { domainPrefix: "acme" },
          { oauth: { callbackUrls: ["https://a.example.com/"], scopes: [name] } },
        ),
        resourceServers: { [API]: { scopes: { read: "Reads" } } },
      });
    expect(scope(`${API}/read`)).toEqual([]);
    expect(scope(`${API}/raed`)).toEqual([
      expect.objectContaining({
        setting: "client.oauth.scopes[0]",
        message: `"${API}/raed" isn't a scope of any declared resource server`,
        next: expect.stringContaining(`Did you mean "${API}/read"?`),
      }),
    ]);
  });
});

describe("an identity provider", () => {
  test.each<[string, object, string]>([
    [
      "of a social network under another name",
      { Gmail: GOOGLE },
      '.Gmail: the provider of type "Google" must be named "Google"',
    ],
    [
      "of a company under a social network's name",
      { Google: SAML },
      '.Google: "Google" is Cognito\'s own name for another provider',
    ],
    ["with a space in its name", { "Corp AD": SAML }, '["Corp AD"]: "Corp AD" is not a name of a provider'],
    ["that could not be imported", { "Corp:AD": SAML }, '["Corp:AD"]: "Corp:AD" is not a name of a provider'],
    [
      "without a client",
      { Google: { type: "Google", attributeMapping: EMAIL } },
      ".Google.clientId: it is required",
    ],
    [
      "with a setting of another type",
      { Google: { ...GOOGLE, issuer: "x" } },
      '.Google.issuer: a provider of type "Google" has no such setting',
    ],
    [
      "of SAML without metadata",
      { CorpAD: { type: "SAML", attributeMapping: EMAIL } },
      ".CorpAD: it names no metadata",
    ],
    [
      "of SAML with both kinds",
      { CorpAD: { ...SAML, metadata: "<EntityDescriptor/>" } },
      ".CorpAD: it has metadataUrl and metadata",
    ],
    [
      "whose metadata come over http",
      { CorpAD: { ...SAML, metadataUrl: "http://x.example.com" } },
      '.CorpAD.metadataUrl: "http://x.example.com" is not an https address',
    ],
    [
      "whose metadata are a file's name",
      { CorpAD: { type: "SAML", metadata: "corp.xml", attributeMapping: EMAIL } },
      ".CorpAD.metadata: there is no EntityDescriptor in it",
    ],
    [
      "whose issuer is no address",
      { Okta: { ...OIDC, issuer: "okta" } },
      '.Okta.issuer: "okta" is not an https address',
    ],
    [
      "of OIDC without an ID token",
      { Okta: { ...OIDC, scopes: ["email"] } },
      '.Okta.scopes: "openid" is not in it',
    ],
    [
      "with scopes in one text",
      { Okta: { ...OIDC, scopes: ["openid", "a b"] } },
      '.Okta.scopes[1]: "a b" is not one scope',
    ],
    [
      "of a type that there is not",
      { Okta: { type: "OAuth" } },
      '.Okta.type: "OAuth" is not an allowed value',
    ],
    [
      "that maps to what the pool has not",
      { Google: { ...GOOGLE, attributeMapping: { ...EMAIL, team: "hd" } } },
      ".Google.attributeMapping.team: the pool has no such attribute",
    ],
  ])("%s", (_, given, problem) => {
    expect(providers(given)).toEqual([`error identityProviders${problem}`]);
  });

  test("that maps to an attribute that can't change would let nobody in", () => {
    const pool = { customAttributes: { team: { type: "string", immutable: true } } } as const;
    expect(providers({ Google: { ...GOOGLE, attributeMapping: { ...EMAIL, team: "hd" } } }, pool)).toEqual([
      "error identityProviders.Google.attributeMapping.team: the attribute can't be changed",
    ]);
  });

  test("must give what the pool requires, and should give the address that people are known by", () => {
    const schema = [{ name: "family_name", attributeDataType: "String", required: true, mutable: true }];
    expect(providers({ Google: GOOGLE }, { asIs: { schema } })).toContain(
      'error identityProviders.Google.attributeMapping: the pool requires "family_name" of everybody, and nothing is mapped to it',
    );
    const bare = { Google: { type: "Google", clientId: "x" } };
    expect(providers(bare)).toEqual([
      "warning identityProviders.Google.attributeMapping: nothing is mapped to email",
    ]);
    expect(providers(bare, { signInWith: "username" })).toEqual([]);
  });

  test.each([
    ["clientSecret", { Google: { ...GOOGLE, clientSecret: "hush" } }],
    ["client_secret", { Google: { ...GOOGLE, client_secret: "hush" } }],
    ["privateKey", { Google: { ...GOOGLE, privateKey: "hush" } }],
    ["details.client_secret", { Google: { ...GOOGLE, details: { client_secret: "hush" } } }],
  ])("with a secret in it, %s, is refused without repeating it", (name, identityProviders) => {
    const settings = beside({ identityProviders });
    expect(told(settings)).toEqual([
      `error identityProviders.Google.${name}: secrets must not be in config.ts`,
    ]);
    expect(JSON.stringify(checkSettings(settings))).not.toContain("hush");
    expect(() => requireUsable(settings)).toThrow("TF_VAR_identity_provider_secrets");
  });

  test("that a client allows is declared, or told with what was meant", () => {
    const allowed = (name: string) =>
      checkSettings({ ...usable({}, { identityProviders: [name] }), identityProviders: { CorpAD: SAML } });
    expect(allowed("CorpAD")).toEqual([]);
    expect(allowed("CorpDA")).toEqual([
      expect.objectContaining({
        severity: "warning",
        setting: "client.identityProviders",
        message: 'nothing here creates "CorpDA"',
        next: expect.stringContaining('Did you mean "CorpAD"?'),
      }),
    ]);
  });
});
