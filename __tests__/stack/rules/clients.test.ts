import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { ClientSettings, PoolSettings, Settings } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const { client: _, ...rest } = usable();
/** Settings with these app clients. */
const with_ = (clients: unknown, pool: Partial<PoolSettings> = {}): Settings => ({
  ...rest,
  pool: { ...rest.pool, ...pool },
  clients: clients as Record<string, ClientSettings>,
});
const machine = {
  name: "api",
  secret: true,
  clientCredentials: { scopes: ["api/read"] },
  asIs: { allowedOauthScopes: ["api/read"] },
};

describe("several app clients", () => {
  test("each is checked as the only one is, with its own place", () => {
    const clients = {
      web: { name: "web", oauth: { callbackUrls: ["http://app.example.com/"] } },
      mobile: { name: "m", tokenValidity: { accessToken: "2 days" }, signInFlow: "admin" },
    };
    expect(told(with_(clients, { domainPrefix: "team" }))).toEqual([
      expect.stringMatching(/^error clients\.web\.oauth\.callbackUrls\[0\]: /),
      expect.stringMatching(/^error clients\.mobile\.signInFlow: /),
      expect.stringMatching(/^error clients\.mobile\.tokenValidity\.accessToken: /),
    ]);
  });

  test("a misspelt setting, a name of Terraform's and asIs are told with the client's own place", () => {
    const [misspelt, theirs, asIs] = checkSettings(
      with_({
        web: {
          name: "web",
          callbackUrls: [],
          generate_secret: true,
          asIs: { callbackUrls: ["https://a.example.com/"] },
        },
      }),
    );
    expect(misspelt).toMatchObject({
      setting: "clients.web.callbackUrls",
      next: "Here it is called clients.web.oauth.callbackUrls.",
    });
    expect(theirs).toMatchObject({
      setting: "clients.web.generate_secret",
      next: "Here it is called clients.web.secret.",
    });
    expect(asIs).toMatchObject({
      setting: "clients.web.asIs.callbackUrls",
      message: "it has a setting of its own: clients.web.oauth.callbackUrls",
    });
  });

  test.each([
    [
      "the short form beside it",
      { ...with_({ web: { name: "web" } }), client: { name: "app" } },
      ["error client: it can't be used together with clients"],
    ],
    ["none", with_({}), ["error clients: it is empty"]],
    ["neither form", rest as Settings, ["error client: it is required"]],
    [
      "a name that is no part of an address",
      with_({ "web-app": { name: "web" } }),
      ['error clients["web-app"]: "web-app" can\'t be the key of an app client'],
    ],
    [
      "two of one name, of which neither could be recognised in another place",
      with_({ web: { name: "app" }, mobile: { name: "app" } }),
      ["warning clients.mobile.name: clients.web has the same name"],
    ],
    [
      "two whose secrets would be stored under one name",
      with_({
        web: { name: "web", secret: true, secretStore: { ssm: "/people/secret" } },
        mobile: { name: "mobile", secret: true, secretStore: { ssm: "/people/secret" } },
        other: { name: "other", secret: true, secretStore: { secretsManager: "/people/secret" } },
      }),
      ["error clients.mobile.secretStore: clients.web stores its secret there"],
    ],
    ["a list", with_([]), ["error clients: it must be an object", "error clients: it is empty"]],
  ])("%s", (_what, settings, problems) => {
    expect(told(settings)).toEqual(problems);
  });

  test("a scope, a domain and a first factor are asked of the client that needs them", () => {
    const settings = with_(
      {
        web: { name: "web", oauth: { callbackUrls: ["https://a.example.com/"], scopes: ["api/x"] } },
        api: machine,
      },
      { firstFactors: ["PASSWORD", "EMAIL_OTP"], recovery: "admin_only" },
    );
    const problems = told(settings);
    expect(problems).toContain(
      'error clients.web.oauth.scopes[0]: "api/x" is a scope of a resource server, and the pool has none',
    );
    expect(problems).toContain(
      "warning pool.domainPrefix: the pool has no domain, but clients.web has oauth",
    );
    expect(problems).toContain(
      "warning pool.domainPrefix: the pool has no domain, but clients.api has clientCredentials",
    );
    expect(problems.filter((problem) => problem.includes("authFlows"))).toEqual([
      expect.stringContaining("clients.web.authFlows: ALLOW_USER_AUTH is missing,"),
    ]);
  });
});

