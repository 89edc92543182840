import { describe, expect, test } from "vitest";
import { isIrreversible, lines } from "../../lib/review/describe.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { type Limits, limitsOf, refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { guardsOf } from "../../lib/stack/guards.ts";
import { account, type Change, change, leaving, planOf, users } from "./plans.ts";

const LIMITS: Limits = { removals: 3, destroyable: false };
const refuse = (changes: readonly Change[], limits: Partial<Limits> = {}) =>
  refusals(reviewPlan(planOf(...changes)), { ...LIMITS, ...limits });
const gone = (address: string, before: object = {}) => change(address, ["delete"], before, null);
const anew = (address: string) => change(address, ["delete", "create"], {}, {});
const group = (name: string) => `aws_cognito_user_group.groups[${JSON.stringify(name)}]`;
const ROLE = "arn:aws:iam::123456789012:role/admin";
const membership = (name: string, into: string, actions: readonly string[]) => {
  const values = { username: name, group_name: into };
  const address = `aws_cognito_user_in_group.memberships[${JSON.stringify(`${name} in ${into}`)}]`;
  return change(address, actions, values, actions.includes("create") ? values : null);
};

describe("every deletion and replacement is refused, unless it is named or known to be harmless", () => {
  test.each([
    "aws_cognito_user_pool_client.client",
    "aws_cognito_user_pool_domain.domain",
    'aws_cognito_identity_provider.providers["Google"]',
    'aws_cognito_resource_server.servers["api"]',
    "aws_cognito_risk_configuration.risk",
    "aws_cognito_log_delivery_configuration.nobody_has_thought_of",
    "aws_cognito_user.root",
  ])("%s", (address) => {
    for (const lost of [gone(address), anew(address)]) {
      const [refusal, ...others] = refuse([lost]);
      expect(others).toEqual([]);
      expect(refusal?.hint).toContain("--allow-replace ");
      expect(refusal?.hint.replaceAll("'", "")).toContain(address);
      expect(refuse([lost], { replaceable: [address] })).toEqual([]);
      expect(refuse([lost], { replaceable: ["aws_cognito_user_pool_domain.other"] })).toHaveLength(1);
      expect(refuse([lost], { destroyable: true })).toEqual([]);
    }
  });

  test("a group that is replaced, and one that gives a role", () => {
    expect(refuse([anew(group("ops"))])).toHaveLength(1);
    const [refusal] = refuse([gone(group("ops"), { role_arn: ROLE })]);
    expect(refusal?.message).toBe(`the group "ops" would be deleted: its members get the role ${ROLE}`);
    expect(refusal?.hint).toContain("--allow-replace 'aws_cognito_user_group.groups[\"ops\"]'");
    expect(refuse([gone(group("ops"), { role_arn: ROLE })], { replaceable: [group("ops")] })).toEqual([]);
  });

  test("a group that was adopted, or that has members nobody declared", () => {
    const groupsInUse = new Set(["ops"]);
    expect(refuse([gone(group("ops"))], { groupsInUse })[0]?.message).toMatch(/adopted, or has members/);
    expect(refuse([gone(group("dev"))], { groupsInUse })).toEqual([]);
  });

  test("a person who was not leaving, a replaced membership", () => {
    expect(refuse([gone(users("a"), account("a"))])[0]).toEqual({
      message: '"a" would be deleted without leaving first',
      hint: expect.stringContaining("--allow-replace a"),
    });
    expect(refuse([gone(users("a"), account("a"))], { replaceable: ["a"] })).toEqual([]);
    const back = membership("a", "ops", ["delete", "create"]);
    expect(refuse([back])).toHaveLength(1);
    expect(refuse([back], { replaceable: ["a"] })).toEqual([]);
  });

  test.each<[string, Change]>([
    ["somebody who was leaving is deleted", gone(leaving("a"), account("a"))],
    ["somebody who was leaving, of many people", gone('aws_cognito_user.leaving_07["a"]', account("a"))],
    ["somebody is taken out of a group", membership("a", "ops", ["delete"])],
    ["a group of ours goes", gone(group("ops"), { role_arn: "" })],
    ["something is created", change("aws_cognito_user_pool_domain.domain", ["create"], null, {})],
    ["something is changed", change("aws_cognito_user_pool_domain.domain", ["update"], {}, { a: 1 })],
    ["something is forgotten", change("aws_cognito_user_pool_domain.domain", ["forget"], {}, {})],
  ])("harmless: %s", (_, harmless) => {
    expect(refuse([harmless])).toEqual([]);
  });

  test("a deleted group is irreversible where it gave a role, in the counts and in its line", () => {
    const told = (role_arn?: string) => {
      const review = reviewPlan(planOf(gone(group("ops"), { role_arn })));
      const [line] = lines({ review, drift: NO_DRIFT, strangers: [] });
      return [review.entries.some(isIrreversible), line?.what[0]];
    };
    expect(told()).toEqual([false, "is deleted: everyone is removed from it"]);
    expect(told(ROLE)).toEqual([
      true,
      `is deleted, irreversibly: everyone is removed from it and loses the role ${ROLE}`,
    ]);
  });
});

