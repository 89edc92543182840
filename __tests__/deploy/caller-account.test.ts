import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  accountNotices,
  callerAccount,
  callerIdentity,
  requireKnownAccount,
} from "../../lib/deploy/target.ts";

/** A server in the place of STS. */
let server: Server;
let asked = 0;
let authorization: string | undefined;
let answer: string | undefined;
const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    authorization = request.headers.authorization;
    // Without an answer, it never ends.
    if (answer !== undefined) response.writeHead(answer.startsWith("<Get") ? 200 : 404).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: endpoint(),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("the account that the credentials belong to", async () => {
  answer =
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
  expect(await callerAccount(process.env, "us-east-1")).toEqual({ account: "123456789012" });
});

test("an emulator without STS: unknown, and asked once", async () => {
  answer = "no such thing";
  expect(await callerAccount(process.env, "us-east-1")).toEqual({ unknown: "unanswered" });
  expect(asked).toBe(1);
});

test("no answer: unknown after three seconds", async () => {
  answer = undefined;
  const begun = Date.now();
  expect(await callerAccount(process.env, "us-east-1")).toEqual({ unknown: "unanswered" });
  expect(Date.now() - begun).toBeLessThan(6_000);
});

test("where only Cognito is an emulator, AWS itself is not asked", async () => {
  const env = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint() };
  expect(await callerAccount(env, "us-east-1")).toEqual({ unknown: "unasked" });
  expect(asked).toBe(0);
});

test("credentials that may not ask are told from an STS that gives no answer", async () => {
  answer = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
  expect(await callerAccount(process.env, "us-east-1")).toEqual({ unknown: "denied" });
});

describe("the identity of given credentials", () => {
  const session = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" };
  const identity = (env: NodeJS.ProcessEnv = process.env) => callerIdentity(env, "us-east-1", session);
  const refusal = (code: string) =>
    `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

  test("is their role, and is asked with them instead of the SDK's own", async () => {
    answer =
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:sts::123456789012:assumed-role/ops/s</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
    expect(await identity()).toEqual({
      account: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/ops/s",
    });
    expect(authorization).toContain("Credential=ASIA/");
  });

  test.each([
    ["InvalidClientTokenId", "invalid"],
    ["ExpiredToken", "invalid"],
    ["AccessDenied", "denied"],
    ["NoSuchThing", "unanswered"],
  ])("%s: %s", async (code, unknown) => {
    answer = refusal(code);
    expect(await identity()).toEqual({ unknown });
  });

  test.each(["AWS_ENDPOINT_URL_COGNITO_IDENTITY", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"])(
    "where only Cognito is an emulator (%s), AWS itself is not asked",
    async (name) => {
      expect(await identity({ [name]: endpoint() })).toEqual({ unknown: "unasked" });
      expect(asked).toBe(0);
    },
  );
});

test("a first deploy says that the account was not checked, except where only Cognito is an emulator", () => {
  expect(accountNotices({ account: "1" })).toEqual([]);
  expect(accountNotices({ unknown: "unasked" })).toEqual([]);
  expect(accountNotices({ unknown: "unanswered" })).toEqual([
    expect.stringContaining("STS didn't answer, so"),
  ]);
  expect(accountNotices({ unknown: "denied" })).toEqual([expect.stringContaining("sts:GetCallerIdentity")]);
});

test.each(["unanswered", "unasked"] as const)(
  "a plan that was kept for one account is refused where the account is unknown: %s",
  (unknown) => {
    expect(() => requireKnownAccount("p.tfplan", "111111111111", { unknown })).toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: "REFUSED: could not check that this is the AWS account 111111111111",
      }),
    );
  },
);

test("such a plan passes where the credentials may not ask, and where no account was known then either", () => {
  requireKnownAccount("p.tfplan", "111111111111", { unknown: "denied" });
  requireKnownAccount("p.tfplan", undefined, { unknown: "unanswered" });
  requireKnownAccount("p.tfplan", "111111111111", { account: "111111111111" });
});
