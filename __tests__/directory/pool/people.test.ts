import { describe, expect, test } from "vitest";
import { listPeople } from "../../../lib/directory/pool/people.ts";
import { cognitoException, recordedCognito } from "../../auth/recorded-cognito.ts";

const user = (index: number) => ({
  Username: `sub-${index}`,
  Attributes: [
    { Name: "sub", Value: `sub-${index}` },
    { Name: "email", Value: `p${index}@example.com` },
    { Name: "custom:team", Value: "blue" },
  ],
  Enabled: index !== 1,
  UserStatus: "CONFIRMED",
  UserCreateDate: new Date(1_000),
  UserLastModifiedDate: new Date(2_000),
});
const users = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => user(from + index));

describe("listing people", () => {
  test("asks for 60 at a time and follows the token, so that 150 people take 3 requests", async () => {
    const { client, sent } = recordedCognito(
      { Users: users(0, 60), PaginationToken: "second" },
      { Users: users(60, 60), PaginationToken: "third" },
      { Users: users(120, 30) },
    );
    const counts: number[] = [];
    const people = await listPeople(client, { userPoolId: "p", onProgress: (count) => counts.push(count) });
    expect(people).toHaveLength(150);
    expect(counts).toEqual([60, 120, 150]);
    expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListUsers", "ListUsers"]);
    expect(sent.map(({ input }) => input)).toEqual([
      { UserPoolId: "p", Limit: 60, PaginationToken: undefined },
      { UserPoolId: "p", Limit: 60, PaginationToken: "second" },
      { UserPoolId: "p", Limit: 60, PaginationToken: "third" },
    ]);
  });

  test("a page without anybody but with a token is not the last one", async () => {
    const { client } = recordedCognito({ Users: [], PaginationToken: "more" }, { Users: users(0, 1) });
    expect(await listPeople(client, { userPoolId: "p" })).toHaveLength(1);
  });

  test("gives a person as the pool has them, the sub apart", async () => {
    const { client } = recordedCognito({ Users: [user(1)] });
    expect(await listPeople(client, { userPoolId: "p" })).toEqual([
      {
        username: "sub-1",
        sub: "sub-1",
        attributes: { email: "p1@example.com", "custom:team": "blue" },
        enabled: false,
        status: "CONFIRMED",
        createdAt: new Date(1_000),
        modifiedAt: new Date(2_000),
      },
    ]);
  });

  test("half a list is none: a failure on the second page is thrown", async () => {
    const failure = cognitoException("TooManyRequestsException");
    const { client } = recordedCognito({ Users: users(0, 60), PaginationToken: "second" }, failure);
    await expect(listPeople(client, { userPoolId: "p" })).rejects.toBe(failure);
  });
});
