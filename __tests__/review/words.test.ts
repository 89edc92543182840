import { expect, test } from "vitest";
import type { Drift } from "../../lib/review/drift.ts";
import { headline } from "../../lib/review/headline.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { type Limits, refusals } from "../../lib/review/verdict.ts";
import { lines } from "../../lib/review/words.ts";
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
const NO_DRIFT: Drift = { people: [], things: [] };
function told(changes: readonly Change[], limits: Partial<Limits> = {}, drift = NO_DRIFT) {
  const review = reviewPlan(planOf(...changes));
  const refused = refusals(review, { ...LIMITS, ...limits });
  return {
    head: headline(review, refused, drift),
    refused,
    lines: lines({ review, drift, strangers: [] }),
  };
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
    { kind: "deleted", tone: "bad", who: "gone", what: ["is deleted, irreversibly"] },
    { kind: "joins", tone: "good", who: "new", what: ["joins, invited by e-mail", "into ops"] },
    { kind: "groups", tone: "info", who: "stay", what: ["out of ops"] },
  ]);
});

test("deleted, leaving and disabled people count as removals together; at the limit they pass, above it they don't", () => {
  const three = [deleted("a"), leaves("b"), disabled("c")];
  expect(told(three).refused).toEqual([]);
  expect(told(["a", "b", "c", "d"].map(deleted)).head).toBe("REFUSED: 4 people would be deleted (limit 3)");
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

test("a replacement that was allowed by name passes, and nobody else's", () => {
  const replaced = (name: string) =>
    change(users(name), ["delete", "create"], account(name), account(name.toUpperCase()), {
      replace_paths: [["username"]],
    });
  const { refused, lines: shown } = told([replaced("a"), replaced("b")], { replaceable: ["a"] });
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({
    message: expect.stringContaining(
      '"b" would be deleted and created anew with a new sub, because of: username',
    ),
    hint: expect.stringContaining("--allow-replace b"),
  });
  expect(shown[0]).toMatchObject({
    kind: "replaced",
    what: [
      expect.stringContaining("irreversibly"),
      "because Cognito can't change a username: a → A",
      "email: changed",
    ],
  });
});

test("with the pool everyone is lost: that is refused once, not for everybody", () => {
  const everyone = ["a", "b"].map((name) =>
    change(users(name), ["delete", "create"], account(name), account(name), {
      replace_paths: [["user_pool_id"]],
    }),
  );
  const pool = change("aws_cognito_user_pool.pool", ["delete", "create"], {}, {});
  expect(told([pool, ...everyone]).refused.map(({ message }) => message)).toEqual([
    "the user pool would be replaced, with everyone in it",
  ]);
});

test("who would be thrown back to a temporary password is refused, also in a stack that may be destroyed", () => {
  const back = change(users("a"), ["update"], account("a"), account("a", { temporary_password: "x" }));
  expect(told([back], { destroyable: true }).head).toBe(
    'REFUSED: "a" would be thrown back to a temporary password',
  );
  expect(told([back]).lines[0]).toMatchObject({ kind: "thrown-back", tone: "bad" });
});

test("whom config.ts requires keeps access", () => {
  expect(told([leaves("a")], { required: ["a"] }).head).toBe(
    'REFUSED: "a" would lose access, and is required by config.ts',
  );
});

test("many refusals are counted in the head line", () => {
  const replaced = (name: string) => change(users(name), ["delete", "create"], account(name), account(name));
  const { head, refused } = told(["a", "b", "c", "d", "e"].map(replaced), { removals: 9 });
  expect(refused).toHaveLength(5);
  expect(head).toMatch(/^REFUSED: "a" .*; "b" .*; "c" .*; and 2 more$/);
});

test("what was changed outside is told for itself, and somebody deleted there comes again as new", () => {
  const drift: Drift = {
    people: [
      { username: "a", what: "missing", attributes: [] },
      { username: "b", what: "differs", attributes: ["name"], enabled: false },
      { username: "c", what: "differs", attributes: ["sub"] },
    ],
    things: [{ about: "pool", label: "x", settings: [{ name: "mfa_configuration", from: "ON", to: "OFF" }] }],
  };
  const { head, lines: shown } = told([joins("a")], {}, drift);
  expect(head).toBe("1 joins — nothing irreversible");
  expect(shown).toEqual([
    {
      kind: "replaced",
      tone: "warn",
      who: "a",
      what: [
        "is created anew with a new sub, since the account was deleted outside this repository",
        "joins, invited by e-mail",
      ],
    },
    expect.objectContaining({ kind: "drift", who: "a" }),
    {
      kind: "drift",
      tone: "warn",
      who: "b",
      what: ["was disabled outside this repository", "changed outside this repository: name"],
    },
    expect.objectContaining({ who: "c", what: ["is another account of that name, with another sub"] }),
    expect.objectContaining({
      who: "user pool",
      what: [
        "was changed outside this repository",
        "mfa_configuration: ON → OFF — no second factor is asked of anybody any more",
      ],
    }),
  ]);
  expect(told([], {}, drift).head).toBe(
    "4 things were changed outside this repository: npm run deploy puts that back",
  );
});
