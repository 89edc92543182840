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
    expect(review.entries[0]).toMatchObject({
      what: "changes",
      attributes: [
        { name: "name", what: "removed" },
        { name: "nickname", what: "set" },
      ],
    });
    expect(JSON.stringify(review)).not.toContain("secret");
  });

  test("changes: values from → to where they are asked for, but never a sensitive one", () => {
    const before = account(A, { attributes: { email: A, name: "Old", nickname: "Old secret" } });
    const after = account(A, { attributes: { email: A, name: "New", nickname: "New secret" } });
    const marks = { after_sensitive: { attributes: { nickname: true } } };
    const review = reviewPlan(planOf(change(users(A), ["update"], before, after, marks)), {
      showValues: true,
    });
    expect(review.entries[0]).toMatchObject({
      attributes: [{ name: "name", what: "changed", from: "Old", to: "New" }, { name: "nickname" }],
    });
    expect(JSON.stringify(review)).not.toContain("secret");
  });

  test.each<[string, object, object, string[] | undefined]>([
    [
      "a new address, vouched for before",
      { email: "a", email_verified: "true" },
      { email: "b", email_verified: "true" },
      ["email"],
    ],
    [
      "a new address, vouched for now",
      { email: "a", email_verified: "false" },
      { email: "b", email_verified: "true" },
      undefined,
    ],
    ["a new address, nobody vouches", { email: "a" }, { email: "b" }, ["email"]],
    [
      "an address nobody vouches for any more",
      { email: "a", email_verified: "true" },
      { email: "a", email_verified: "false" },
      ["email"],
    ],
    ["a new number", { phone_number: "+1" }, { phone_number: "+2" }, ["phone_number"]],
    ["an address that goes", { email: "a" }, {}, undefined],
    ["another attribute", { email: "a", name: "x" }, { email: "a", name: "y" }, undefined],
  ])("has to verify again: %s", (_, before, after, verify) => {
    const update = change(
      users(A),
      ["update"],
      account(A, { attributes: before }),
      account(A, { attributes: after }),
    );
    expect(one(update)).toMatchObject({ what: "changes" });
    expect((one(update) as { verify?: string[] }).verify).toEqual(verify);
  });

  test.each<[string, string | undefined, Record<string, unknown>]>([
    ["thrown back to a temporary password", "temporary", { temporary_password: "Secret-1!" }],
    ["given another password", "permanent", { password: "Secret-1!" }],
    ["left alone when a password is only forgotten", undefined, {}],
  ])("is %s, and the password is not told", (_, password, after) => {
    const before = account(A, password === undefined ? { temporary_password: "Secret-0!" } : {});
    const review = reviewPlan(planOf(change(users(A), ["update"], before, account(A, after))), {
      showValues: true,
    });
    expect((review.entries[0] as { password?: string }).password).toBe(password);
    expect(JSON.stringify(review)).not.toContain("Secret");
  });

  test("is thrown back by an import, too", () => {
    const importing = { importing: { id: `pool/${A}` } };
    const after = account(A, { temporary_password: "Secret-1!" });
    expect(one(change(users(A), ["update"], account(A), after, importing))).toMatchObject({
      what: "adopted",
      password: "temporary",
    });
  });

  test("whatever else differs is named", () => {
    const after = account(A, { message_action: "SUPPRESS" });
    expect(one(change(users(A), ["update"], account(A), after))).toMatchObject({
      attributes: [],
      others: ["message_action"],
    });
  });

  test("between two addresses of the same list, nothing happens to anybody", () => {
    const moved = change(users(A), ["no-op"], account(A), account(A), { previous_address: users("old") });
    expect(reviewPlan(planOf(moved))).toMatchObject({ entries: [], unchanged: 1 });
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
        because: [{ name: "username", from: A, to: "A@example.com" }],
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

  test("what forces a replacement is marked, and what Cognito computes anew is left out", () => {
    const marks = { after_unknown: { id: true, arn: true }, replace_paths: [["name"]] };
    const replaced = change(
      "aws_cognito_user_pool.pool",
      ["delete", "create"],
      { name: "a", id: "1", arn: "x" },
      { name: "b" },
      marks,
    );
    expect(one(replaced)).toMatchObject({
      what: "replaced",
      settings: [{ name: "name", from: "a", to: "b", forcesReplacement: true }],
    });
  });

  test("an account that isn't in the roster is somebody's all the same: no value of it is told", () => {
    const admin = {
      before: { attributes: { name: "Old secret" } },
      after: { attributes: { name: "New secret" } },
    };
    const review = reviewPlan(
      planOf(change("aws_cognito_user.admin", ["update"], admin.before, admin.after)),
    );
    expect(review.entries[0]).toMatchObject({ about: "other", settings: [{ name: "attributes.name" }] });
    expect(JSON.stringify(review)).not.toContain("secret");
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
    [
      "remains of a replacement that failed",
      planOf({ ...change("aws_cognito_user_pool.pool", ["delete"], {}, null), deposed: "abc" } as Change),
    ],
    ["a plan with a part put off", { ...planOf(), deferred_changes: [{}] }],
    ["a part of a plan", { ...planOf(), complete: false }],
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
