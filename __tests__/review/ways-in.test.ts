import { describe, expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { waysIn } from "../../lib/review/ways-in.ts";
import { type Change, change, planOf } from "./plans.ts";

const GOOGLE = "aws_cognito_identity_provider.Google";
const CLIENT = "aws_cognito_user_pool_client.client";
const details = (more: object) => ({ provider_details: { client_id: "x", client_secret: "hush", ...more } });

/** What is told of a plan, where nobody was changed by hand. */
function told(changes: readonly Change[], drift: Partial<Drift> = {}) {
  const review = reviewPlan(planOf(...changes));
  const found = { review, drift: { ...NO_DRIFT, ...drift }, strangers: [] };
  return { ways: waysIn(review), headline: headline(found, []), lines: lines(found) };
}

describe("whoever gets in without a line of the roster is in the headline", () => {
  test("by an identity provider that is new", () => {
    const { ways, headline, lines } = told([change(GOOGLE, ["create"], null, details({}))]);
    expect(ways).toEqual([`${GOOGLE} is new: anyone it signs in gets in, wherever an app client allows it`]);
    expect(headline).toBe("1 other change — nothing irreversible, 1 new way in");
    expect(lines[0]?.what).toEqual([
      "is created: anyone it signs in gets in, wherever an app client allows it",
    ]);
  });

  test.each(["oidc_issuer", "MetadataURL", "MetadataFile", "client_id", "jwks_uri"])(
    "by one that signs in other people: another %s",
    (name) => {
      const { ways, headline } = told([
        change(GOOGLE, ["update"], details({ [name]: "old" }), details({ [name]: "new" })),
      ]);
      expect(ways).toEqual([`${GOOGLE} signs in other people: provider_details.${name}`]);
      expect(headline).toContain("1 new way in");
    },
  );

  test("by a provider and an address that an app client allows from now on; not by those that go", () => {
    const { ways, headline } = told([
      change(
        CLIENT,
        ["update"],
        { supported_identity_providers: ["COGNITO"], callback_urls: ["https://a.example.com/"] },
        { supported_identity_providers: ["COGNITO", "Google"], callback_urls: ["https://b.example.com/"] },
      ),
    ]);
    expect(ways).toEqual([
      "tokens may be sent to https://b.example.com/",
      "the app client accepts sign-ins through Google",
    ]);
    expect(headline).toContain("2 new ways in");
  });

  test.each<[string, Change]>([
    [
      "scopes are others",
      change(GOOGLE, ["update"], details({ authorize_scopes: "a" }), details({ authorize_scopes: "b" })),
    ],
    ["a provider goes", change(GOOGLE, ["delete"], details({}), null)],
    ["an address goes", change(CLIENT, ["update"], { callback_urls: ["https://a"] }, { callback_urls: [] })],
    [
      "a client goes on refreshing",
      change(
        CLIENT,
        ["update"],
        { explicit_auth_flows: [] },
        { explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] },
      ),
    ],
  ])("not where %s", (_, one) => {
    expect(told([one]).ways).toEqual([]);
  });

  test("not by what a first deploy makes of the client: all of it is new", () => {
    const client = change(CLIENT, ["create"], null, { callback_urls: ["https://a.example.com/"] });
    const { ways, lines } = told([change("aws_cognito_user_pool.pool", ["create"], null, {}), client]);
    expect(ways).toEqual([]);
    expect(lines.at(-1)?.what).toEqual(["is created"]);
  });

  test("by an app client that is new beside a pool that people are in, whatever it is called", () => {
    const mobile = {
      callback_urls: ["https://evil.example.com/"],
      explicit_auth_flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      allowed_oauth_flows: ["implicit"],
      logout_urls: [],
    };
    const { ways, lines } = told([
      change("aws_cognito_user_pool.pool", ["no-op"], {}, {}),
      change("aws_cognito_user_pool_client.client_mobile", ["create"], null, mobile),
      change("aws_cognito_user_pool_client.theirs", ["create"], null, {
        supported_identity_providers: ["COGNITO", "Google"],
      }),
    ]);
    expect(ways).toEqual([
      "the app client mobile issues tokens by the grant implicit",
      "tokens may be sent to https://evil.example.com/",
      "the app client mobile allows the flow ALLOW_ADMIN_USER_PASSWORD_AUTH",
      "the app client aws_cognito_user_pool_client.theirs accepts sign-ins through Google",
    ]);
    expect(lines.find(({ who }) => who === "app client mobile")?.what.join("; ")).toContain(
      'callback_urls: none → ["https://evil.example.com/"]',
    );
  });

  test("by an address at the end of a list that is too long to be shown; not by one that leaves such a list", () => {
    const many = Array.from({ length: 20 }, (_, index) => `https://app-${10 + index}.example.com/callback`);
    const callback = (from: readonly string[], to: readonly string[]) =>
      told([change(CLIENT, ["update"], { callback_urls: from }, { callback_urls: to })]);
    const evil = "https://z.evil.example.com/";
    const more = callback(many, [...many, evil]);
    expect(more.ways).toEqual([`tokens may be sent to ${evil}`]);
    expect(more.lines[0]?.what[1]).toBe(`callback_urls: + ${evil}`);
    const fewer = callback([...many, evil], many);
    expect(fewer.ways).toEqual([]);
    expect(fewer.lines[0]?.what[1]).toBe(
      `callback_urls: − ${evil} — sign-in or sign-out that leads to ${evil} stop working`,
    );
  });

  test("by sign-up, and by an account that resources.ts makes", () => {
    const signUp = (only: boolean) => ({
      admin_create_user_config: [{ allow_admin_create_user_only: only }],
    });
    const { ways } = told([
      change("aws_cognito_user_pool.pool", ["update"], signUp(true), signUp(false)),
      change("aws_cognito_user.theirs", ["create"], null, { username: "x" }),
    ]);
    expect(ways).toEqual(["anyone can sign up", "aws_cognito_user.theirs is an account outside the roster"]);
  });
});

