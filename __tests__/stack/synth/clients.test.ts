import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClientSettings } from "../../../lib/stack/settings.ts";
import type { Recorded } from "../../../lib/stack/synth/moved-blocks.ts";
import { synthesize } from "../../../lib/stack/synth/roster-stack.ts";
import { person } from "../../support/people.ts";
import { usable } from "../rules/usable.ts";
import { outdir } from "./synth.ts";

const { client: _, ...rest } = usable({ domainPrefix: "team", customAttributes: ["team"] });
const roster = { file: "users.json", people: [person("a@example.com")] };
const CLIENT = "aws_cognito_user_pool_client";

function stackOf(clients: Record<string, ClientSettings> | ClientSettings, more: object = {}) {
  const which = "name" in clients ? { client: clients } : { clients };
  const directory = synthesize({
    settings: { ...rest, ...(which as object) },
    roster,
    env: {},
    outdir,
    ...more,
  });
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
}
const recorded = (name: string, attributes: object): Recorded => ({
  type: CLIENT,
  name,
  key: null,
  attributes: { ...attributes },
});

describe("several app clients", () => {
  const CLIENTS = {
    web: { name: "web", secret: true, signInFlow: "password" },
    mobile: { name: "mobile" },
  } satisfies Record<string, ClientSettings>;

  test("are a block each, by their names in config.ts", () => {
    const clients = stackOf(CLIENTS).resource[CLIENT];
    expect(Object.keys(clients)).toEqual(["client_mobile", "client_web"]);
    expect(clients.client_web).toMatchObject({ name: "web", generate_secret: true });
  });

  test("the outputs name the first for the commands, and each", () => {
    const { output } = stackOf(CLIENTS);
    expect(output.user_pool_client_id.value).toBe(`\${${CLIENT}.client_web.id}`);
    expect(output.sign_in_flow.value).toBe("password");
    expect(output.user_pool_clients.value).toEqual({
      web: { id: `\${${CLIENT}.client_web.id}`, sign_in_flow: "password" },
      mobile: { id: `\${${CLIENT}.client_mobile.id}` },
    });
    expect(output.user_pool_client_secrets).toMatchObject({
      sensitive: true,
      value: { web: `\${${CLIENT}.client_web.client_secret}` },
    });
  });

  test("a client for machines is not the one that commands take", () => {
    const api = {
      name: "api",
      secret: true,
      clientCredentials: { scopes: ["api/read"] },
      asIs: { allowedOauthScopes: ["api/read"] },
    };
    const { output, resource } = stackOf({ api, ...CLIENTS });
    expect(output.user_pool_client_id.value).toBe(`\${${CLIENT}.client_web.id}`);
    expect(resource[CLIENT].client_api).toMatchObject({
      allowed_oauth_flows: ["client_credentials"],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: ["api/read"],
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      generate_secret: true,
    });
  });

  test("a team with one client sees nothing of it", () => {
    const { output } = stackOf({ name: "app" });
    expect(Object.keys(output)).not.toContain("user_pool_clients");
    expect(Object.keys(output)).not.toContain("client_attributes_said");
  });
});

