import { describe, expect, test } from "vitest";
import {
  blockKind,
  blocksOf,
  isSpread,
  membershipSuffix,
  SHARD_SUFFIXES,
  shardSuffix,
} from "../../../lib/stack/synth/shards.ts";
import { person } from "../../support/people.ts";
import { synth } from "./synth.ts";

const crowd = (count: number, groups: string[] = []) =>
  Array.from({ length: count }, (_, i) => person(`person-${i}@example.com`, { groups }));

describe("many people are spread over blocks", () => {
  test.each([
    [400, 0, false],
    [401, 0, true],
    [200, 1, false],
    [201, 1, true],
  ])("%i people in %i groups each: %s", (count, groups, spread) => {
    expect(isSpread(crowd(count, ["a", "b"].slice(0, groups)))).toBe(spread);
  });

  // These may never change: the state of everyone who is deployed knows the addresses.
  test.each([
    ["hanako@example.com", "_30"],
    ["ci-bot@example.com", "_49"],
    ["山田", "_03"],
  ])("%s is always in the same one", (username, suffix) => {
    expect(shardSuffix(username)).toBe(suffix);
  });

  test("evenly, everyone once", () => {
    const people = crowd(6_400);
    const blocks = blocksOf(people);
    expect(blocks.map(({ suffix }) => suffix)).toEqual(SHARD_SUFFIXES);
    expect(blocks.flatMap(({ people }) => people)).toHaveLength(6_400);
    expect(Math.max(...blocks.map(({ people }) => people.length))).toBeLessThan(160);
  });

  test.each([
    ["users", "users"],
    ["users_07", "users"],
    ["leaving_63", "leaving"],
    ["memberships_135", "memberships"],
    ["admins", undefined],
    ["users_007", undefined],
  ])("a block is known by its name: %s", (name, kind) => {
    expect(blockKind(name)).toBe(kind);
  });
});

describe("the stack of many people", () => {
  const json = synth([...crowd(300, ["ops"]), person("gone@example.com", { leaving: true })]);

  test("has every person and membership in the block of their name", () => {
    const suffix = shardSuffix("person-1@example.com");
    expect(Object.keys(json.locals[`usernames${suffix}`])).toContain("person-1@example.com");
    const memberships = membershipSuffix("person-1@example.com");
    expect(Object.keys(json.locals[`membership_names${memberships}`])).toContain(
      "person-1@example.com in ops",
    );
    const gone = shardSuffix("gone@example.com");
    expect(Object.keys(json.locals[`leaving_usernames${gone}`])).toEqual(["gone@example.com"]);
    expect(json.resource.aws_cognito_user[`users${suffix}`].for_each).toBe(`\${local.usernames${suffix}}`);
  });

  test("waits with memberships for the block that has their people, and for no other", () => {
    const suffix = membershipSuffix("person-1@example.com");
    const people = shardSuffix("person-1@example.com");
    const { user_pool_id } = json.resource.aws_cognito_user_in_group[`memberships${suffix}`];
    expect(user_pool_id).toBe(`\${local.pool_with_people${people}}`);
    expect(json.locals[`pool_with_people${people}`]).toBe(
      `\${[aws_cognito_user_pool.pool.id, aws_cognito_user.users${people}, aws_cognito_user.leaving${people}, aws_cognito_user_group.groups][0]}`,
    );
  });

  test("keeps the block of few people, empty, so that nobody recorded there can be destroyed; and the other way round", () => {
    expect(json.resource.aws_cognito_user.users.lifecycle.prevent_destroy).toBe(true);
    const few = synth(crowd(2)).resource.aws_cognito_user;
    for (const suffix of SHARD_SUFFIXES) expect(few[`users${suffix}`].lifecycle.prevent_destroy).toBe(true);
    const destroyable = synth(crowd(2), { destroyable: true }).resource.aws_cognito_user;
    expect(Object.keys(destroyable).sort()).toEqual(["leaving", "users"]);
  });
});
