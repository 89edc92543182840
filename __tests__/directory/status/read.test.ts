import { describe, expect, test } from "vitest";
import { readStatus, secondsBetween } from "../../../lib/directory/status/read.ts";
import { cognitoException, recordedCognito } from "../../auth/recorded-cognito.ts";
import { person } from "../../support/people.ts";
import { NAMES } from "./living.ts";

const user = (email: string, UserStatus: string, Enabled = true) => ({
  Username: `sub-${email}`,
  Attributes: [{ Name: "email", Value: email }],
  Enabled,
  UserStatus,
  UserLastModifiedDate: new Date(),
});
const POOL = {
  UserPool: { MfaConfiguration: "ON", Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } } },
};
const PEOPLE = {
  Users: [
    user("a@x.jp", "CONFIRMED"),
    user("b@x.jp", "FORCE_CHANGE_PASSWORD"),
    user("c@x.jp", "CONFIRMED", false),
    user("d@x.jp", "CONFIRMED"),
  ],
};
const options = {
  userPoolId: "p",
  roster: ["a@x.jp", "b@x.jp", "d@x.jp"].map((name) => person(name)),
  names: NAMES,
  onProgress: () => {},
};

describe("reading the board", () => {
  test("takes the pool's settings and its list, and reads nobody one by one", async () => {
    const { client, sent } = recordedCognito(POOL, PEOPLE);
    const { board } = await readStatus(client, options);
    expect(sent.map(({ operation }) => operation)).toEqual(["DescribeUserPool", "ListUsers"]);
    expect(board).toMatchObject({ validityDays: 3, mfa: false, expected: 3, waiting: 1 });
  });

  test("with second factors says first how many it will read: who has finished and is enabled", async () => {
    const { client, sent } = recordedCognito(
      POOL,
      PEOPLE,
      { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] },
      cognitoException("UserNotFoundException"),
    );
    const told: [number, number][] = [];
    const { board } = await readStatus(client, {
      ...options,
      mfa: true,
      onBilled: (people) => told.push([people, sent.length]),
    });
    expect(told).toEqual([[2, 2]]);
    expect(sent.slice(2).map(({ operation, input }) => [operation, input.Username])).toEqual([
      ["AdminGetUser", "sub-a@x.jp"],
      ["AdminGetUser", "sub-d@x.jp"],
    ]);
    expect(board.counts).toMatchObject({ mfa: 1, confirmed: 1, invited: 1, undeclared: 1 });
  });

  test("half of the factors are none: what fails is thrown", async () => {
    const denied = cognitoException("AccessDeniedException");
    const { client } = recordedCognito(POOL, PEOPLE, {}, denied);
    await expect(readStatus(client, { ...options, mfa: true })).rejects.toBe(denied);
  });
});

describe("a board that is watched takes a tenth of the quotas, every 10 s at most", () => {
  const quotas = { UserList: 30, UserRead: 120 };
  const counts = { confirmed: 900, mfa: 100, "mfa-pending": 200 } as never;
  test.each([
    [10, false, 10],
    [1_000, false, 10],
    [10_000, false, 56],
    [1_200, true, 100],
  ])("%i people, second factors %s: %i s", (people, mfa, seconds) => {
    const entries = Array.from({ length: people }) as never;
    expect(secondsBetween({ entries, mfa, counts }, quotas)).toBe(seconds);
  });
});
