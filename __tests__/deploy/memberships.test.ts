import { describe, expect, test } from "vitest";
import { existingMemberships, strandedMemberships } from "../../lib/deploy/compare-pool.ts";
import { person } from "../support/people.ts";

const inState = (type: string, key: string, attributes: Record<string, unknown> = {}) => ({
  type: `aws_cognito_${type}`,
  name: type === "user" ? "users" : "any",
  key,
  attributes,
});
const membership = (username: string, group: string) =>
  inState("user_in_group", `${username} in ${group}`, { username, group_name: group });

describe("memberships that exist already", () => {
  const adopted = new Map([["hanako@example.com", "sub-1"]]);
  const of = new Map([
    ["sub-1", ["ops", "admins"]],
    ["sub-2", ["ops"]],
  ]);
  const roster = [
    person("hanako@example.com", { groups: ["ops", "dev"] }),
    person("taro@example.com", { groups: ["ops"] }),
  ];

  test("are those of the adopted that both the roster and the pool have", () => {
    expect(existingMemberships(adopted, roster, { of }, [])).toEqual([
      { username: "hanako@example.com", group: "ops" },
    ]);
  });

  test("are not those of the state: left out of the plan, they would be taken away", () => {
    expect(existingMemberships(adopted, roster, { of }, [membership("hanako@example.com", "ops")])).toEqual(
      [],
    );
  });
});

describe("memberships whose person or group is gone", () => {
  const state = [
    inState("user", "a@example.com"),
    inState("user_group", "ops"),
    membership("a@example.com", "ops"),
    membership("a@example.com", "dev"),
    membership("b@example.com", "ops"),
  ];
  const keys = (people: string[], groups: string[], others: string[] = []) =>
    strandedMemberships(state, { people: new Set(people), groups: new Set(groups) }, new Set(others)).map(
      ({ key }) => key,
    );

  test("are stranded", () => {
    expect(keys([], [])).toEqual(["a@example.com in dev", "b@example.com in ops"]);
  });

  test("are not, where the pool has the person and the group, and the state has just lost them", () => {
    expect(keys(["b@example.com"], ["dev"])).toEqual([]);
  });

  test("are those of a name that is another account's by now, although it is in both", () => {
    expect(keys(["b@example.com"], ["dev"], ["a@example.com"])).toEqual([
      "a@example.com in ops",
      "a@example.com in dev",
    ]);
  });
});
