import { createSign, generateKeyPairSync } from "node:crypto";
import { FetchError } from "aws-jwt-verify/error";
import { describe, expect, test } from "vitest";
import { deviceKeyOf, tokensOf, verifyTokens } from "../../lib/auth/tokens.ts";
import { UserError } from "../../lib/errors.ts";

const POOL = "eu-west-1_AbC";
const ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const others = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwks = {
  keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }],
};
const soon = Math.floor(Date.now() / 1_000) + 3_600;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
function sign(claims: object, { privateKey } = keys, header = { alg: "RS256", kid: "k1" }) {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}
const claims = { iss: ISSUER, sub: "sub", exp: soon, "cognito:groups": ["ops"] };
const accessClaims = { ...claims, token_use: "access", client_id: "client", username: "taro" };
const idClaims = {
  ...claims,
  token_use: "id",
  aud: "client",
  "cognito:username": "taro",
  email: "taro@example.com",
};
const access = (more = {}, ...how: [typeof keys?, { alg: string; kid: string }?]) =>
  sign({ ...accessClaims, ...more }, ...how);
const id = (more = {}) => sign({ ...idClaims, ...more });

function verify(
  tokens: { accessToken: string; idToken?: string },
  endpoint?: string,
  userPoolId: string = POOL,
) {
  const fetched: string[] = [];
  const fetchKeys = async (uri: string) => {
    fetched.push(uri);
    return new TextEncoder().encode(JSON.stringify(jwks)).buffer as ArrayBuffer;
  };
  const verification = { userPoolId, clientId: "client", endpoint, fetchKeys };
  return { result: verifyTokens(tokens, verification), fetched };
}

describe("the key of the device that tokens belong to", () => {
  test("is in the answer to the sign-in", () => {
    const NewDeviceMetadata = { DeviceKey: "us-east-1_device", DeviceGroupKey: "group" };
    const tokens = tokensOf({ AccessToken: "access", NewDeviceMetadata });
    expect(deviceKeyOf(tokens)).toBe("us-east-1_device");
  });

  test("or in the access token, for files that were saved without one", () => {
    expect(deviceKeyOf({ accessToken: access({ device_key: "us-east-1_older" }) })).toBe("us-east-1_older");
  });

  test("there is none where the user pool tracks no devices", () => {
    expect(tokensOf({ AccessToken: "access" })).toEqual({ accessToken: "access" });
    expect(deviceKeyOf({ accessToken: access() })).toBeUndefined();
    expect(deviceKeyOf({ accessToken: "no token" })).toBeUndefined();
  });
});

describe("tokens of Cognito", () => {
  test("that are in order say who it is, in which groups, and until when", async () => {
    const { result, fetched } = verify({ accessToken: access(), idToken: id() });
    expect(await result).toEqual({
      username: "taro",
      sub: "sub",
      email: "taro@example.com",
      groups: ["ops"],
      expiresAt: new Date(soon * 1_000),
    });
    expect(fetched).toEqual([`${ISSUER}/.well-known/jwks.json`]);
  });

  test("need no id token", async () => {
    expect(await verify({ accessToken: access() }).result).toMatchObject({ username: "taro" });
  });

  const past = soon - 7_200;
  test.each<[string, { accessToken: string; idToken?: string }]>([
    ["signed by somebody else", { accessToken: access({}, others) }],
    [
      "signed with a key the pool does not have",
      { accessToken: access({}, keys, { alg: "RS256", kid: "k2" }) },
    ],
    ["not signed at all", { accessToken: `${part({ alg: "none", kid: "k1" })}.${part(accessClaims)}.` }],
    ["of another user pool", { accessToken: access({ iss: `${ISSUER}d` }) }],
    ["of another app client", { accessToken: access({ client_id: "other" }) }],
    ["an id token in the place of the access token", { accessToken: id() }],
    ["that have ended", { accessToken: access({ exp: past }) }],
    ["that are no tokens", { accessToken: "opaque" }],
    ["with an id token for another audience", { accessToken: access(), idToken: id({ aud: "other" }) }],
    ["with an access token in the place of the id token", { accessToken: access(), idToken: access() }],
    ["with an id token that has ended", { accessToken: access(), idToken: id({ exp: past }) }],
    ["with somebody else's id token", { accessToken: access(), idToken: id({ sub: "other" }) }],
  ])("%s are not trusted, and not repeated", async (_, tokens) => {
    const error = await verify(tokens).result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    const { message, why, next } = error as UserError;
    expect(message).toContain("its tokens can't be trusted");
    expect(`${message} ${why} ${next}`).not.toMatch(/eyJ|opaque/);
  });

  test.each([
    ["by fetch", new Error("offline")],
    ["behind a company's proxy, by the verifier's own fetcher", new FetchError("https://x/jwks.json", "404")],
  ])(
    "whose keys cannot be had %s are not shown, and what was done before is said to hold",
    async (_, failure) => {
      const fetchKeys = () => Promise.reject(failure);
      await expect(
        verifyTokens({ accessToken: access() }, { userPoolId: POOL, clientId: "client", fetchKeys }),
      ).rejects.toMatchObject({
        message: "Cognito answered, but its tokens could not be verified",
        why: expect.stringContaining("took effect."),
      });
    },
  );
});

