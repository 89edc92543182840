import { describe, expect, test } from "vitest";
import { adoptedClients, proposeClients } from "../../../lib/directory/import/clients.ts";

const client = (name: string, more: object = {}) => ({
  ClientName: name,
  ClientId: `id of ${name}`,
  ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] as const,
  ...more,
});
const propose = (found: object[], before = {}) => proposeClients(found as never, before);

describe("a pool's app clients", () => {
  test("one is the short form", () => {
    const found = [client("app")];
    expect(propose(found)).toMatchObject({ client: { name: "app" } });
    expect(adoptedClients(found as never, propose(found))).toEqual({ clientId: "id of app" });
  });

  test("several get names made of theirs, which adopt.json has, too; machines' come last", () => {
    const machine = {
      ClientSecret: "s",
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ["api/read"],
    };
    const found = [client("Batch", machine), client("Web App!"), client("web-app"), client("ウェブ")];
    const proposed = propose(found);
    expect(Object.keys(proposed.clients ?? {})).toEqual(["web_app", "web_app_2", "app", "batch"]);
    expect(proposed.clients?.batch).toMatchObject({
      name: "Batch",
      secret: true,
      clientCredentials: { scopes: ["api/read"] },
      asIs: { allowedOauthScopes: ["api/read"] },
    });
    expect(adoptedClients(found as never, proposed)).toEqual({
      clients: {
        batch: "id of Batch",
        web_app: "id of Web App!",
        web_app_2: "id of web-app",
        app: "id of ウェブ",
      },
    });
  });

  test("one that config.ts knows keeps its place there", () => {
    const before = { clients: { site: { name: "Web" } } };
    expect(Object.keys(propose([client("Web")], before).clients ?? {})).toEqual(["site"]);
  });

  test("what an app may read and write is proposed without the prefix; a name that no setting takes leaves it out", () => {
    const lists = { ReadAttributes: ["email", "custom:team"], WriteAttributes: ["dev:custom:x"] };
    const { client: proposed } = propose([client("app", lists)]);
    expect(proposed?.readAttributes).toEqual(["email", "team"]);
    expect(proposed).not.toHaveProperty("writeAttributes");
  });
});
