import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import { told, usable } from "./usable.ts";

const text = (length: number) => "x".repeat(length);
const oauth = { callbackUrls: ["https://app.example.com/callback"] };

describe("sign-in on Cognito's own pages", () => {
  test.each([
    ["https://app.example.com/callback?x=1", undefined],
    ["http://localhost:3333", undefined],
    ["http://127.0.0.1/x", undefined],
    ["http://[::1]:8080/", undefined],
    ["myapp://signed-in", undefined],
    ["http://app.example.com", /http, which would show the code/],
    ["http://localhost.example.com", /http, which would show the code/],
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
