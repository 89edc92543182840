/** @module-tag full */

import {
  CreateIdentityProviderCommand,
  CreateResourceServerCommand,
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
  ListIdentityProvidersCommand,
  UpdateIdentityProviderCommand,
  UpdateResourceServerCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type Call, type RetouchingProxy, startRetouchingProxy } from "../support/retouching-proxy.ts";

const API = "https://api.example.com";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/4f0c";
const SECRET = "hush-the-secret-of-google";
const WITH_SECRET = { TF_VAR_identity_provider_secrets: JSON.stringify({ Google: SECRET }) };

const POOL = 'name: "people"';
const DOMAIN = `${POOL}, domain: { custom: "login.example.com", certificateArn: "${CERTIFICATE}", managedLogin: 2 }`;
const BARE = 'client: { name: "app" }';
const RICH = `client: {
    name: "app",
    oauth: { callbackUrls: ["https://app.example.com/"], scopes: ["openid", "${API}/read"] },
    identityProviders: ["COGNITO", "Google", "CorpAD"],
  },
  resourceServers: { "${API}": { scopes: { read: "Reads", write: "Writes" } } },
  identityProviders: {
    Google: { type: "Google", clientId: "1.apps.example", attributeMapping: { email: "email" } },
    CorpAD: { type: "SAML", metadataUrl: "https://corp.example.com/md.xml", attributeMapping: { email: "mail" } },
  }`;
const OURS = [
  "aws_cognito_identity_provider.CorpAD",
  "aws_cognito_identity_provider.Google",
  `aws_cognito_resource_server.servers["${API}"]`,
  "aws_cognito_user_pool_domain.domain",
];

/**
 * What moto 5.2.1 lacks, kept here: UpdateResourceServer and DeleteResourceServer; the certificate and the login version of a
 * domain; and what Cognito fills in beside the settings of an identity provider, which only AWS knows for sure.
 */
function missingInMoto() {
  const servers = new Map<string, object | "gone">();
  const domains = new Map<string, object>();
  const called = ({ input }: Call) => String(input.Identifier);
  const notFound = { status: 400, body: { __type: "ResourceNotFoundException", message: "gone" } };
  const FILLED_IN: Readonly<Record<string, object>> = {
    Google: {
      authorize_url: "https://accounts.google.com/o/oauth2/v2/auth",
      oidc_issuer: "https://accounts.google.com",
    },
    CorpAD: { ActiveEncryptionCertificate: "MIIC", SSORedirectBindingURI: "https://corp.example.com/sso" },
  };
  return {
    answer(call: Call) {
      const { operation, input } = call;
      if (operation === "UpdateResourceServer") {
        servers.set(called(call), input);
        return { body: { ResourceServer: input } };
      }
      if (operation === "DeleteResourceServer") {
        servers.set(called(call), "gone");
        return { body: {} };
      }
      if (operation === "DescribeResourceServer" && servers.get(called(call)) === "gone") return notFound;
      if (operation === "CreateUserPoolDomain") domains.set(String(input.Domain), input);
      return undefined;
    },
    retouch({ operation, input }: Call, body: Record<string, unknown>) {
      if (operation === "DescribeResourceServer") {
        return { ResourceServer: servers.get(String(input.Identifier)) ?? body.ResourceServer };
      }
      if (operation === "ListResourceServers") {
        const found = body.ResourceServers as { Identifier: string }[];
        return {
          ResourceServers: found
            .map((one) => servers.get(one.Identifier) ?? one)
            .filter((one) => one !== "gone"),
        };
      }
      if (operation === "DescribeUserPool") {
        const [CustomDomain] = domains.keys();
        return { UserPool: { ...(body.UserPool as object), CustomDomain } };
      }
      if (operation === "DescribeUserPoolDomain" && Object.keys(Object(body.DomainDescription)).length > 0) {
        const { CustomDomainConfig, ManagedLoginVersion } = Object(domains.get(String(input.Domain)));
        return {
          DomainDescription: { ...Object(body.DomainDescription), CustomDomainConfig, ManagedLoginVersion },
        };
      }
      if (operation === "DescribeIdentityProvider") {
        const { ProviderDetails, ...rest } = Object(body.IdentityProvider);
        const filledIn = FILLED_IN[String(input.ProviderName)];
        return { IdentityProvider: { ...rest, ProviderDetails: { ...filledIn, ...ProviderDetails } } };
      }
      return body;
    },
  };
}

