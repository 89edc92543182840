import { describe, expect, test } from "vitest";
import { comparePool } from "../../lib/deploy/compare-pool.ts";
import type { Person } from "../../lib/roster/roster.ts";
import type { Declarations } from "../../lib/stack/synth/group-blocks.ts";
import type { StateInstance } from "../../lib/terraform/state.ts";
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

/** A pool's answers to ListUsers (a page each), ListGroups, and ListUsersInGroup of each group. */
const poolOf = (users: readonly (readonly string[])[], groups: Record<string, readonly string[]> = {}) =>
  recordedCognito(
    ...users.map((page, index) => ({
      Users: page.map(live),
      ...(index < users.length - 1 && { PaginationToken: "more" }),
    })),
    { Groups: Object.keys(groups).map((GroupName) => ({ GroupName })) },
    ...Object.values(groups).map((members) => ({
      Users: members.map((email) => ({ Username: `sub-of-${email}` })),
    })),
  );
const group = (key: string, attributes: Record<string, unknown> = {}) => ({
  type: "aws_cognito_user_group",
  name: "groups",
  key,
  attributes: { name: key, ...attributes },
});
const member = (username: string, group_name: string, more: object = {}) => ({
  type: "aws_cognito_user_in_group",
  name: "memberships",
  key: `${username} in ${group_name}`,
  attributes: { username, group_name },
  ...more,
});

test("one pass of ListUsers tells who is to be adopted, under the roster's spelling, and who is a stranger", async () => {
  const { client, sent } = poolOf([
    ["known@example.com", "lost@example.com"],
    ["gone@example.com", "stranger@example.com"],
  ]);
  const found = await comparePool(client, {
    ...OPTIONS,
    state: [inState("known@example.com"), inState("gone@example.com", "leaving")],
    people: [person("known@example.com"), person("Lost@example.com")],
  });
  expect(found.unrecorded).toEqual({ people: ["Lost@example.com"], groups: [] });
  expect(found.strangers).toEqual(["stranger@example.com"]);
  expect(found.accountOf("LOST@example.com")?.sub).toBe("sub-of-lost@example.com");
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListUsers", "ListGroups"]);
});

test("among the strangers, only who has not confirmed is known to have signed up", async () => {
  const { client } = recordedCognito(
    {
      Users: [
        { ...live("invited@example.com"), UserStatus: "FORCE_CHANGE_PASSWORD" },
        { ...live("signed-up@example.com"), UserStatus: "UNCONFIRMED" },
      ],
    },
    { Groups: [] },
  );
  const found = await comparePool(client, { ...OPTIONS, state: [], people: [] });
  expect(found.strangers).toEqual(["invited@example.com", "signed-up@example.com"]);
  expect(found.unconfirmed).toEqual(["signed-up@example.com"]);
});

test("a pool that tells letter case apart takes Lost@ for somebody else", async () => {
  const { client } = poolOf([["lost@example.com"]]);
  const people = [person("Lost@example.com")];
  const found = await comparePool(client, { ...OPTIONS, caseSensitive: true, state: [], people });
  expect(found).toMatchObject({ unrecorded: { people: [] }, strangers: ["lost@example.com"] });
});

test("someone whose phone number was changed is no stranger either, and the number is what differs", async () => {
  const { client } = recordedCognito(
    {
      Users: [
        {
          Username: "s",
          Attributes: [
            { Name: "sub", Value: "s" },
            { Name: "phone_number", Value: "+815011112222" },
          ],
        },
      ],
    },
    { Groups: [] },
  );
  const number = "+819012345678";
  const state = [inState(number, "users", { sub: "s", enabled: true })];
  const people = [person(number, { phone: number })];
  const found = await comparePool(client, { ...OPTIONS, signInWith: "phone", state, people });
  expect(found).toMatchObject({ unrecorded: { people: [] }, strangers: [] });
  expect(found.drift).toMatchObject({
    readdressed: [{ username: number, sub: "s" }],
    people: [{ username: number, what: "differs", attributes: ["phone_number"] }],
  });
});

test("someone whose address was changed is no stranger", async () => {
  const { client } = poolOf([["new@example.com"]]);
  const state = [inState("old@example.com", "users", { sub: "sub-of-new@example.com", enabled: true })];
  const found = await comparePool(client, { ...OPTIONS, state, people: [person("old@example.com")] });
  expect(found).toMatchObject({ unrecorded: { people: [] }, strangers: [] });
  expect(found.drift.readdressed).toEqual([
    { username: "old@example.com", sub: "sub-of-new@example.com", now: "new@example.com" },
  ]);
});

test("groups that the roster or config.ts names and the state does not have are adopted when they are there", async () => {
  const { client, sent } = poolOf([[]], { audit: [], ops: [], x: [] });
  const people = [person("a@example.com", { groups: ["ops", "dev"] })];
  const declaredGroups = { audit: {} };
  const found = await comparePool(client, { ...OPTIONS, state: [], people, declaredGroups });
  expect(found.unrecorded.groups).toEqual(["audit", "ops"]);
  expect(sent).toHaveLength(2 + 3);
});

