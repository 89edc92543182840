import { describe, expect, test } from "vitest";
import { changePassword } from "../../lib/auth/passwords.ts";
import { refresh, revokeToken, signOutEverywhere } from "../../lib/auth/session.ts";
import { answering, failing } from "./answering.ts";
import { cognitoException, type Recorded, recordedCognito } from "./recorded-cognito.ts";

const app = { userPoolId: "us-east-1_pool", clientId: "client" };
const secretApp = { ...app, clientSecret: "top" };
const HASH = expect.stringMatching(/^[\w+/]{43}=$/);

describe("refresh", () => {
  const renewed = (more = {}) => ({ AuthenticationResult: { AccessToken: "new", IdToken: "id", ...more } });
  const person = { ...app, username: "hanako@example.com", refreshToken: "old" };

  test("goes by REFRESH_TOKEN_AUTH, and keeps the refresh token that goes on being good", async () => {
    const { client, sent } = recordedCognito(renewed());
    expect(await refresh(client, person)).toEqual({
      tokens: { accessToken: "new", idToken: "id", refreshToken: "old" },
      rotated: false,
    });
    expect(sent).toEqual([
      {
        operation: "InitiateAuth",
        input: {
          ClientId: "client",
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: "old" },
        },
      },
    ]);
  });

  test("hashes Cognito's own name for the person", async () => {
    const hashes: unknown[] = [];
    for (const ownUsername of ["sub", undefined]) {
      const { client, sent } = recordedCognito(renewed());
      await refresh(client, { ...person, ...secretApp, ownUsername });
      expect(sent[0]?.input.AuthParameters).toEqual({ REFRESH_TOKEN: "old", SECRET_HASH: HASH });
      hashes.push(sent[0]?.input.AuthParameters);
    }
    expect(hashes[0]).not.toEqual(hashes[1]);
  });

  test("in a user pool that tracks devices the token goes with its device's key, and the key stays beside it", async () => {
    const { client, sent } = recordedCognito(renewed());
    const { tokens } = await refresh(client, { ...person, deviceKey: "us-east-1_device" });
    expect(sent[0]?.input.AuthParameters).toEqual({ REFRESH_TOKEN: "old", DEVICE_KEY: "us-east-1_device" });
    expect(tokens).toMatchObject({ refreshToken: "old", deviceKey: "us-east-1_device" });
  });

  test("where refresh tokens rotate, too", async () => {
    const refusal = cognitoException("NotAuthorizedException", "Refresh token rotation is enabled");
    const { client, sent } = recordedCognito(refusal, renewed({ RefreshToken: "newer" }));
    await refresh(client, { ...person, deviceKey: "us-east-1_device" });
    expect(sent[1]?.input).toMatchObject({ RefreshToken: "old", DeviceKey: "us-east-1_device" });
  });

  test("refused without the key, the words say where it is; with it, they don't", async () => {
    const refusal = cognitoException("NotAuthorizedException", "Invalid Refresh Token");
    const words = async (deviceKey?: string) =>
      failing(refresh(recordedCognito(refusal).client, { ...person, deviceKey }));
    expect(await words()).toMatch(/remembers devices[\s\S]*--tokens FILE/);
    expect(await words("us-east-1_device")).not.toContain("devices");
  });

  test.each([
    cognitoException("InvalidParameterException", "Refresh Token flow not enabled for this client"),
    cognitoException("InvalidParameterException", "Auth flow not enabled for this client"),
    cognitoException("NotAuthorizedException", "Refresh token rotation is enabled for this client"),
  ])("goes by GetTokensFromRefreshToken where rotation forbids the flow: $message", async (refusal) => {
    const { client, sent } = recordedCognito(refusal, renewed({ RefreshToken: "newer" }));
    expect(await refresh(client, { ...person, ...secretApp })).toEqual({
      tokens: { accessToken: "new", idToken: "id", refreshToken: "newer" },
      rotated: true,
    });
    expect(sent[1]).toEqual({
      operation: "GetTokensFromRefreshToken",
      input: { ClientId: "client", RefreshToken: "old", ClientSecret: "top" },
    });
  });

  test.each(["Invalid Refresh Token", "Refresh Token has been revoked", "Refresh Token has expired", "no"])(
    "does not try the other way for a token that is refused: %s",
    async (message) => {
      const { client, sent } = recordedCognito(cognitoException("NotAuthorizedException", message));
      expect(await failing(refresh(client, person))).toMatch(
        /refresh token of hanako.*not valid[\s\S]*npm run sign-in/,
      );
      expect(sent).toHaveLength(1);
    },
  );
});

describe("changePassword", () => {
  const change = (recorded: Recorded[], passwords: string[], policy = undefined) => {
    const { client, sent } = recordedCognito(...recorded);
    const { answers, asked, progress } = answering(passwords);
    const person = {
      ...app,
      username: "taro",
      answers,
      policy,
      accessToken: "access",
      presentPassword: "present",
    };
    return { result: changePassword(client, person), sent, asked, progress };
  };

  test("sends both passwords with the access token", async () => {
    const { result, sent, progress } = change([{}], ["next"]);
    await result;
    expect(sent[0]?.input).toEqual({
      AccessToken: "access",
      PreviousPassword: "present",
      ProposedPassword: "next",
    });
    expect(progress).toEqual(["new-password-set"]);
  });

  test.each([
    [
      "InvalidPasswordException",
      "Password did not conform with policy: Password not long enough",
      "be longer",
    ],
    ["PasswordHistoryPolicyViolationException", "", "not be one that was used before"],
  ])("asks again for one that Cognito refuses with %s", async (name, message, refused) => {
    const { result, asked } = change([cognitoException(name, message), {}], ["weak", "better"]);
    await result;
    expect(asked[1]).toMatchObject({ refused: [refused] });
  });

  test.each([
    ["Incorrect username or password.", /refused the username or the password of taro/],
    ["Access Token has expired", /access token of taro has expired[\s\S]*npm run refresh/],
    ["Access Token has been revoked", /access token of taro has expired/],
  ])("explains %s", async (message, words) => {
    const { result } = change([cognitoException("NotAuthorizedException", message)], ["next"]);
    expect(await failing(result)).toMatch(words);
  });
});

describe("sign-out", () => {
  const person = { ...secretApp, username: "taro" };

  test("revokes the refresh token, with the client's secret", async () => {
    const { client, sent } = recordedCognito({});
    await revokeToken(client, { ...person, refreshToken: "r" });
    expect(sent).toEqual([
      { operation: "RevokeToken", input: { Token: "r", ClientId: "client", ClientSecret: "top" } },
    ]);
  });

  test("everywhere signs out by the access token", async () => {
    const { client, sent } = recordedCognito({});
    await signOutEverywhere(client, { ...person, accessToken: "a" });
    expect(sent).toEqual([{ operation: "GlobalSignOut", input: { AccessToken: "a" } }]);
  });

  test("with another token than a refresh token says so", async () => {
    const { client } = recordedCognito(cognitoException("UnsupportedTokenTypeException"));
    expect(await failing(revokeToken(client, { ...person, refreshToken: "a" }))).toMatch(
      /isn't a refresh token/,
    );
  });
});
