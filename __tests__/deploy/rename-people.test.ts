import { describe, expect, test } from "vitest";
import { NO_POOL } from "../../lib/deploy/compare-pool.ts";
import { renamePeople, settleRenames, withoutRenamed } from "../../lib/deploy/rename-people.ts";
import type { DirectoryPerson } from "../../lib/directory/pool/people.ts";
import { membershipSuffix, shardSuffix } from "../../lib/stack/synth/shards.ts";
import { instancesOf, versionOf } from "../../lib/terraform/state.ts";
import { person } from "../support/people.ts";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly key: string;
  readonly attributes: object;
}

const account = (username: string, sub = "1", name = "users"): Made => ({
  type: "aws_cognito_user",
  name,
  key: username,
  attributes: {
    id: `us-east-1_x/${username}`,
    user_pool_id: "us-east-1_x",
    username,
    sub,
    attributes: { email: username, email_verified: "true", name: "Taro" },
  },
});
const member = (username: string, group: string, name = "memberships"): Made => ({
  type: "aws_cognito_user_in_group",
  name,
  key: `${username} in ${group}`,
  attributes: {
    id: `us-east-1_x/${group}/${username}`,
    user_pool_id: "us-east-1_x",
    group_name: group,
    username,
  },
});

function stateOf(...made: readonly Made[]) {
  const text = JSON.stringify({
    version: 4,
    serial: 7,
    lineage: "l",
    resources: made.map(({ type, name, key, attributes }) => ({
      mode: "managed",
      type,
      name,
      provider: 'provider["aws"]',
      instances: [{ index_key: key, schema_version: 0, attributes, private: "kept" }],
    })),
  });
  return { text, instances: instancesOf(text) };
}

const rosterOf = (...people: ReturnType<typeof person>[]) => ({ file: "users.json", people });
const RENAMED = person("new@example.com", { formerly: "old@example.com" });

describe("the state with everybody under the name of their line", () => {
  test("has the account and its memberships there, and all else as it was", () => {
    const state = stateOf(
      account("old@example.com"),
      member("old@example.com", "ops"),
      account("taro@example.com", "2"),
    );
    const { instances, renames, text } = renamePeople(state, rosterOf(RENAMED, person("taro@example.com")));
    expect(renames).toEqual([
      { from: "old@example.com", to: "new@example.com", emailVerified: true, sub: "1" },
    ]);
    expect(instances.map(({ key }) => key).sort()).toEqual([
      "new@example.com",
      "new@example.com in ops",
      "taro@example.com",
    ]);
    expect(instances.find(({ key }) => key === "new@example.com")?.attributes).toEqual({
      id: "us-east-1_x/new@example.com",
      user_pool_id: "us-east-1_x",
      username: "new@example.com",
      sub: "1",
      attributes: { email: "new@example.com", email_verified: "true", name: "Taro" },
    });
    expect(instances.find(({ key }) => key === "new@example.com in ops")?.attributes).toMatchObject({
      id: "us-east-1_x/ops/new@example.com",
      username: "new@example.com",
    });
    expect(text.match(/"private":"kept"/g)).toHaveLength(3);
    expect(text).not.toContain("old@example.com");
  });

  test("is the same one to Terraform, so that somebody else's deploy meanwhile is noticed", () => {
    const state = stateOf(account("old@example.com"));
    expect(versionOf(renamePeople(state, rosterOf(RENAMED)).text)).toBe(versionOf(state.text));
  });

  test("has whoever is in a block by their name in the block of the new one", () => {
    const [was, groups] = [shardSuffix("old@example.com"), membershipSuffix("old@example.com")];
    const state = stateOf(
      account("old@example.com", "1", `leaving${was}`),
      member("old@example.com", "ops", `memberships${groups}`),
    );
    const names = renamePeople(state, rosterOf(RENAMED)).instances.map(({ name }) => name);
    expect(names).toEqual([
      `leaving${shardSuffix("new@example.com")}`,
      `memberships${membershipSuffix("new@example.com")}`,
    ]);
  });

  test.each([
    ["the deploy is done", stateOf(account("new@example.com"))],
    ["nothing was deployed", { text: "", instances: [] }],
  ])("is the state that there is, where %s", (_, state) => {
    expect(renamePeople(state, rosterOf(RENAMED))).toEqual({ ...state, renames: [] });
  });

  test("is refused where the former name was deployed in another spelling, which is told", () => {
    const state = stateOf(account("Old@example.com"));
    expect(() => renamePeople(state, rosterOf(RENAMED))).toThrow(/"formerly": "Old@example.com"/);
    const done = stateOf(account("new@example.com"), account("Old@example.com", "2"));
    expect(renamePeople(done, rosterOf(RENAMED)).renames).toEqual([]);
  });

  test("is refused where both are deployed: they are two accounts", () => {
    const state = stateOf(account("old@example.com"), account("new@example.com", "2"));
    expect(() => renamePeople(state, rosterOf(RENAMED))).toThrow(/two accounts/);
  });
});

