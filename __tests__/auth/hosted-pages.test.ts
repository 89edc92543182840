import { describe, expect, test } from "vitest";
import {
  beginHostedSignIn,
  hostedPages,
  hostedSignOutUrl,
  loopbackAddress,
  USUAL_CALLBACK,
} from "../../lib/auth/hosted-pages.ts";

const APP = { userPoolId: "eu-west-1_abc", clientId: "app" };

describe("the domain of the pages", () => {
  test.each([
    ["a prefix", "acme-people", "https://acme-people.auth.eu-west-1.amazoncognito.com"],
    ["a domain", "login.example.com", "https://login.example.com"],
    ["an address", "https://login.example.com/", "https://login.example.com"],
  ])("%s: tokens are the pool's", (_, domain, origin) => {
    const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc";
    expect(hostedPages(APP, domain, "eu-west-1")).toMatchObject({ origin, issuer });
  });

  test("in China, tokens name the domain there", () => {
    const app = { ...APP, userPoolId: "cn-north-1_abc" };
    expect(hostedPages(app, "login.example.com", "cn-north-1").issuer).toBe(
      "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc",
    );
  });

  test.each(["http://127.0.0.1:9229", "http://localhost:9229"])(
    "%s: an emulator on this machine is its own issuer",
    (domain) => {
      expect(hostedPages(APP, domain, undefined)).toMatchObject({
        origin: domain,
        issuer: `${domain}/eu-west-1_abc`,
      });
    },
  );

  test.each([
    ["http elsewhere, where passwords would go in the open", "http://login.example.com"],
    ["http that only looks like this machine", "http://localhost.example.com"],
    ["another name before an @", "http://127.0.0.1@example.com"],
    ["a path, which would be ignored", "https://login.example.com/oauth2"],
    ["another scheme", "javascript:alert(1)//localhost"],
    ["nothing", ""],
  ])("%s is refused", (_, domain) => {
    expect(() => hostedPages(APP, domain, "eu-west-1")).toThrow("That isn't a domain of sign-in pages");
  });

  test("a prefix without a region is refused: nobody knows where it is", () => {
    expect(() => hostedPages(APP, "acme-people", undefined)).toThrow("The domain's region is unknown: a");
  });
});

describe("the address that the browser comes back to", () => {
  const wanted = { setting: "client.oauth.callbackUrls", option: "--callback" };

  test.each([
    [
      "the first on this machine",
      ["https://app.example.com", "http://localhost:3333"],
      "http://localhost:3333",
    ],
    ["as the client spells it", ["http://127.0.0.1:3333/"], "http://127.0.0.1:3333/"],
    ["nothing is known of the client: the usual one", undefined, USUAL_CALLBACK],
  ])("%s", (_, allowed, address) => {
    expect(loopbackAddress({ ...wanted, allowed })).toBe(address);
  });

  test("one that was asked for must be allowed letter by letter, and the words name the setting", () => {
    const allowed = ["http://localhost:3333/"];
    const asked = "http://localhost:3333";
    expect(() => loopbackAddress({ ...wanted, allowed, asked })).toThrow(
      expect.objectContaining({
        message: "The app client doesn't allow a redirect to http://localhost:3333",
        next: expect.arrayContaining([
          'add "http://localhost:3333" to client.oauth.callbackUrls, deploy, then run the command again',
        ]),
        exitCode: 2,
      }),
    );
    expect(loopbackAddress({ ...wanted, allowed, asked: "http://localhost:3333/" })).toBe(allowed[0]);
  });

  test("a client that allows none on this machine is told which to add", () => {
    expect(() => loopbackAddress({ ...wanted, allowed: ["https://app.example.com"] })).toThrow(
      expect.objectContaining({
        next: [`add "${USUAL_CALLBACK}" to client.oauth.callbackUrls, deploy, then run the command again`],
      }),
    );
  });

  test.each(["https://app.example.com", "http://example.com", "https://localhost:3333", "no address"])(
    "--callback %s is not on this machine",
    (asked) => {
      expect(() => loopbackAddress({ ...wanted, asked })).toThrow(
        "--callback takes an address on this machine",
      );
    },
  );
});

describe("a sign-in", () => {
  const pages = hostedPages(APP, "acme-people", "eu-west-1");
  const begin = () => beginHostedSignIn(pages, { redirectUri: USUAL_CALLBACK, loginHint: "hanako & co" });

  test("has a state, a nonce and a PKCE challenge of its own, the person's name, and no scope", async () => {
    const [one, other] = [await begin(), await begin()].map(({ url }) => new URL(url));
    const { origin, pathname } = one as URL;
    expect(origin + pathname).toBe("https://acme-people.auth.eu-west-1.amazoncognito.com/oauth2/authorize");
    const { searchParams: given } = one as URL;
    expect(Object.fromEntries(given)).toMatchObject({
      response_type: "code",
      client_id: "app",
      redirect_uri: USUAL_CALLBACK,
      code_challenge_method: "S256",
      login_hint: "hanako & co",
    });
    expect(given.has("scope")).toBe(false);
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(given.get(name)).toMatch(/^[\w-]{43}$/);
      expect(other?.searchParams.get(name)).not.toBe(given.get(name));
    }
  });

  test("knows its own answer by the state, and takes no other", async () => {
    const signIn = await begin();
    const state = new URL(signIn.url).searchParams.get("state");
    expect(signIn.isAnswer(new URL(`${USUAL_CALLBACK}?code=1&state=${state}`))).toBe(true);
    const other = new URL(`${USUAL_CALLBACK}?code=1&state=other`);
    expect(signIn.isAnswer(other)).toBe(false);
    expect(signIn.isAnswer(new URL(`${USUAL_CALLBACK}?code=1`))).toBe(false);
    await expect(signIn.finish(other)).rejects.toThrow("The response doesn't belong to this sign-in,");
  });

  test.each([
    ["access_denied", "Sign-in was refused or cancelled on the page"],
    ["invalid_scope", "Cognito refused the app client's scopes"],
    ["unauthorized_client", "The app client doesn't allow the authorization code flow on Cognito's pages"],
    ["server_error", "Cognito's page ended without a sign-in (server_error)"],
    ["Call 555-1234!", "Cognito's page ended without a sign-in (no reason given)"],
  ])("refused with %s is said in words, and without what else the address says", async (error, message) => {
    const signIn = await begin();
    const url = new URL(`${USUAL_CALLBACK}?error_description=eyJ&state=`);
    url.searchParams.set("state", new URL(signIn.url).searchParams.get("state") ?? "");
    url.searchParams.set("error", error);
    await expect(signIn.finish(url)).rejects.toMatchObject({ message, name: "UserError" });
  });
});

test("a sign-out names the client and where to come back to, as Cognito's /logout wants them", () => {
  expect(hostedSignOutUrl(hostedPages(APP, "acme-people", "eu-west-1"), "http://localhost:3333")).toBe(
    "https://acme-people.auth.eu-west-1.amazoncognito.com/logout?client_id=app&logout_uri=http%3A%2F%2Flocalhost%3A3333",
  );
});