test("the memberships that somebody who is adopted has already are told", async () => {
  const { client, sent } = poolOf([["a@example.com"]], { ops: ["a@example.com"] });
  const people = [person("a@example.com", { groups: ["ops", "dev"] })];
  const found = await comparePool(client, { ...OPTIONS, state: [], people });
  expect(found.memberships).toEqual([{ username: "a@example.com", group: "ops" }]);
  expect(sent.map(({ operation }) => operation)).toEqual(["ListUsers", "ListGroups", "ListUsersInGroup"]);
});

describe("who is in which group", () => {
  const A = "a@example.com";
  const B = "b@example.com";
  const compare = async (
    groups: Record<string, readonly string[]>,
    state: readonly StateInstance[],
    people: readonly Person[] = [person(A, { groups: ["ops"] }), person(B)],
    users = [A, B],
  ) => {
    const { client } = poolOf([users], groups);
    const recorded = [inState(A), inState(B), group("ops"), ...state];
    return (await comparePool(client, { ...OPTIONS, state: recorded, people })).groups;
  };

  test("as it is written: nothing", async () => {
    const found = await compare({ ops: [A] }, [member(A, "ops")]);
    expect(found).toMatchObject({ memberships: [], undeclared: [], settings: [], lost: [], given: [] });
  });

  test("put in by hand: told, and taken back by a plan from a state that has it", async () => {
    const found = await compare({ ops: [A, B] }, [member(A, "ops")]);
    expect(found.memberships).toEqual([{ username: B, group: "ops", what: "added" }]);
    expect(found.given).toEqual([
      expect.objectContaining({
        type: "aws_cognito_user_in_group",
        key: `${B} in ops`,
        attributes: expect.objectContaining({ user_pool_id: "us-east-1_x", username: B, group_name: "ops" }),
      }),
    ]);
  });

  test("taken out by hand: told, and put back by a plan from a state without it", async () => {
    const found = await compare({ ops: [] }, [member(A, "ops")]);
    expect(found.memberships).toEqual([{ username: A, group: "ops", what: "removed" }]);
    expect(found.lost).toEqual([member(A, "ops")]);
  });

  test("what the roster adds or takes away with this change is nobody's drift", async () => {
    const people = [person(A), person(B, { groups: ["ops"] })];
    const found = await compare({ ops: [B] }, [member(A, "ops")], people);
    expect(found).toMatchObject({ memberships: [], given: [] });
  });

  test("out already whom the change takes out, with the group or without: the state forgets it, and nobody is told", async () => {
    const people = [person(A), person(B)];
    for (const groups of [{ ops: [] }, {}]) {
      expect(await compare(groups, [member(A, "ops")], people)).toMatchObject({
        memberships: [],
        lost: [member(A, "ops")],
      });
    }
  });

  test("a stranger in a group is named, and left alone", async () => {
    const found = await compare({ ops: [A, "x@example.com"] }, [member(A, "ops")], undefined, [
      A,
      B,
      "x@example.com",
    ]);
    expect(found.memberships).toEqual([
      { username: "x@example.com", group: "ops", what: "added", stranger: true },
    ]);
    expect(found).toMatchObject({ given: [], inUse: new Set(["ops"]) });
  });

  test("a group that nobody declared is named with its members; whoever is in it by hand comes out", async () => {
    const found = await compare({ ops: [A], shadow: [B] }, [member(A, "ops")]);
    expect(found.undeclared).toEqual([{ name: "shadow", members: 1 }]);
    expect(found.memberships).toEqual([{ username: B, group: "shadow", what: "added" }]);
  });

  test("a group that is gone has no members to miss: it is made anew with them", async () => {
    const found = await compare({}, [member(A, "ops")]);
    expect(found).toMatchObject({ memberships: [], lost: [] });
  });

  test("a membership that was being made when a deploy was interrupted is taken up, or made again", async () => {
    const half = member(A, "ops", { tainted: true });
    expect(await compare({ ops: [A] }, [half])).toMatchObject({ memberships: [], lost: [], made: [half] });
    expect(await compare({ ops: [] }, [half])).toMatchObject({ memberships: [], lost: [half], made: [] });
  });
});

describe("a group's role, precedence and description are compared", () => {
  const ROLE = { name: "role_arn", from: "none", to: "arn:aws:iam::1:role/evil" };
  const WORDS = { name: "description", from: "Operators", to: "none" };
  const compare = async (declaredGroups?: Declarations) => {
    const { client } = recordedCognito(
      { Users: [] },
      { Groups: [{ GroupName: "ops", RoleArn: ROLE.to, Precedence: 0 }] },
      { Users: [] },
    );
    const state = [group("ops", { role_arn: "", precedence: 0, description: "Operators" })];
    const people = [person("a@example.com", { groups: ["ops"] })];
    const options = { ...OPTIONS, state, people, ...(declaredGroups && { declaredGroups }) };
    return (await comparePool(client, options)).groups.settings;
  };

  test("what is not set is none on both sides; what nobody declares stays as it is", async () => {
    expect(await compare()).toEqual([{ about: "group", label: "ops", settings: [WORDS, ROLE], held: true }]);
  });

  test("what is declared is put back", async () => {
    expect(await compare({ ops: { description: "Operators" } })).toEqual([
      { about: "group", label: "ops", settings: [WORDS] },
      { about: "group", label: "ops", settings: [ROLE], held: true },
    ]);
  });
});
