import { createSrpSession, signSrpSession } from "cognito-srp-helper";
import { describe, expect, test } from "vitest";
import type { Answers } from "../../lib/auth/answers.ts";
import { secretHash } from "../../lib/auth/secret-hash.ts";
import { firstLogin, signIn } from "../../lib/auth/sign-in.ts";
import * as srp from "../support/srp-server.ts";
import { cognitoException } from "./recorded-cognito.ts";
import { srpCognito } from "./srp-cognito.ts";

const hex = (value: bigint) => value.toString(16);

/** https://datatracker.ietf.org/doc/html/rfc5054#appendix-B */
describe("the test's own server half agrees with RFC 5054, appendix B", () => {
  const N = BigInt(
    "0xEEAF0AB9ADB38DD69C33F80AFA8FC5E86072618775FF3C0B9EA2314C9C256576D674DF7496EA81D3383B4813D692C6E0E0D5D8E250B98BE48E495C1D6089DAD15DC7D7B46154D6B6CE8EF4AD69B15D4982559B297BCF1885C529F566660E57EC68EDBC3C05726CC02FD4CBF4976EAA9AFD5138FE8376435B9FC61D2FC0EB06E3",
  );
  const padded = (value: bigint) => Buffer.from(hex(value).padStart(256, "0"), "hex");
  const group: srp.SrpGroup = { N, g: 2n, hash: "sha1", bytes: padded };
  const salt = Buffer.from("BEB25379D1A8581EB5A727673A2441EE", "hex");
  const a = BigInt("0x60975527035CF2AD1989806F0407210BC81EDC04E2762A56AFD529DDDA2D4393");
  const b = BigInt("0xE487CB59D31AC550471E81F00F6928E01DDA08E974A004F49E61F5D105284D20");
  const v = srp.verifier(group, salt, srp.digest(group, "alice:password123"));
  const A = srp.power(group.g, a, group);
  const B = srp.publicKey(group, v, b);
  const u = srp.scrambler(group, A, B);

  test.each([
    ["k", srp.multiplier(group), /^7556aa045aef2cdd07abaf0f665c3e818913186f$/],
    ["v", v, /^7e273de8696ffc4f4e337d05b4b375beb0dde156/],
    ["A", A, /^61d5e490f6f1b795/],
    ["B", B, /^bd0c61512c692c0c/],
    ["u", u, /^ce38b9593487da98554ed47d70a7ae5f462ef019$/],
    [
      "the premaster secret",
      srp.premaster(group, A, v, u, b),
      /^b0dc82babcf30674ae450c0287745e7990a3381f63b387aaf271a10d233861e359b48220f7c4693c9ae12b0a6f67809f0876e2d013800d6c41bb59b6d5979b5c00a172b4a2a5903a0bdcaf8a709585eb2afafa8f3499b200210dcc1f10eb33943cd67fc88a2f39a4be5bec4ec0a3212dc346d7e474b29ede8a469ffeca686e5a$/,
    ],
  ])("%s", (_, value, expected) => {
    expect(hex(value)).toMatch(expected);
  });
});

/** Fixed values of an independent implementation in Go: github.com/alexrudd/cognito-srp, cognitosrp_test.go. */
describe("fixed vectors of Cognito's variant", () => {
  const poolId = "eu-west-1_myPool";
  const given = 1234567890n;
  const A = srp.power(srp.COGNITO.g, given, srp.COGNITO);
  const timestamp = "Tue Jul 10 11:01:00 UTC 2018";
  const secretBlock = Buffer.from("secretssecrestssecrets").toString("base64");
  const SIGNATURE = "tdvQu/Li/qWl8Nni0aFPs+MwY4rvKZm0kSMrGIMSUHk=";

  test("k of the test's server", () => {
    expect(srp.multiplier(srp.COGNITO)).toBe(
      37772559067617796309459009502931177628717927509759535181635788491848250400486n,
    );
  });

  test("u of the test's server", () => {
    const [left, right] = [0x6d797365637265746861736841n, 0x6d797365637265746861736842n];
    expect(srp.scrambler(srp.COGNITO, left, right)).toBe(
      39743664823761398449876968619416475559594078623923024211668626611155104513539n,
    );
  });

  test("the claim's signature of the test's server, from the session key", () => {
    const key = Buffer.from("d96cde6c95dda17175c1293140c5a81f", "hex");
    expect(srp.signature(key, { poolName: "myPool", userId: "test", secretBlock, timestamp })).toBe(
      SIGNATURE,
    );
  });

  test("the claim's signature of the client that signs people in", () => {
    const session = createSrpSession("test", "test", poolId, false);
    const fixed = { ...session, smallA: hex(given), largeA: hex(A), timestamp };
    const challenge = {
      SALT: hex(given),
      SRP_B: hex(given),
      SECRET_BLOCK: secretBlock,
      USER_ID_FOR_SRP: "test",
    };
    const { passwordSignature } = signSrpSession(fixed, { ChallengeParameters: challenge });
    expect(passwordSignature).toBe(SIGNATURE);
  });

  test("the secret hash", () => {
    const app = { userPoolId: poolId, clientId: "123abd", clientSecret: "clientSecret" };
    expect(secretHash(app, "test")).toEqual({ SECRET_HASH: "LoIX/oPJWZzFYv8liJYRo+CHv16FNDY10JlZEDjL3Vg=" });
  });
});

