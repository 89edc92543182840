import { describe, expect, test } from "vitest";
import { describeForWalk, runFirstLogins } from "../../../lib/directory/accounts/first-logins.ts";
import {
  cognitoException,
  newPasswordRequired,
  type Recorded,
  recordedCognito,
  tokens,
} from "../../auth/recorded-cognito.ts";

const APP = { userPoolId: "us-east-1_pool", clientId: "client" };
const live = (Username: string, UserStatus: string, email?: string) => ({
  Username,
  UserStatus,
  Attributes: email === undefined ? [] : [{ Name: "email", Value: email }],
});

async function walk(username: string, users: readonly object[], ...answers: Recorded[]) {
  const { client, sent } = recordedCognito({ Users: users }, ...answers);
  let srpRefused = 0;
  const entry = { username, temporaryPassword: "Temporary-1!", newPassword: "New-pass-77!", attributes: {} };
  const [walked] = await runFirstLogins(client, {
    app: APP,
    entries: [entry],
    onProgress: () => {},
    onSrpRefused: () => {
      srpRefused += 1;
    },
  });
  return { walked, operations: sent.map(({ operation }) => operation), srpRefused };
}

describe("a walk", () => {
  test.each([
    ["by username", "bot", [live("bot", "CONFIRMED")]],
    [
      "by address, in a pool that signs in by e-mail",
      "a@example.com",
      [live("sub", "CONFIRMED", "a@example.com")],
    ],
    ["in another letter case", "A@Example.com", [live("sub", "CONFIRMED", "a@example.com")]],
  ])("leaves whoever is CONFIRMED alone, %s: their passwords are not tried", async (_, username, users) => {
    const { walked, operations } = await walk(username, users);
    expect(walked).toEqual({ username, outcome: "finished-before" });
    expect(operations).toEqual(["ListUsers"]);
  });

  test("takes the very spelling before another one", async () => {
    const again = { Users: [live("bot", "FORCE_CHANGE_PASSWORD")] };
    const users = [live("Bot", "CONFIRMED"), ...again.Users];
    const srp = cognitoException("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.");
    const { walked, srpRefused } = await walk("bot", users, again, srp, newPasswordRequired("s1"), tokens);
    expect(walked).toEqual({ username: "bot", outcome: "finished" });
    expect(srpRefused).toBe(1);
  });

  test("leaves whoever has moved on since alone: they are looked at before each is walked", async () => {
    const meanwhile = { Users: [live("bot", "CONFIRMED")] };
    const { walked, operations } = await walk("bot", [live("bot", "FORCE_CHANGE_PASSWORD")], meanwhile);
    expect(walked).toEqual({
      username: "bot",
      outcome: "skipped",
      reason: "finished the first login in the meantime",
    });
    expect(operations).toEqual(["ListUsers", "ListUsers"]);
  });

  test("sends no request for somebody who is not in the pool", async () => {
    const { walked, operations } = await walk("nobody", [live("bot", "CONFIRMED")]);
    expect(walked).toMatchObject({
      outcome: "failed",
      error: { message: expect.stringContaining("nobody is not in") },
    });
    expect(operations).toEqual(["ListUsers"]);
  });

  test("names the attribute that the pool requires and the line lacks", async () => {
    const srp = cognitoException("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.");
    const again = { Users: [live("bot", "FORCE_CHANGE_PASSWORD")] };
    const asks = newPasswordRequired("s1", '["userAttributes.name"]');
    const { walked } = await walk("bot", again.Users, again, srp, asks);
    expect(walked).toMatchObject({
      outcome: "failed",
      error: {
        message: expect.stringContaining("requires the attribute name"),
        next: [expect.stringContaining('"attributes"')],
      },
    });
  });

  test("is refused where the pool requires a second factor, and goes ahead where one is optional", async () => {
    const pool = (MfaConfiguration: string) => recordedCognito({ UserPool: { MfaConfiguration } }).client;
    await expect(describeForWalk(pool("ON"), "p")).rejects.toMatchObject({ exitCode: 2 });
    expect(await describeForWalk(pool("OPTIONAL"), "p")).toEqual({ MfaConfiguration: "OPTIONAL" });
  });
});
