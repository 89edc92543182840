import { expect, test, vi } from "vitest";
import { cognitoClient } from "../../lib/cognito/client.ts";
import { revokeSessions } from "../../lib/deploy/apply.ts";
import { cognitoException, recordedCognito } from "../auth/recorded-cognito.ts";
import { mostInASecond, startCountingCognito } from "../support/counting-cognito.ts";
import { emulatorEnvironment } from "../support/project.ts";

const options = (...usernames: string[]) => ({ userPoolId: "us-east-1_x", usernames });

test("each person's sessions are ended; one who cannot be signed out does not keep the others in", async () => {
  const denied = cognitoException("AccessDeniedException");
  const { client, sent } = recordedCognito({}, denied, {});
  const result = await revokeSessions(client, options("a", "b", "c"));
  expect(result).toEqual({ revoked: ["a", "c"], failed: [{ username: "b", error: denied }] });
  expect(sent.map(({ operation, input }) => [operation, input.Username])).toEqual([
    ["AdminUserGlobalSignOut", "a"],
    ["AdminUserGlobalSignOut", "b"],
    ["AdminUserGlobalSignOut", "c"],
  ]);
});

test("many people's sessions are ended at the same time, at UserUpdate's quota, in the order of the people", async () => {
  const server = await startCountingCognito({ answersAfter: 200 });
  for (const [name, value] of Object.entries(emulatorEnvironment(server.endpoint))) vi.stubEnv(name, value);
  const usernames = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const began = performance.now();
  const told: number[] = [];
  const { revoked } = await revokeSessions(cognitoClient(), {
    ...options(...usernames),
    onProgress: (done) => told.push(done),
  });
  vi.unstubAllEnvs();
  await server.stop();
  expect(revoked).toEqual(usernames);
  expect(told).toEqual(usernames.map((_, index) => index + 1));
  expect(mostInASecond(server.arrivals)).toBeLessThanOrEqual(25);
  // One after the other it would take 8 s.
  expect(performance.now() - began).toBeLessThan(4_000);
});

test.each([
  ["is gone already", cognitoException("UserNotFoundException")],
  ["is disabled, which revoked the tokens", cognitoException("NotAuthorizedException", "User is disabled.")],
])("whoever %s has no session left", async (_, error) => {
  const { client } = recordedCognito(error);
  expect(await revokeSessions(client, options("a"))).toEqual({ revoked: ["a"], failed: [] });
});

test("an abort stops it", async () => {
  const { client, sent } = recordedCognito({});
  const signal = AbortSignal.abort();
  await expect(revokeSessions(client, { ...options("a"), signal })).rejects.toThrow();
  expect(sent).toEqual([]);
});
