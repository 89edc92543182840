import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { account, type Change, change, leaving, planOf, users } from "./plans.ts";

const A = "a@example.com";
const one = (...changes: readonly Change[]) => reviewPlan(planOf(...changes)).entries[0];

describe("what happens to a person", () => {
  test.each([
    ["invited by e-mail", {}, "email"],
    ["invited by SMS", { desired_delivery_mediums: ["SMS"] }, "sms"],
    ["not invited", { message_action: "SUPPRESS" }, "none"],
  ])("joins, %s", (_, values, invitation) => {
    expect(one(change(users(A), ["create"], null, account(A, values)))).toMatchObject({
      username: A,
      what: "joins",
      invitation,
    });
  });

  test("leaves: moves, and is disabled", () => {
    const after = account(A, { enabled: false });
    const moved = { previous_address: users(A) };
    expect(one(change(leaving(A), ["update"], account(A), after, moved))).toMatchObject({
      username: A,
      what: "leaves",
      enabled: false,
      attributes: [],
    });
  });

  test("leaves, when disabled already: nothing but a move", () => {
    const off = account(A, { enabled: false });
    expect(one(change(leaving(A), ["no-op"], off, off, { previous_address: users(A) }))).toMatchObject({
      what: "leaves",
    });
  });

  test("returns, enabled again", () => {
    const before = account(A, { enabled: false });
    const moved = { previous_address: leaving(A) };
    expect(one(change(users(A), ["update"], before, account(A), moved))).toMatchObject({
      what: "returns",
      enabled: true,
    });
  });

  test("changes: the names of the attributes, never a value, and not the sub that Cognito gives", () => {
    const before = account(A, { attributes: { email: A, name: "Old secret", sub: "1" } });
    const after = account(A, { attributes: { email: A, nickname: "New secret" } });
    const review = reviewPlan(planOf(change(users(A), ["update"], before, after)));
    expect(review.entries[0]).toMatchObject({ what: "changes", attributes: ["name", "nickname"] });
    expect(JSON.stringify(review)).not.toContain("secret");
  });

  test("is deleted", () => {
    expect(one(change(leaving(A), ["delete"], account(A), null))).toMatchObject({ what: "deleted" });
  });

  test.each([[["delete", "create"]], [["create", "delete"]]])(
    "is replaced (%s), and by which argument",
    (actions) => {
      const because = { replace_paths: [["username"]] };
      expect(one(change(users(A), actions, account(A), account("A@example.com"), because))).toMatchObject({
        what: "replaced",
        attributes: ["username"],
      });
    },
  );

  test.each([["no-op"], ["update"]])("is adopted (%s)", (action) => {
    const importing = { importing: { id: `pool/${A}` } };
    expect(one(change(users(A), [action], account(A), account(A), importing))).toMatchObject({
      what: "adopted",
    });
  });

  test("goes into a group, and out of one", () => {
    const at = (group: string) =>
      `aws_cognito_user_in_group.memberships[${JSON.stringify(`${A} in ${group}`)}]`;
    const values = (group_name: string) => ({ username: A, group_name });
    const { entries } = reviewPlan(
      planOf(
        change(at("ops"), ["create"], null, values("ops")),
        change(at("dev"), ["delete"], values("dev"), null),
      ),
    );
    expect(entries).toMatchObject([
      { about: "membership", username: A, group: "ops", what: "in" },
      { about: "membership", username: A, group: "dev", what: "out" },
    ]);
  });
});

describe("what happens to the pool and other things", () => {
  test("each setting from → to, blocks looked into; a sensitive value, and nothing that AWS computes, is told", () => {
    const before = {
      arn: "x",
      mfa: "OFF",
      policy: [{ minimum_length: 12, require_symbols: true }],
      secret: "a",
    };
    const after = { mfa: "ON", policy: [{ minimum_length: 14, require_symbols: true }], secret: "b" };
    const marks = { after_unknown: { last_modified_date: true }, before_sensitive: { secret: true } };
    const { arn: _, ...rest } = before;
    expect(one(change("aws_cognito_user_pool.pool", ["update"], rest, after, marks))).toMatchObject({
      about: "pool",
      what: "changed",
      settings: [
        { name: "mfa", from: "OFF", to: "ON" },
        { name: "policy.minimum_length", from: "12", to: "14" },
        { name: "secret" },
      ],
    });
  });

  test.each([
    ["aws_cognito_user_pool_client.client", "client"],
    ['aws_cognito_user_group.groups["ops"]', "group"],
    ["aws_s3_bucket.logs", "other"],
  ])("%s is the %s", (address, about) => {
    expect(one(change(address, ["create"], null, {}))).toMatchObject({ about, what: "created" });
  });
});

describe("what cannot be shown is not applied", () => {
  test.each([
    ["an action of a newer Terraform", planOf(change(users(A), ["create", "forget"], null, account(A)))],
    ["someone forgotten", planOf(change(users(A), ["forget"], account(A), null))],
    [
      "one address twice",
      planOf(change(users(A), ["create"], null, account(A)), change(users(A), ["delete"], account(A), null)),
    ],
    ["a plan that Terraform gave up", { ...planOf(), errored: true }],
    ["a plan of another format", { ...planOf(), format_version: "2.0" }],
    ["something else", { hello: "world" }],
  ])("%s", (_, plan) => {
    expect(() => reviewPlan(plan)).toThrow(UserError);
  });
});

test("every resource change is in the review exactly once, or it fails", () => {
  const types = ["aws_cognito_user", "aws_cognito_user_in_group", "aws_cognito_user_pool", "aws_new_thing"];
  const actions = fc.constantFrom(
    ...[["no-op"], ["create"], ["update"], ["delete"], ["read"], ["delete", "create"], ["create", "delete"]],
    ...[["forget"], ["create", "forget"], ["surprise"]],
  );
  const name = fc.constantFrom("users", "leaving", "memberships", "pool", "else");
  const anyChange = fc
    .record({
      type: fc.constantFrom(...types),
      name,
      key: fc.string({ maxLength: 3 }),
      actions,
      moved: fc.boolean(),
    })
    .map(({ type, name, key, actions, moved }) => {
      const values = { username: key, group_name: "g", enabled: true };
      const [before, after] = [
        actions[0] === "create" ? null : values,
        actions[0] === "delete" ? null : values,
      ];
      const address = `${type}.${name}[${JSON.stringify(key)}]`;
      const previous = moved ? { previous_address: `${type}.other[${JSON.stringify(key)}]` } : {};
      return change(address, actions, before, after, previous);
    });
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 8 }), (changes) => {
      const addresses = changes.map(({ address }) => address);
      const speakable = new Set([
        "no-op",
        "create",
        "update",
        "delete",
        "read",
        "delete,create",
        "create,delete",
      ]);
      let review: ReturnType<typeof reviewPlan>;
      try {
        review = reviewPlan(planOf(...changes));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return;
      }
      const shown = review.entries.map(({ address }) => address);
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown.length + review.unchanged).toBe(addresses.length);
      // Everything that acts is shown.
      for (const { address, change } of changes) {
        const action = (change.actions as string[]).join(",");
        expect(action === "forget" || speakable.has(action)).toBe(true);
        if (action !== "no-op") expect(shown).toContain(address);
      }
    }),
  );
});