test("a provider's secret is never told, also where Terraform does not call it sensitive", () => {
  const { lines } = told([
    change(
      GOOGLE,
      ["update"],
      details({ client_secret: "old-hush" }),
      details({ client_secret: "new-hush" }),
    ),
  ]);
  expect(lines[0]?.what).toEqual([
    "is changed",
    "provider_details.client_secret (not shown) — the credentials Cognito uses with the provider",
  ]);
});

test.each([
  ["aws_cognito_resource_server.servers", "name", /shown in the console/],
  ["aws_cognito_user_pool_domain.domain", "certificate_arn", /certificate that browsers see/],
  [
    "aws_cognito_user_pool_domain.domain",
    "managed_login_version",
    /is blank until the app client has a style/,
  ],
  [GOOGLE, "provider_details.authorize_scopes", /people are asked to share/],
])("%s %s: what it means for people", (address, name, words) => {
  const [block = "", inner] = name.split(".");
  const value = (text: string) => (inner === undefined ? { [block]: text } : { [block]: { [inner]: text } });
  const { lines } = told([change(address, ["update"], value("a"), value("b"))]);
  expect(lines[0]?.what[1]).toMatch(words);
});

test("what stands beside the pool, and nobody declared, is named and counted", () => {
  const { headline, lines } = told([], {
    services: [
      { what: "identity provider", name: "ByHand" },
      { what: "resource server", name: "https://x.example.com" },
    ],
  });
  expect(headline).toBe("1 identity provider is declared nowhere, 1 resource server is declared nowhere");
  expect(lines.map(({ who, tone }) => [who, tone])).toEqual([
    ["identity provider ByHand", "warn"],
    ["resource server https://x.example.com", "quiet"],
  ]);
});
