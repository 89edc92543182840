import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Settings } from "../../../lib/stack/settings.ts";
import type { Adoption } from "../../../lib/stack/synth/import-blocks.ts";
import type { Recorded } from "../../../lib/stack/synth/moved-blocks.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";
import { usable } from "../rules/usable.ts";
import { outdir, synth } from "./synth.ts";

const PEOPLE = [person("a@example.com")];
const API = "https://api.example.com";
const GOOGLE = { type: "Google", clientId: "1.apps.example", attributeMapping: { email: "email" } } as const;
const SECRET = { TF_VAR_identity_provider_secrets: '{"Google":"hush","SignInWithApple":"pem"}' };

/** The synthesized stack with these providers, where the state has what is recorded. */
function providers(
  identityProviders: NonNullable<Settings["identityProviders"]>,
  {
    recorded,
    env = {},
    adopt,
  }: { recorded?: readonly Recorded[]; env?: NodeJS.ProcessEnv; adopt?: Adoption } = {},
) {
  const directory = synthesize({
    settings: { ...usable({ customAttributes: ["team"] }), identityProviders },
    roster: { file: "users.json", people: PEOPLE },
    recorded,
    adopt,
    env,
    outdir,
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
}
const stateOf = (name: string, provider_details: Record<string, string>): Recorded[] => [
  { type: "aws_cognito_identity_provider", name, key: null, attributes: { provider_details } },
];
/** What of its details Terraform leaves as it is. */
const left = (json: ReturnType<typeof providers>, name: string): string[] =>
  json.resource.aws_cognito_identity_provider[name].lifecycle.ignore_changes.map(
    (path: string) => /"(.*)"/.exec(path)?.[1],
  );
/** The providers whose secret Terraform asks for. */
const asked = (json: ReturnType<typeof providers>): string[] =>
  (json.variable.identity_provider_secrets.validation ?? []).map(
    ({ error_message: message }: { error_message: string }) => /provider (\S+):/.exec(message)?.[1],
  );

describe("a pool with nothing beside it", () => {
  test("has no variable, and a client that waits for nothing", () => {
    const json = synth(PEOPLE);
    expect(Object.keys(json.variable)).toEqual(["temporary_passwords"]);
    expect(json.resource.aws_cognito_user_pool_client.client).not.toHaveProperty("depends_on");
    expect(Object.keys(json.resource)).not.toContain("aws_cognito_resource_server");
    expect(Object.keys(json.output)).not.toContain("user_pool_domain_target");
  });
});

describe("resource servers", () => {
  const json = synth(PEOPLE, {
    resourceServers: {
      [API]: { scopes: { read: "Reads ${it}", write: "Writes" } },
      jobs: { name: "Jobs", scopes: {} },
    },
  });

  test("are one block, with a name that Cognito takes, and their scopes", () => {
    expect(json.locals).toMatchObject({
      resource_server_names: { [API]: "https-api.example.com", jobs: "Jobs" },
      resource_server_scopes: { [API]: { read: 'Reads ${"$"}{it}', write: "Writes" }, jobs: {} },
    });
    expect(json.resource.aws_cognito_resource_server.servers).toMatchObject({
      for_each: "${local.resource_server_names}",
      identifier: "${each.key}",
      dynamic: { scope: { for_each: "${local.resource_server_scopes[each.key]}" } },
    });
  });

  test("the client waits for them", () => {
    expect(json.resource.aws_cognito_user_pool_client.client.depends_on).toEqual([
      "aws_cognito_resource_server.servers",
    ]);
  });
});

describe("a domain", () => {
  const domain = (pool: Partial<Settings["pool"]>) => {
    const json = synth(PEOPLE, usable(pool));
    return { domain: json.resource.aws_cognito_user_pool_domain?.domain, output: json.output };
  };

  test("is the same in its short form and its long one", () => {
    expect(domain({ domain: { prefix: "acme" } }).domain).toEqual(domain({ domainPrefix: "acme" }).domain);
  });

  test("of a team's own has its certificate, and an output with what its DNS leads to", () => {
    const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    const own = domain({ domain: { custom: "login.example.com", certificateArn, managedLogin: 2 } });
    expect(own.domain).toMatchObject({
      domain: "login.example.com",
      certificate_arn: certificateArn,
      managed_login_version: 2,
    });
    expect(own.output.user_pool_domain_target.value).toBe(
      "${aws_cognito_user_pool_domain.domain.cloudfront_distribution}",
    );
  });
});

describe("identity providers", () => {
  test("have their secret from a sensitive variable, and no word of it in the configuration", () => {
    const json = providers({ Google: GOOGLE }, { env: SECRET });
    expect(json.variable.identity_provider_secrets).toMatchObject({ sensitive: true, default: {} });
    expect(json.resource.aws_cognito_identity_provider.Google).toMatchObject({
      provider_name: "Google",
      provider_type: "Google",
      provider_details: {
        client_id: "1.apps.example",
        client_secret: '${lookup(var.identity_provider_secrets, "Google", "")}',
        authorize_scopes: "openid email profile",
      },
      attribute_mapping: { username: "sub", email: "email" },
    });
    expect(JSON.stringify(json)).not.toContain("hush");
    expect(json.resource.aws_cognito_user_pool_client.client.depends_on).toEqual([
      "aws_cognito_identity_provider.Google",
    ]);
  });

  test("with no secret among them need no variable", () => {
    const json = providers({ CorpAD: { type: "SAML", metadataUrl: "https://corp.example.com/md.xml" } });
    expect(Object.keys(json.variable)).toEqual(["temporary_passwords"]);
    expect(json.resource.aws_cognito_identity_provider.CorpAD).toMatchObject({
      provider_details: { MetadataURL: "https://corp.example.com/md.xml" },
      attribute_mapping: {},
    });
  });

  test("what Cognito fills in is left as it is, but for what the team says", () => {
    expect(left(providers({ Google: GOOGLE }), "Google")).toEqual([
      "attributes_url_add_attributes",
      "attributes_url",
      "authorize_url",
      "oidc_issuer",
      "token_request_method",
      "token_url",
    ]);
    const said = { ...GOOGLE, details: { token_url: "https://tokens.example.com" } };
    expect(left(providers({ Google: said }), "Google")).not.toContain("token_url");
  });

  test("what Cognito found out at one issuer is not sent along with another one", () => {
    const Okta = { type: "OIDC", clientId: "x", issuer: "https://new.example.com" } as const;
    const at = (oidc_issuer: string) =>
      providers({ Okta }, { recorded: stateOf("Okta", { client_id: "x", oidc_issuer }) });
    expect(left(at("https://new.example.com"), "Okta")).toContain("jwks_uri");
    expect(left(at("https://old.example.com"), "Okta")).not.toContain("jwks_uri");
  });

  test.each([
    ["is new", {}, ["Google"]],
    ["is new, and the environment has its secret", { env: SECRET }, ["Google"]],
    ["is deployed", { recorded: stateOf("Google", { client_id: "1.apps.example" }) }, []],
    ["gets another client", { recorded: stateOf("Google", { client_id: "2.apps.example" }) }, ["Google"]],
    [
      "is deployed, and the environment has a secret, which may be a new one",
      { recorded: stateOf("Google", { client_id: "1.apps.example" }), env: SECRET },
      ["Google"],
    ],
    [
      "is in the pool, and is adopted",
      { adopt: { userPoolId: "us-east-1_x", people: [], identityProviders: ["Google"] } },
      [],
    ],
    [
      "was adopted, and gets another client",
      {
        adopt: { userPoolId: "us-east-1_x", people: [], identityProviders: ["Google"] },
        recorded: stateOf("Google", { client_id: "2.apps.example" }),
      },
      ["Google"],
    ],
  ])("the secret of a provider that %s", (_, known, needed) => {
    const json = providers({ Google: GOOGLE }, known);
    expect(asked(json)).toEqual(needed);
    expect(left(json, "Google").includes("client_secret")).toBe(needed.length === 0);
  });

  test("goes after the client has let go of it; where its type changes, before the new one takes its name", () => {
    const CorpAD = { type: "SAML", metadataUrl: "https://corp.example.com/md.xml" } as const;
    const deployedAs = (provider_type: string) =>
      providers(
        { CorpAD },
        {
          recorded: [
            {
              type: "aws_cognito_identity_provider",
              name: "CorpAD",
              key: null,
              attributes: { provider_type },
            },
          ],
        },
      ).resource.aws_cognito_identity_provider.CorpAD.lifecycle.create_before_destroy;
    expect(deployedAs("SAML")).toBe(true);
    expect(deployedAs("OIDC")).toBe(false);
  });

  test("Apple's key, which Cognito never tells, is only written with another key id", () => {
    const SignInWithApple = { type: "SignInWithApple", clientId: "c", teamId: "t", keyId: "k" } as const;
    const withKey = (key_id: string) =>
      providers(
        { SignInWithApple },
        { env: SECRET, recorded: stateOf("SignInWithApple", { client_id: "c", key_id }) },
      );
    expect(left(withKey("k"), "SignInWithApple")).toContain("private_key");
    expect(left(withKey("older"), "SignInWithApple")).not.toContain("private_key");
  });

  test("custom attributes are mapped by Cognito's name for them", () => {
    const json = providers({ Google: { ...GOOGLE, attributeMapping: { team: "hd" } } });
    expect(json.resource.aws_cognito_identity_provider.Google.attribute_mapping).toEqual({
      username: "sub",
      "custom:team": "hd",
    });
  });

  test("each has an address of its own, whatever its name is made of", () => {
    const saml = { type: "SAML", metadataUrl: "https://x.example.com" } as const;
    const names = Object.keys(
      providers({ "Corp.AD": saml, "Corp-AD": saml, "2nd": saml, 会社の人: saml }).resource
        .aws_cognito_identity_provider,
    );
    expect(names.sort()).toEqual(["Corp-AD", "Corp_2e_AD", "_2nd", "_4f1a__793e__306e__4eba_"]);
  });
});

test("what an adopted pool has already is imported, as far as it is declared", () => {
  const directory = synthesize({
    settings: {
      ...usable(),
      resourceServers: { [API]: { scopes: {} } },
      identityProviders: { Google: GOOGLE },
    },
    roster: { file: "users.json", people: PEOPLE },
    adopt: {
      userPoolId: "us-east-1_x",
      people: [],
      resourceServers: [API, "other"],
      identityProviders: ["Google", "Facebook"],
    },
    env: {},
    outdir,
  });
  const json = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
  expect(json.import.slice(1)).toEqual([
    {
      for_each: "${local.adopted_resource_servers}",
      to: "aws_cognito_resource_server.servers[each.key]",
      id: "us-east-1_x|${each.key}",
    },
    { to: "aws_cognito_identity_provider.Google", id: "us-east-1_x:Google" },
  ]);
  expect(json.locals.adopted_resource_servers).toEqual({ [API]: API });
});
