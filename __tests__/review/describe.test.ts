import { describe, expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import { type Limits, refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
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
function told(changes: readonly Change[], limits: Partial<Limits> = {}, drift = NO_DRIFT, kept = false) {
  const review = reviewPlan(planOf(...changes));
  const refused = refusals(review, { ...LIMITS, ...limits }, drift);
  return {
    head: headline({ review, drift, kept }, refused),
    refused,
    lines: lines({ review, drift, strangers: [], kept }),
  };
}

test.each<[string, Change[], string]>([
  ["nothing", [], "Nothing to do: everything is as declared"],
  [
    "several things",
    [joins("a"), joins("b"), joins("c"), leaves("d"), disabled("e"), membership("f", "ops", "create")],
    "3 people join, 1 leaves, 2 change — nothing irreversible, 1 would get access",
  ],
  ["a deletion", [deleted("a"), membership("a", "ops", "delete")], "1 person is deleted — 1 irreversible"],
  [
    "a group that goes, which can come again",
    [change('aws_cognito_user_group.groups["x"]', ["delete"], {}, null)],
    "1 other change — nothing irreversible",
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

test.each([
  ["replaced", ["delete", "create"]],
  ["deleted", ["delete"]],
])("an app client that would be %s is refused, unless it is named", (what, actions) => {
  const CLIENT = "aws_cognito_user_pool_client.client";
  const lost = change(CLIENT, actions, { name: "app" }, what === "deleted" ? null : { name: "app" });
  expect(told([lost]).head).toBe(
    `REFUSED: the app client would be ${what}: apps that use it couldn't sign anyone in until they get the new id`,
  );
  expect(told([lost]).refused[0]?.hint).toContain(`--allow-replace ${CLIENT}`);
  expect(told([lost], { replaceable: [CLIENT] }).refused).toEqual([]);
  expect(told([lost], { destroyable: true }).refused).toEqual([]);
});

test.each<[string, Change]>([
  ["a person", change(users("a"), ["delete", "create"], account("a"), account("A"))],
  ["the pool", change("aws_cognito_user_pool.pool", ["delete", "create"], {}, {})],
])("%s is never replaced, except in a stack that may be destroyed", (_, replaced) => {
  expect(told([replaced]).head).toMatch(/^REFUSED: /);
  expect(told([replaced], { destroyable: true }).head).toMatch(/1 irreversible(, 1 would get access)?$/);
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
      '"b" would be deleted and created again with a new sub, because of: username',
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

test("who would be reset to a temporary password is refused, also in a stack that may be destroyed", () => {
  const back = change(users("a"), ["update"], account("a"), account("a", { temporary_password: "x" }));
  expect(told([back], { destroyable: true }).head).toBe(
    'REFUSED: "a" would be reset to a temporary password',
  );
  expect(told([back]).lines[0]).toMatchObject({ kind: "thrown-back", tone: "bad" });
});

test("whom config.ts requires keeps access", () => {
  expect(told([leaves("a")], { required: ["a"] }).head).toBe(
    'REFUSED: "a" would lose access, but is required by config.ts',
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
    ...NO_DRIFT,
    people: [
      { username: "a", what: "missing", attributes: [], invitation: "email" },
      { username: "b", what: "differs", attributes: ["name"], enabled: false },
      // An attribute of the team's own, of that name.
      { username: "c", what: "differs", attributes: ["sub"] },
    ],
    things: [{ about: "pool", label: "x", settings: [{ name: "mfa_configuration", from: "ON", to: "OFF" }] }],
  };
  const { head, lines: shown } = told([joins("a")], {}, drift);
  expect(head).toBe("1 person joins — 1 account was deleted outside this repository, 1 would get access");
  expect(shown).toEqual([
    {
      kind: "replaced",
      tone: "warn",
      who: "a",
      what: [
        "is created again with a new sub, because the account was deleted outside this repository",
        "joins, invited by e-mail",
      ],
    },
    {
      kind: "drift",
      tone: "warn",
      who: "a",
      what: [
        "was deleted outside this repository: npm run deploy creates the account again, with a new sub, invited by e-mail",
      ],
    },
    {
      kind: "drift",
      tone: "warn",
      who: "b",
      what: ["was disabled outside this repository", "changed outside this repository: name"],
    },
    expect.objectContaining({ who: "c", what: ["changed outside this repository: sub"] }),
    expect.objectContaining({
      who: "user pool",
      what: [
        "was changed outside this repository",
        "mfa_configuration: ON → OFF — no one is asked for a second factor any more",
      ],
    }),
  ]);
  expect(told([], {}, drift).head).toBe(
    "4 things were changed outside this repository: npm run deploy puts that back, and creates 1 deleted account again, with a new sub",
  );
  expect(told([deleted("z")], {}, drift).head).toBe(
    "1 person is deleted — 1 irreversible, 1 account was deleted outside this repository",
  );
});

test("an app client that was deleted outside comes again as another one", () => {
  const drift: Drift = {
    ...NO_DRIFT,
    people: [],
    things: [{ about: "client", label: "x", settings: [], missing: true }],
  };
  expect(told([], {}, drift).lines[0]?.what).toEqual([
    "was deleted outside this repository: npm run deploy creates it again with a new id (and secret), which every app needs",
  ]);
});

describe("a name that is another account's by now", () => {
  const drift: Drift = {
    ...NO_DRIFT,
    people: ["a", "b"].map((username) => ({
      username,
      what: "differs",
      attributes: ["sub"],
      otherAccount: true,
    })),
    things: [],
  };

  test("is refused, also in a stack that may be destroyed, and loud", () => {
    const { refused, lines: shown } = told([], { destroyable: true }, drift);
    expect(refused).toEqual(
      ["a", "b"].map((name) => ({
        message: `"${name}" is now another account, with another sub than the deployed one`,
        hint: expect.stringContaining(`--allow-replace ${name}`),
      })),
    );
    expect(shown[0]).toEqual({
      kind: "drift",
      tone: "bad",
      who: "a",
      what: ["is another account of that name, with another sub"],
    });
  });

  test("passes where it was allowed by name, and nobody else's", () => {
    const { head } = told([], { replaceable: ["a"] }, drift);
    expect(head).toBe('REFUSED: "b" is now another account, with another sub than the deployed one');
    expect(told([], { replaceable: ["a", "b"] }, drift).refused).toEqual([]);
  });
});

test("a plan that was kept puts back nothing of what was changed outside, and says so", () => {
  const drift: Drift = {
    ...NO_DRIFT,
    people: [{ username: "a", what: "differs", attributes: ["name"] }],
    things: [{ about: "group", label: "ops", settings: [], missing: true }],
  };
  const words = "this plan doesn't put it back: use npm run deploy without --plan";
  const { head, lines: shown } = told([], {}, drift, true);
  expect(head).toBe(`2 things were changed outside this repository: ${words}`);
  expect(shown.map(({ what }) => what.at(-1))).toEqual([words, words]);
  expect(told([], {}, drift).lines.flatMap(({ what }) => what)).not.toContain(words);
});

describe("someone at the address of people who are leaving", () => {
  test("whom the pool does not have is created for nothing, which is no joining", () => {
    const created = change(leaving("a"), ["create"], null, account("a", { enabled: false }));
    const { head, lines: shown } = told([created, joins("b")]);
    expect(head).toBe("1 person joins, 1 is created only to be deleted — nothing irreversible");
    expect(shown[0]).toEqual({
      kind: "leaves",
      tone: "warn",
      who: "a",
      what: ["is created disabled, only to be deleted when the line is removed: leave the line out"],
    });
  });

  test.each([true, false])("whom the pool has, enabled %s, is taken over, and leaves", (enabled) => {
    const adopted = change(
      leaving("a"),
      [enabled ? "update" : "no-op"],
      account("a", { enabled }),
      account("a", { enabled: false }),
      { importing: { id: "x" } },
    );
    expect(told([adopted]).lines).toEqual([
      {
        kind: "leaves",
        tone: "warn",
        who: "a",
        what: [
          "is already in the user pool and is adopted",
          "leaves: disabled and signed out now, deleted when the line is removed",
        ],
      },
    ]);
  });
});

test("who signed up by themselves appears as that, beside the others whom nobody declared", () => {
  const review = reviewPlan(planOf());
  const found = { review, drift: NO_DRIFT, strangers: ["made-by-hand", "signed-up"] };
  expect(lines({ ...found, unconfirmed: ["signed-up"] }).map(({ kind, what }) => [kind, what])).toEqual([
    ["undeclared", ["is in the user pool, but not in the roster; not touched"]],
    ["undeclared", ["signed up but hasn't confirmed; not in the roster, and not touched"]],
  ]);
});