describe("a client for a machine", () => {
  const problems = (client: object) =>
    told(with_({ web: { name: "web" }, api: { ...machine, ...client } }, { domainPrefix: "team" }));

  test("has a secret, scopes of a resource server, and nobody who signs in", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ secret: false })).toEqual([
      "error clients.api.clientCredentials: the client has no secret, which the machine needs",
    ]);
    expect(problems({ clientCredentials: { scopes: ["openid"] } })).toEqual([
      'error clients.api.clientCredentials.scopes[0]: "openid" is about people, and this client is for a machine',
    ]);
    expect(problems({ clientCredentials: { scopes: [] } })).toEqual([
      "error clients.api.clientCredentials.scopes: it is empty",
    ]);
    expect(problems({ oauth: { callbackUrls: ["https://a.example.com/"] } })).toEqual([
      "error clients.api.clientCredentials: it can't be used together with oauth",
    ]);
    expect(problems({ clientCredentials: { scopes: ["api/write"] } })).toEqual([
      'error clients.api.clientCredentials.scopes[0]: "api/write" is a scope of a resource server, and the pool has none',
    ]);
  });

  test("is not enough by itself: people need one, too", () => {
    expect(told(with_({ api: machine }, { domainPrefix: "team" }))).toEqual([
      "warning clients: none of them is for people",
    ]);
  });
});

describe("what an app may read and write of people", () => {
  const problems = (client: object, pool: Partial<PoolSettings> = {}) =>
    told(with_({ web: { name: "web", ...client } }, pool));

  test("is made of attributes that the pool has", () => {
    const pool = { customAttributes: ["team"] };
    expect(
      problems({ readAttributes: ["email", "email_verified", "team"], writeAttributes: ["name"] }, pool),
    ).toEqual([]);
    expect(problems({ readAttributes: ["nmae", "custom:team", "shoe"] }, pool)).toEqual([
      'error clients.web.readAttributes[0]: the pool has no attribute "nmae"',
      'error clients.web.readAttributes[1]: the pool has no attribute "custom:team"',
      'error clients.web.readAttributes[2]: the pool has no attribute "shoe"',
    ]);
    expect(problems({ writeAttributes: ["email_verified"] })).toEqual([
      'error clients.web.writeAttributes[0]: apps can\'t write "email_verified"',
    ]);
    expect(problems({ readAttributes: [] })).toEqual(["error clients.web.readAttributes: it is empty"]);
  });

  test("what the pool requires of everybody must be writable", () => {
    const asIs = { schema: [{ name: "family_name", attributeDataType: "String", required: true }] };
    expect(problems({ writeAttributes: ["name"] }, { asIs })).toEqual([
      'error clients.web.writeAttributes: "family_name" must be listed: the pool requires it of everybody',
    ]);
  });
});

describe("where a secret is stored", () => {
  const problems = (client: object) => told(with_({ web: { name: "web", ...client } }));

  test.each(["/people/web", "people", "/people/web.client_secret-1"])("a parameter %s", (ssm) => {
    expect(problems({ secret: true, secretStore: { ssm } })).toEqual([]);
  });

  test.each(["people/web", "/aws/web", "ssm-web", "/people//web", "/people web", ""])(
    "not a parameter %j",
    (ssm) => {
      expect(problems({ secret: true, secretStore: { ssm } })).toEqual([
        expect.stringMatching(/^error clients\.web\.secretStore\.ssm: .* isn't a valid name for it$/),
      ]);
    },
  );

  test("a secret of Secrets Manager; only of a client that has one; in one place", () => {
    expect(problems({ secret: true, secretStore: { secretsManager: "people/web" } })).toEqual([]);
    expect(problems({ secretStore: { secretsManager: "people web" } })).toEqual([
      "error clients.web.secretStore: the client has no secret to store",
      'error clients.web.secretStore.secretsManager: "people web" isn\'t a valid name for it',
    ]);
    expect(problems({ secret: true, secretStore: { ssm: "a", secretsManager: "b" } })).toEqual([
      "error clients.web.secretStore: this isn't a place for a secret",
    ]);
  });
});