/** Real deploys; of moto, identity providers, clients, and resource servers that nobody changes. */
describe.skipIf(!inject("moto"))("a domain, resource servers and identity providers", () => {
  let moto: RunningEmulator;
  let proxy: RetouchingProxy;
  let project: Project;
  let ids: { readonly UserPoolId: string; readonly ClientId: string };

  const run = async (command: string, exitCode: number, env: NodeJS.ProcessEnv = {}) => {
    const result = await project.run(`node scripts/run.mjs ${command}`, { env });
    expect(result.exitCode, result.all).toBe(exitCode);
    expect(result.all).not.toContain(SECRET);
    return result;
  };
  const document = async (command: string, exitCode = 0) =>
    JSON.parse((await run(`${command} --json`, exitCode)).stdout);
  const sent = (operation: string) =>
    proxy.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  const admin = () => emulatorClient(proxy.endpoint);

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startRetouchingProxy(moto.endpoint, missingInMoto());
    project = await Project.withProvider({
      ...emulatorEnvironment(moto.endpoint),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: proxy.endpoint,
    });
    project.writeRoster({ "a@example.com": {} });
    project.configure(POOL, DOMAIN);
    project.configure(BARE, RICH);
  });
  afterAll(async () => {
    project?.remove();
    await proxy?.stop();
    await moto?.stop();
  });

  test("a secret that nobody has given is told before anything is made", async () => {
    const { words } = await run("plan", 1);
    expect(words).toContain("Missing secret for Google");
    expect(words).toContain(`TF_VAR_identity_provider_secrets='{"Google":"…"}'`);
  });

  test("are made before the client that names them, and the secret is in no file but the state", async () => {
    const { stdout } = await run("deploy --yes --json", 0, WITH_SECRET);
    const { deployment, summary } = JSON.parse(stdout);
    ids = { UserPoolId: deployment.userPoolId, ClientId: deployment.clientId };
    expect(summary).toContain("2 new ways in");
    expect(sent("CreateResourceServer")).toMatchObject([
      {
        Identifier: API,
        Name: "https-api.example.com",
        Scopes: expect.arrayContaining([{ ScopeName: "read", ScopeDescription: "Reads" }]),
      },
    ]);
    expect(sent("CreateUserPoolDomain")).toMatchObject([
      {
        Domain: "login.example.com",
        CustomDomainConfig: { CertificateArn: CERTIFICATE },
        ManagedLoginVersion: 2,
      },
    ]);
    const { IdentityProvider: google } = await admin().send(
      new DescribeIdentityProviderCommand({ ...ids, ProviderName: "Google" }),
    );
    expect(google).toMatchObject({
      ProviderType: "Google",
      ProviderDetails: {
        client_id: "1.apps.example",
        client_secret: SECRET,
        authorize_scopes: "openid email profile",
      },
      AttributeMapping: { email: "email", username: "sub" },
    });
    const { UserPoolClient: client } = await admin().send(new DescribeUserPoolClientCommand(ids));
    expect(client?.AllowedOAuthScopes?.toSorted()).toEqual([`${API}/read`, "openid"]);
    expect(client?.SupportedIdentityProviders?.toSorted()).toEqual(["COGNITO", "CorpAD", "Google"]);
    expect(project.read("cdktf.out/stacks/cognito-roster/cdk.tf.json")).not.toContain(SECRET);
  });

  test("then there is nothing to do, also for whoever has not the secret", async () => {
    expect((await run("plan", 0)).words).toContain("Nothing to do");
  });

  test("what is changed by hand, or made by hand, is told", async () => {
    await admin().send(
      new UpdateIdentityProviderCommand({
        ...ids,
        ProviderName: "CorpAD",
        ProviderDetails: { MetadataURL: "https://evil.example.com/md.xml" },
      }),
    );
    await admin().send(
      new UpdateResourceServerCommand({
        ...ids,
        Identifier: API,
        Name: "https-api.example.com",
        Scopes: [{ ScopeName: "read", ScopeDescription: "Reads" }],
      }),
    );
    await admin().send(new CreateResourceServerCommand({ ...ids, Identifier: "by-hand", Name: "by hand" }));
    await admin().send(
      new CreateIdentityProviderCommand({
        ...ids,
        ProviderName: "ByHand",
        ProviderType: "SAML",
        ProviderDetails: { MetadataURL: "https://evil.example.com/md.xml" },
      }),
    );
    const { drift, ways, summary } = await document("plan");
    expect(drift.services).toEqual([
      { what: "identity provider", name: "ByHand" },
      { what: "resource server", name: "by-hand" },
    ]);
    expect(drift.things.map(({ label }: { label: string }) => label).sort()).toEqual([OURS[0], OURS[2]]);
    expect(ways).toEqual([`${OURS[0]} signs in other people: provider_details.MetadataURL`]);
    expect(summary).toContain(
      "1 identity provider is declared nowhere, 1 resource server is declared nowhere",
    );
  });

  test("an import proposes the same settings, without the secret", async () => {
    const { config, adoption, notes } = await document(`import-users --user-pool-id ${ids.UserPoolId}`);
    expect(adoption).toMatchObject({
      domain: "login.example.com",
      resourceServers: expect.arrayContaining([API]),
      identityProviders: expect.arrayContaining(["Google", "CorpAD"]),
    });
    expect(config.replace(/\s+/g, " ").replaceAll(", }", " }")).toContain(
      'Google: { type: "Google", clientId: "1.apps.example", attributeMapping: { email: "email" } }',
    );
    expect(config).toContain(`certificateArn: "${CERTIFICATE}"`);
    // moto keeps them in any order.
    expect(config).toMatch(/scopes: \[(?=.*"openid")(?=.*"https:\/\/api\.example\.com\/read")[^,]*,[^,]*\]/);
    expect(notes.join("\n")).toContain("The secrets of Google stay in Cognito");
  });

  test("taken out of config.ts they are refused by name, and go once they are named, after the client let go of them", async () => {
    project.configure(DOMAIN, POOL);
    project.configure(RICH, BARE);
    const { refused } = await document("plan", 3);
    expect(
      refused.map(({ message }: { message: string }) => message.split(" would be deleted")[0]).sort(),
    ).toEqual(OURS);

    const named = OURS.map((address) => `--allow-replace ${address}`).join(" ");
    await run(`deploy --yes ${named}`, 0);
    expect(sent("DeleteResourceServer")).toMatchObject([{ Identifier: API }]);
    expect(sent("DeleteUserPoolDomain")).toMatchObject([{ Domain: "login.example.com" }]);
    const { Providers } = await admin().send(new ListIdentityProvidersCommand({ ...ids, MaxResults: 60 }));
    expect(Providers?.map(({ ProviderName }) => ProviderName)).toEqual(["ByHand"]);
    const operations = proxy.calls.map(({ operation }) => operation);
    const letGo = operations.lastIndexOf("UpdateUserPoolClient");
    expect(operations.indexOf("DeleteResourceServer")).toBeGreaterThan(letGo);
    expect(operations.indexOf("DeleteIdentityProvider")).toBeGreaterThan(letGo);
  });
});
