import { expect, test } from "vitest";
import { revokeSessions } from "../../lib/directory/revoke-sessions.ts";
import { cognitoException, recordedCognito } from "../auth/recorded-cognito.ts";

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