describe("what becomes of somebody with another address", () => {
  const RENAME = { from: "old@example.com", to: "new@example.com", emailVerified: true, sub: "1" };
  const live = (email: string, sub: string): DirectoryPerson => ({
    username: sub,
    sub,
    attributes: { email },
    enabled: true,
    status: "CONFIRMED",
  });
  const look = (
    people: readonly DirectoryPerson[],
    readdressed: readonly { username: string; sub: string; now?: string }[] = [],
  ) => ({
    ...NO_POOL,
    accountOf: (name: string) => people.find(({ attributes }) => attributes.email === name),
    drift: {
      ...NO_POOL.drift,
      readdressed,
      people: readdressed.map(({ username }) => ({
        username,
        what: "differs" as const,
        attributes: ["email"],
      })),
    },
  });
  const settle = (found: ReturnType<typeof look>, rename = RENAME) =>
    settleRenames([rename], found, rosterOf(RENAMED), new Set([rename.to]));
  const PENDING = { username: "new@example.com", sub: "1", now: "old@example.com" };

  test("is this change's own, and no drift", () => {
    const found = look([live("old@example.com", "1")], [PENDING]);
    const renames = settle(found);
    expect(renames).toEqual([{ from: "old@example.com", to: "new@example.com", emailVerified: true }]);
    expect(withoutRenamed(found, renames).drift.people).toEqual([]);
  });

  test("where Cognito has the new one already, only the state follows", () => {
    expect(settle(look([live("new@example.com", "1")]))).toMatchObject([{ done: true }]);
  });

  test("where Cognito has a third one, it is told", () => {
    const found = look([], [{ ...PENDING, now: "third@example.com" }]);
    expect(settle(found)).toMatchObject([{ there: "third@example.com" }]);
  });

  test("takes privileged groups along, and says which", () => {
    const found = look([live("old@example.com", "1")], [PENDING]);
    const people = rosterOf({ ...RENAMED, groups: ["admins", "ops"] });
    expect(settleRenames([RENAME], found, people, new Set([RENAME.to]), ["admins", "root"])).toMatchObject([
      { to: RENAME.to, privileged: ["admins"] },
    ]);
  });

  test("is refused where another account has the new address", () => {
    expect(() => settle(look([live("new@example.com", "2")], [PENDING]))).toThrow(
      /can't rename an account[\s\S]*another account in the user pool has that e-mail address/,
    );
  });

  test("is refused where the state does not know which account it is", () => {
    expect(() => settle(look([]), { ...RENAME, sub: "" })).toThrow(/half-created/);
  });

  test("an account that was deleted is nobody's to rename: it is told as missing", () => {
    expect(settle(look([]))).toEqual([]);
  });

  test("a former account that only the pool has is not left behind a second one", () => {
    const found = look([live("old@example.com", "1")]);
    expect(() => settleRenames([], found, rosterOf(RENAMED), new Set())).toThrow(/a second account/);
    expect(settleRenames([], look([]), rosterOf(RENAMED), new Set())).toEqual([]);
  });
});
