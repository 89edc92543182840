import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import { told, usable } from "./usable.ts";

const text = (length: number) => "x".repeat(length);
const oauth = { callbackUrls: ["https://app.example.com/callback"] };

describe("what the app client asks of others", () => {
  const settings = (client: object) => usable({ domainPrefix: "team" }, { oauth, ...client });

  test("a scope of a resource server that there is not is refused; Cognito's own are there", () => {
    const scopes = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];
    expect(told(settings({ oauth: { ...oauth, scopes } }))).toEqual([]);
    expect(told(settings({ oauth: { ...oauth, scopes: [...scopes, "api/read"] } }))).toEqual([
      'error client.oauth.scopes[5]: "api/read" is a scope of a resource server, and the pool has none',
    ]);
  });

  test("unless asIs says that it is there", () => {
    const scopes = ["openid", "api/read"];
    const asIs = { allowedOauthScopes: scopes };
    expect(told(settings({ oauth: { ...oauth, scopes }, asIs }))).toEqual([]);
  });

  test("a provider may be made elsewhere: a warning, unless asIs has it", () => {
    const identityProviders = ["COGNITO", "Google"];
    expect(told(settings({ identityProviders }))).toEqual([
      'warning client.identityProviders: nothing here creates "Google"',
    ]);
    const asIs = { supportedIdentityProviders: identityProviders };
    expect(told(settings({ identityProviders, asIs }))).toEqual([
      "warning client.asIs.supportedIdentityProviders: it has a setting of its own: client.identityProviders",
    ]);
    expect(told(settings({ identityProviders: ["COGNITO"] }))).toEqual([]);
  });
});

describe("sign-in on Cognito's own pages", () => {
  test.each([
    ["https://app.example.com/callback?x=1", undefined],
    ["http://localhost:3333", undefined],
    ["http://127.0.0.1/x", undefined],
    ["http://[::1]:8080/", undefined],
    ["myapp://signed-in", undefined],
    ["http://app.example.com", /http, which would expose the code/],
    ["http://localhost.example.com", /http, which would expose the code/],
    ["https://app.example.com/#top", /fragment/],
    ["app.example.com/callback", /not an absolute address/],
    ["/callback", /not an absolute address/],
    ["https://app.example.com/a b", /not an absolute address/],
    [`https://app.example.com/${text(1024)}`, /not an absolute address/],
  ])("as a callback or logout URL, %s", (url, complaint) => {
    const urls = usable({ domainPrefix: "team" }, { oauth: { callbackUrls: [url], logoutUrls: [url] } });
    const problems = complaint && ["callbackUrls", "logoutUrls"].map((list) => `client.oauth.${list}[0]`);
    expect(checkSettings(urls).map(({ setting }) => setting)).toEqual(problems ?? []);
    if (complaint) expect(told(urls)[0]).toMatch(complaint);
  });

  test("more than 100 callback URLs, no scope, and a scope with a space", () => {
    const callbackUrls = Array.from({ length: 101 }, (_, i) => `https://app.example.com/${i}`);
    const scopes = (list: string[]) =>
      told(usable({ domainPrefix: "team" }, { oauth: { ...oauth, scopes: list } }));
    expect(told(usable({ domainPrefix: "team" }, { oauth: { callbackUrls } }))).toEqual([
      "error client.oauth.callbackUrls: 101 are too many",
    ]);
    expect(scopes([])).toEqual(["error client.oauth.scopes: it is empty"]);
    expect(scopes(["openid email"])).toEqual(['error client.oauth.scopes[0]: "openid email" is not a scope']);
  });
});
