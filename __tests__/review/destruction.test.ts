import { describe, expect, test } from "vitest";
import { destructionLines, thingsDestroyed } from "../../lib/review/destruction.ts";
import { parsePlan } from "../../lib/review/plan.ts";

const change = (type: string, name: string, ...actions: string[]) => ({
  address: `${type}.${name}`,
  mode: type.startsWith("data.") ? "data" : "managed",
  type,
  name,
  change: { actions, before_sensitive: false, after_sensitive: false },
});
const planOf = (...changes: object[]) => parsePlan({ format_version: "1.2", resource_changes: changes });
const refuse = ({ address }: { address: string }) => new Error(address);

describe("what a destruction takes away", () => {
  test("people come first, with what nobody declared among them, then everything else by kind", () => {
    const lines = destructionLines({
      people: Array.from({ length: 12 }, (_, index) => `p${index}@example.com`),
      undeclared: ["p3@example.com"],
      things: { aws_cognito_user_pool: 1, aws_cognito_user_group: 3, aws_iam_role: 1 },
    });
    expect(lines).toEqual([
      expect.stringMatching(/^12 accounts are deleted, irreversibly: p0@example\.com, .*, and 2 more$/),
      "1 of them not managed by this repository: p3@example.com",
      "with them the user pool itself, 3 groups, 1 aws_iam_role",
      expect.stringContaining("a new sub"),
    ]);
  });

  test("an empty pool has nobody to lose", () => {
    expect(destructionLines({ people: [], undeclared: [], things: {} })).toEqual([
      "No one has an account in it.",
    ]);
  });
});

describe("a plan of a destruction", () => {
  test("is counted by kind, people and memberships aside", () => {
    const plan = planOf(
      change("aws_cognito_user", "users", "delete"),
      change("aws_cognito_user_in_group", "memberships", "delete"),
      change("aws_cognito_user_group", "a", "delete"),
      change("aws_cognito_user_group", "b", "delete"),
      change("aws_cognito_user_pool", "pool", "delete"),
      change("aws_cognito_user_pool_domain", "domain", "no-op"),
    );
    expect(thingsDestroyed(plan, refuse)).toEqual({ aws_cognito_user_group: 2, aws_cognito_user_pool: 1 });
  });

  test.each([["create"], ["update"], ["delete", "create"]])(
    "that would %s anything is none",
    (...actions) => {
      const plan = planOf(
        change("aws_cognito_user", "users", "delete"),
        change("aws_iam_role", "x", ...actions),
      );
      expect(() => thingsDestroyed(plan, refuse)).toThrow("aws_iam_role.x");
    },
  );
});
