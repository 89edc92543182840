import { describe, expect, test } from "vitest";
import { exportPool, recordText } from "../../../lib/directory/import/export.ts";
import { recordedCognito } from "../../auth/recorded-cognito.ts";

const user = (name: string, attributes: Record<string, string> = {}, more: object = {}) => ({
  Username: `sub-${name}`,
  Enabled: true,
  UserStatus: "CONFIRMED",
  UserCreateDate: new Date("2026-01-02T03:04:05Z"),
  UserLastModifiedDate: new Date("2026-02-03T04:05:06Z"),
  Attributes: Object.entries({
    sub: `sub-${name}`,
    email: `${name}@example.com`,
    email_verified: "true",
    ...attributes,
  }).map(([Name, Value]) => ({ Name, Value })),
  ...more,
});

/** A pool that signs in by e-mail with one group, `ops`. */
async function exported(users: readonly object[], members: readonly object[] = []) {
  const { client } = recordedCognito(
    { UserPool: { Id: "us-east-1_pool", UsernameAttributes: ["email"] } },
    { Users: users },
    { Groups: [{ GroupName: "ops" }] },
    { Users: members },
  );
  return exportPool(client, { userPoolId: "us-east-1_pool", onProgress: () => {} });
}

describe("a pool's people, read back", () => {
  test("are a roster, and a record with ids, status and dates", async () => {
    const { roster, people } = await exported([user("a", { name: "A" })], [{ Username: "sub-a" }]);
    expect(JSON.parse(roster.text).users).toEqual({
      "a@example.com": { attributes: { name: "A" }, groups: ["ops"] },
    });
    expect(people).toEqual([
      {
        name: "a@example.com",
        sub: "sub-a",
        status: "CONFIRMED",
        enabled: true,
        createdAt: "2026-01-02T03:04:05.000Z",
        modifiedAt: "2026-02-03T04:05:06.000Z",
        groups: ["ops"],
        attributes: { email: "a@example.com", email_verified: "true", name: "A" },
      },
    ]);
  });

  test("are the same to the byte, whatever order the pool lists them and their attributes in", async () => {
    const [a, b] = [user("a", { name: "A", zoneinfo: "UTC" }), user("b")];
    const turned = { ...a, Attributes: a.Attributes.toReversed() };
    const [one, other] = [await exported([a, b]), await exported([b, turned])];
    expect(other.roster.text).toBe(one.roster.text);
    expect(recordText(other.people)).toBe(recordText(one.people));
  });

  test("a person a line in the record, also whom a roster can't hold", async () => {
    const { roster, people } = await exported([
      user("b"),
      user("a", {}, { UserStatus: "EXTERNAL_PROVIDER" }),
    ]);
    expect(roster.people).toEqual(["b@example.com"]);
    const lines = recordText(people).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(["a@example.com", "b@example.com"]);
  });

  test("without what looks like a secret, though somebody put it into an attribute", async () => {
    const secrets = { "custom:api_key": "k-123", "custom:password": "p-123", profile: "password: q-123" };
    const { roster, people } = await exported([user("a", { ...secrets, "custom:team": "blue" }), user("b")]);
    expect(people[0]?.attributes).toEqual({
      "custom:team": "blue",
      email: "a@example.com",
      email_verified: "true",
    });
    expect(recordText(people) + roster.text).not.toMatch(/[kpq]-123/);
  });

  test("of a pool that signs in by phone are known by their number", async () => {
    const { client } = recordedCognito(
      { UserPool: { Id: "p", UsernameAttributes: ["phone_number"], SmsConfiguration: {} } },
      {
        Users: [
          {
            Username: "sub-a",
            Attributes: [
              { Name: "sub", Value: "sub-a" },
              { Name: "phone_number", Value: "+819012345678" },
              { Name: "phone_number_verified", Value: "true" },
            ],
            Enabled: true,
            UserStatus: "CONFIRMED",
          },
        ],
      },
      { Groups: [] },
    );
    const { roster, people } = await exportPool(client, { userPoolId: "p", onProgress: () => {} });
    expect(JSON.parse(roster.text).users).toEqual({ "+819012345678": {} });
    expect(people.map(({ name }) => name)).toEqual(["+819012345678"]);
  });
});
