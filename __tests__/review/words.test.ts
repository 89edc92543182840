import { expect, test } from "vitest";
import { reviewPlan } from "../../lib/review/review.ts";
import { type Limits, refusals } from "../../lib/review/verdict.ts";
import { headline, lines } from "../../lib/review/words.ts";
import { account, type Change, change, leaving, planOf, users } from "./plans.ts";

const joins = (name: string) => change(users(name), ["create"], null, account(name));
const leaves = (name: string) =>
  change(leaving(name), ["update"], account(name), account(name, { enabled: false }), {
    previous_address: users(name),
  });
const deleted = (name: string) => change(leaving(name), ["delete"], account(name), null);
const disabled = (name: string) =>
  change(users(name), ["update"], account(name), account(name, { enabled: false }));
const membership = (name: string, group: string, action: string) => {
  const values = { username: name, group_name: group };
  const address = `aws_cognito_user_in_group.memberships[${JSON.stringify(`${name} in ${group}`)}]`;
  return change(address, [action], action === "create" ? null : values, action === "delete" ? null : values);
};

const LIMITS: Limits = { removals: 3, destroyable: false };
function told(changes: readonly Change[], limits: Partial<Limits> = {}) {
  const review = reviewPlan(planOf(...changes));
  const refused = refusals(review, { ...LIMITS, ...limits });
  return { head: headline(review, refused), refused, lines: lines(review) };
}

test.each<[string, Change[], string]>([
  ["nothing", [], "Nothing to do: everything is as it is written"],
  [
    "several things",
    [joins("a"), joins("b"), joins("c"), leaves("d"), disabled("e"), membership("f", "ops", "create")],
    "3 join, 1 leaves, 2 change — nothing irreversible",
  ],
  ["a deletion", [deleted("a"), membership("a", "ops", "delete")], "1 is deleted — 1 irreversible"],
  [
    "a group that goes, which can come again",
    [change('aws_cognito_user_group.groups["x"]', ["delete"], {}, null)],
    "1 other thing — nothing irreversible",
  ],
])("the head line: %s", (_, changes, head) => {
  expect(told(changes).head).toBe(head);
});

test("each person has one line, with all that happens to them, the heaviest first", () => {
  const changes = [joins("new"), membership("new", "ops", "create"), membership("stay", "ops", "delete")];
  expect(told([...changes, deleted("gone"), membership("gone", "ops", "delete")]).lines).toEqual([
    { weight: "destroys", who: "gone", what: "is deleted, irreversibly" },
    { weight: "adds", who: "new", what: "joins, invited by e-mail; into ops" },
    { weight: "changes", who: "stay", what: "out of ops" },
  ]);
});

test("deleted, leaving and disabled people count as removals together; at the limit they pass, above it they don't", () => {
  const three = [deleted("a"), leaves("b"), disabled("c")];
  expect(told(three).refused).toEqual([]);
  const four = told([...three, leaves("d")]);
  expect(four.head).toBe("REFUSED: 4 people would lose access (limit 3)");
  expect(four.refused[0]?.hint).toContain("--allow-removals 4");
  expect(told([...three, leaves("d")], { removals: 4 }).refused).toEqual([]);
});

test("someone who comes back, or joins disabled, is no removal", () => {
  const returns = change(users("a"), ["update"], account("a", { enabled: false }), account("a"), {
    previous_address: leaving("a"),
  });
  const joinsDisabled = change(users("b"), ["create"], null, account("b", { enabled: false }));
  expect(told([returns, joinsDisabled], { removals: 0 }).refused).toEqual([]);
});

test.each<[string, Change]>([
  ["a person", change(users("a"), ["delete", "create"], account("a"), account("A"))],
  ["the pool", change("aws_cognito_user_pool.pool", ["delete", "create"], {}, {})],
])("%s is never replaced, except in a stack that may be destroyed", (_, replaced) => {
  expect(told([replaced]).head).toMatch(/^REFUSED: /);
  expect(told([replaced], { destroyable: true }).head).toMatch(/1 irreversible$/);
});