describe("tokens of a pool in China", () => {
  const pool = "cn-north-1_AbC";
  const iss = `https://cognito-idp.cn-north-1.amazonaws.com.cn/${pool}`;

  test("are verified with the keys at the domain there", async () => {
    const tokens = { accessToken: access({ iss }), idToken: id({ iss }) };
    const { result, fetched } = verify(tokens, undefined, pool);
    expect(await result).toMatchObject({ username: "taro" });
    expect(fetched).toEqual([`${iss}/.well-known/jwks.json`]);
  });

  test.each([
    [
      "of the same pool id elsewhere",
      access({ iss: `https://cognito-idp.cn-north-1.amazonaws.com/${pool}` }),
    ],
    ["of another app client", access({ iss, client_id: "other" })],
    ["that have ended", access({ iss, exp: 1 })],
    ["an id token in the place of the access token", id({ iss })],
    ["signed by another key", access({ iss }, others)],
  ])("%s are not trusted", async (_, accessToken) => {
    await expect(verify({ accessToken }, undefined, pool).result).rejects.toThrow("can't be trusted");
  });
});

describe("tokens of an emulator on this machine", () => {
  const endpoint = "http://127.0.0.1:9229";

  test.each([
    ["names itself as the issuer, as cognito-local does", `${endpoint}/${POOL}`],
    ["names AWS, as moto does", ISSUER],
  ])("that %s are verified with its own keys", async (_, iss) => {
    const { result, fetched } = verify({ accessToken: access({ iss }), idToken: id({ iss }) }, endpoint);
    expect(await result).toMatchObject({ username: "taro" });
    expect(fetched).toEqual([`${endpoint}/${POOL}/.well-known/jwks.json`]);
  });

  test("that names AWS's usual domain for a pool in China, as moto does, are verified too", async () => {
    const pool = "cn-north-1_AbC";
    const iss = `https://cognito-idp.cn-north-1.amazonaws.com/${pool}`;
    const { result } = verify({ accessToken: access({ iss }) }, endpoint, pool);
    expect(await result).toMatchObject({ username: "taro" });
  });

  test.each([
    ["signed by somebody else", access({ iss: `${endpoint}/${POOL}` }, others)],
    ["of another issuer", access({ iss: "http://127.0.0.1:1/pool" })],
    ["of another app client", access({ client_id: "other" })],
    ["that have ended", access({ exp: 1 })],
    ["an id token in the place of the access token", id()],
  ])("%s are not trusted either", async (_, accessToken) => {
    await expect(verify({ accessToken }, endpoint).result).rejects.toThrow("can't be trusted");
  });

  test.each(["http://10.0.0.7:9229", "https://cognito.example.com", "http://127.0.0.1.example.com"])(
    "anywhere else (%s) nothing is relaxed: issuer and keys are AWS's",
    async (elsewhere) => {
      const own = verify({ accessToken: access({ iss: `${elsewhere}/${POOL}` }) }, elsewhere);
      await expect(own.result).rejects.toThrow("can't be trusted");
      const { result, fetched } = verify({ accessToken: access() }, elsewhere);
      await result;
      expect(fetched).toEqual([`${ISSUER}/.well-known/jwks.json`]);
    },
  );
});
