import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { callerAccount } from "../../lib/deploy/target.ts";

/** A server in the place of STS. */
let server: Server;
let asked = 0;
let answer: string | undefined;
const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  asked = 0;
  server = createServer((_, response) => {
    asked += 1;
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
  expect(await callerAccount(process.env, "us-east-1")).toBe("123456789012");
});

test("an emulator without STS: unknown, and asked once", async () => {
  answer = "no such thing";
  expect(await callerAccount(process.env, "us-east-1")).toBeUndefined();
  expect(asked).toBe(1);
});

test("no answer: unknown after three seconds", async () => {
  answer = undefined;
  const begun = Date.now();
  expect(await callerAccount(process.env, "us-east-1")).toBeUndefined();
  expect(Date.now() - begun).toBeLessThan(6_000);
});

test("where only Cognito is an emulator, AWS itself is not asked", async () => {
  const env = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint() };
  expect(await callerAccount(env, "us-east-1")).toBeUndefined();
  expect(asked).toBe(0);
});