describe("a client that gets another place in config.ts is the same one, by its name", () => {
  const moves = (...given: Parameters<typeof stackOf>): object[] =>
    (stackOf(...given).moved ?? []).filter(({ from }: { from: string }) => from.startsWith(CLIENT));

  test.each([
    [
      "from the short form to several",
      { web: { name: "app" }, api: { name: "api" } },
      ["client"],
      [["client", "client_web"]],
    ],
    ["back to the short form", { name: "app" }, ["client_web"], [["client_web", "client"]]],
    ["to another key", { site: { name: "app" } }, ["client_web"], [["client_web", "client_site"]]],
    ["nowhere, where it stays", { web: { name: "other" } }, ["client_web"], []],
    ["nowhere, where another has its name", { web: { name: "other" } }, ["client"], []],
  ] as const)("%s", (_what, clients, blocks, expected) => {
    const state = blocks.map((block) => recorded(block, { name: "app" }));
    expect(moves(clients as never, { recorded: state })).toEqual(
      expected.map(([from, to]) => ({ from: `${CLIENT}.${from}`, to: `${CLIENT}.${to}` })),
    );
  });

  test("of two with the same name neither is taken for the other", () => {
    const state = [recorded("client_a", { name: "app" }), recorded("client_b", { name: "app" })];
    expect(moves({ web: { name: "app" } }, { recorded: state })).toEqual([]);
    const one = [recorded("client", { name: "app" })];
    expect(moves({ web: { name: "app" }, mobile: { name: "app" } }, { recorded: one })).toEqual([]);
  });

  test("what its secret is stored in goes along", () => {
    const web = { name: "app", secret: true, secretStore: { ssm: "/people/app" } };
    const { moved } = stackOf({ web }, { recorded: [recorded("client", { name: "app" })] });
    expect(moved).toContainEqual({
      from: "aws_ssm_parameter.secret_of_client",
      to: "aws_ssm_parameter.secret_of_client_web",
    });
  });

  test("what it had is taken back in its new place, too", () => {
    const state = [recorded("client", { name: "app", auth_session_validity: 10 })];
    expect(stackOf({ web: { name: "app" } }, { recorded: state }).resource[CLIENT].client_web).toMatchObject({
      auth_session_validity: 3,
    });
  });
});

describe("what an app may read and write of people", () => {
  const client = (settings: object, more: object = {}) =>
    stackOf({ name: "app", ...settings }, more).resource[CLIENT].client;

  test("is written with the prefix of custom attributes, and remembered", () => {
    const given = { readAttributes: ["email", "team"], writeAttributes: ["name", "team"] };
    expect(client(given)).toMatchObject({
      read_attributes: ["email", "custom:team"],
      write_attributes: ["name", "custom:team"],
    });
    expect(stackOf({ name: "app", ...given }).output.client_attributes_said.value).toEqual(["client"]);
  });

  test("goes back to all once it is taken out; what config.ts never said stays", () => {
    expect(client({}, { attributesSaid: ["client"] })).toMatchObject({
      read_attributes: [],
      write_attributes: [],
    });
    expect(Object.keys(client({}))).not.toContain("read_attributes");
  });

  test("one list alone is said, and taken back, alone: an adopted client's other one is never widened to all", () => {
    const said = stackOf({ name: "app", readAttributes: ["email"] }).output.client_attributes_said.value;
    expect(said).toEqual(["client.readAttributes"]);
    const again = client({ readAttributes: ["email"] }, { attributesSaid: said });
    expect(Object.keys(again)).not.toContain("write_attributes");
    const out = client({}, { attributesSaid: said });
    expect(out).toMatchObject({ read_attributes: [] });
    expect(Object.keys(out)).not.toContain("write_attributes");
  });

  test.each([
    ["client", ["client"]],
    ["client_app", ["clients.app"]],
  ])("also of a client that has another place by now: %s", (block, attributesSaid) => {
    const state = [recorded(block, { name: "app" })];
    const moved = stackOf({ web: { name: "app" } }, { recorded: state, attributesSaid });
    expect(moved.resource[CLIENT].client_web).toMatchObject({ read_attributes: [], write_attributes: [] });
  });
});

describe("a secret that is stored", () => {
  test("as a parameter is in no output", () => {
    const { resource, output } = stackOf({
      web: { name: "web", secret: true, secretStore: { ssm: "/people/web" } },
    });
    expect(resource.aws_ssm_parameter.secret_of_client_web).toMatchObject({
      name: "/people/web",
      type: "SecureString",
      value: `\${${CLIENT}.client_web.client_secret}`,
    });
    expect(JSON.stringify(output)).not.toContain("client_secret");
  });

  test("in Secrets Manager", () => {
    const { resource } = stackOf({
      name: "app",
      secret: true,
      secretStore: { secretsManager: "people/app" },
    });
    expect(resource.aws_secretsmanager_secret.secret_of_client).toMatchObject({ name: "people/app" });
    expect(resource.aws_secretsmanager_secret_version.secret_of_client).toMatchObject({
      secret_id: "${aws_secretsmanager_secret.secret_of_client.id}",
      secret_string: `\${${CLIENT}.client.client_secret}`,
    });
  });
});