describe("people whom the guards require", () => {
  const out = membership("root", "admins", ["delete"]);
  const limits = { required: ["root"], privileged: ["admins"] };

  test("keep their privileged groups, also in a stack that may be destroyed", () => {
    expect(refuse([out], { ...limits, destroyable: true })).toEqual([
      {
        message: '"root" would be removed from the privileged group "admins", but is required by config.ts',
        hint: expect.stringContaining("guards.required"),
      },
    ]);
  });

  test("may leave any other group, and anybody else may leave a privileged one", () => {
    expect(refuse([membership("root", "staff", ["delete"])], limits)).toEqual([]);
    expect(refuse([membership("a", "admins", ["delete"])], limits)).toEqual([]);
  });
});

describe("loosening a guard and using it takes two deploys, and the refusal says so", () => {
  const LOOSE = {
    stack: "x",
    roster: "users.json",
    pool: { name: "people" },
    client: { name: "app" },
    guards: { maxRemovals: 50 },
    destroyable: true,
  };
  const last = guardsOf({
    guards: { required: ["root"], maxRemovals: 1, minPeople: 3 },
    groups: { admins: { privileged: true } },
  });
  const judged = (changes: readonly Change[], more: { allowRemovals?: number; staying?: number } = {}) =>
    refusals(
      reviewPlan(planOf(...changes)),
      limitsOf({ settings: LOOSE, allowReplace: [], last, ...more }, 20),
    );
  const FIRST = expect.stringContaining("config.ts loosens it in this change: deploy that first");

  test.each<[string, Change[], string]>([
    ["destroyable", [gone("aws_cognito_user_pool_domain.domain")], "domain would be deleted"],
    ["destroyable, the whole pool", [anew("aws_cognito_user_pool.pool")], "with everyone in it"],
    [
      "maxRemovals",
      [gone(leaving("a"), account("a")), gone(leaving("b"), account("b"))],
      "2 people would be deleted (limit 1)",
    ],
    ["required", [gone(leaving("root"), account("root"))], "required by the last deploy"],
    ["privileged", [membership("root", "admins", ["delete"])], "the privileged group"],
  ])("%s", (_, changes, message) => {
    expect(judged(changes)).toEqual([{ message: expect.stringContaining(message), hint: FIRST }]);
  });

  test("minPeople", () => {
    expect(judged([], { staying: 2 })).toEqual([
      { message: "only 2 of at least 3 people would stay", hint: FIRST },
    ]);
    expect(judged([], { staying: 3 })).toEqual([]);
  });

  test("--allow-removals still lifts the limit for one run", () => {
    const two = [gone(leaving("a"), account("a")), gone(leaving("b"), account("b"))];
    expect(judged(two, { allowRemovals: 2 })).toEqual([]);
  });
});