describe("the SRP flow against an independent server half", () => {
  const NEW = "Correct-horse-77!";
  const answers: Answers = { newPassword: async () => NEW, attribute: async () => "", code: async () => "" };
  const pool = (more = {}) => ({
    userPoolId: "us-east-1_AbCdEf",
    clientId: "client",
    alias: "hanako@example.com",
    username: "5a1b0c3e-sub",
    userId: "5a1b0c3e-id",
    password: "Pässwörd 1 ひみつ",
    ...more,
  });
  const person = {
    userPoolId: "us-east-1_AbCdEf",
    clientId: "client",
    username: "hanako@example.com",
    answers,
  };

  test.each([
    ["without a client secret", {}],
    ["with one: every request carries the hash of the name it names", { clientSecret: "top" }],
  ])("signs in %s, and the password never leaves the machine", async (_, secret) => {
    const { client, sent } = srpCognito(pool(secret));
    const { tokens } = await signIn(client, { ...person, ...secret, password: "Pässwörd 1 ひみつ" });
    expect(tokens.accessToken).toBe("access");
    expect(sent.map(({ operation }) => operation)).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
    expect(JSON.stringify(sent)).not.toContain("Pässwörd");
  });

  test("a wrong password is refused in words, after one try", async () => {
    const { client, sent } = srpCognito(pool());
    await expect(signIn(client, { ...person, password: "Passwörd 1 ひみつ" })).rejects.toThrow(
      "Cognito refused the username or the password of hanako@example.com",
    );
    expect(sent).toHaveLength(2);
  });

  test("an answer that was lost has used the session up: the sign-in starts again by itself", async () => {
    const { client, sent } = srpCognito(pool());
    const { send } = client as { send: (command: object) => Promise<unknown> };
    let lost = false;
    const forgetful = {
      send: async (command: object) => {
        const answer = await send(command);
        if (lost || sent.at(-1)?.operation !== "RespondToAuthChallenge") return answer;
        lost = true;
        throw cognitoException(
          "NotAuthorizedException",
          "Invalid session for the user, session can only be used once.",
        );
      },
    } as typeof client;
    await expect(signIn(forgetful, { ...person, password: "Pässwörd 1 ひみつ" })).resolves.toBeDefined();
    expect(sent).toHaveLength(4);
  });

  test("a first login goes on to the new password under Cognito's own name, which signs in afterwards", async () => {
    const invited = pool({ temporary: true, password: "Temporary-1!", clientSecret: "top" });
    const { client, sent } = srpCognito(invited);
    const newcomer = { ...person, clientSecret: "top" };
    const { outcome } = await firstLogin(client, { ...newcomer, temporaryPassword: "Temporary-1!" });
    expect(outcome).toBe("confirmed");
    expect(JSON.stringify(sent)).not.toContain("Temporary-1!");
    await expect(signIn(client, { ...newcomer, password: NEW })).resolves.toBeDefined();
  });

  test.each(Array.from({ length: 6 }, (_, seed) => seed))("any numbers will do (run %i)", async () => {
    const { client } = srpCognito(pool({ password: "p" }));
    await expect(signIn(client, { ...person, password: "p" })).resolves.toBeDefined();
  });
});
