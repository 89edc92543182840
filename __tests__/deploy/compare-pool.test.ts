import { expect, test } from "vitest";
import { comparePool } from "../../lib/deploy/compare-pool.ts";
import { recordedCognito } from "../auth/recorded-cognito.ts";
import { person } from "../support/people.ts";

const live = (email: string) => ({
  Username: `sub-of-${email}`,
  Attributes: [
    { Name: "email", Value: email },
    { Name: "sub", Value: `sub-of-${email}` },
  ],
});
const inState = (key: string, name = "users", attributes: Record<string, unknown> = { enabled: true }) => ({
  type: "aws_cognito_user",
  name,
  key,
  attributes,
});
const OPTIONS = { userPoolId: "us-east-1_x", signInWith: "email", caseSensitive: false } as const;

test("one pass of ListUsers tells who is to be adopted, under the roster's spelling, and who is a stranger", async () => {
  const { client, sent } = recordedCognito(
    { Users: [live("known@example.com"), live("lost@example.com")], PaginationToken: "2" },
    { Users: [live("gone@example.com"), live("stranger@example.com")] },
  );
  const found = await comparePool(client, {
    ...OPTIONS,
    state: [inState("known@example.com"), inState("gone@example.com", "leaving")],
    people: [person("known@example.com"), person("Lost@example.com")],
  });
  expect(found.unrecorded).toEqual({ people: ["Lost@example.com"], groups: [] });
  expect(found.strangers).toEqual(["stranger@example.com"]);
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListUsers"]);
});

test("a pool that tells letter case apart takes Lost@ for somebody else", async () => {
  const { client } = recordedCognito({ Users: [live("lost@example.com")] });
  const people = [person("Lost@example.com")];
  const found = await comparePool(client, { ...OPTIONS, caseSensitive: true, state: [], people });
  expect(found).toMatchObject({ unrecorded: { people: [] }, strangers: ["lost@example.com"] });
});

test("someone whose address was changed is no stranger", async () => {
  const { client } = recordedCognito({ Users: [live("new@example.com")] });
  const state = [inState("old@example.com", "users", { sub: "sub-of-new@example.com", enabled: true })];
  const found = await comparePool(client, { ...OPTIONS, state, people: [person("old@example.com")] });
  expect(found).toMatchObject({ unrecorded: { people: [] }, strangers: [] });
  expect(found.drift.readdressed).toEqual([{ username: "old@example.com", sub: "sub-of-new@example.com" }]);
});

test("groups are listed only when one is to be created, and adopted when it is there", async () => {
  const { client, sent } = recordedCognito(
    { Users: [] },
    { Groups: [{ GroupName: "ops" }, { GroupName: "x" }] },
  );
  const people = [person("a@example.com", { groups: ["ops", "dev"] })];
  const found = await comparePool(client, { ...OPTIONS, state: [], people });
  expect(found.unrecorded.groups).toEqual(["ops"]);
  expect(sent).toHaveLength(2);
});

test("members are listed only when somebody with groups is adopted", async () => {
  const { client, sent } = recordedCognito(
    { Users: [live("a@example.com")] },
    { Groups: [{ GroupName: "ops" }] },
    { Users: [{ Username: "sub-of-a@example.com" }] },
  );
  const people = [person("a@example.com", { groups: ["ops", "dev"] })];
  const found = await comparePool(client, { ...OPTIONS, state: [], people });
  expect(found.memberships).toEqual([{ username: "a@example.com", group: "ops" }]);
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListGroups", "ListUsersInGroup"]);
});

test("a declared group that the pool has already is to be imported, with or without members", async () => {
  const { client } = recordedCognito(
    { Users: [] },
    { Groups: [{ GroupName: "empty" }, { GroupName: "other" }] },
  );
  const found = await comparePool(client, { ...OPTIONS, state: [], people: [], declared: ["empty", "new"] });
  expect(found.unrecorded.groups).toEqual(["empty"]);
});

test("a group is recorded in whichever block it stands", async () => {
  const { client, sent } = recordedCognito({ Users: [] });
  const attributes = { name: "admins" };
  const state = [{ type: "aws_cognito_user_group", name: "groups_role_arn", key: "admins", attributes }];
  await comparePool(client, { ...OPTIONS, state: state as never, people: [], declared: ["admins"] });
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers"]);
});
