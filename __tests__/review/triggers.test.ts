import { describe, expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { type Change, change, planOf } from "./plans.ts";

const POOL = "aws_cognito_user_pool.pool";
const permission = (name: string) => `aws_lambda_permission.${name}`;
const pool = (from: object | undefined, to: object | undefined) =>
  change(POOL, ["update"], { lambda_config: from ? [from] : [] }, { lambda_config: to ? [to] : [] });

function told(...changes: readonly Change[]) {
  const review = reviewPlan(planOf(...changes));
  return {
    head: headline({ review, drift: NO_DRIFT }, []),
    lines: lines({ review, drift: NO_DRIFT, strangers: [] }).flatMap(({ what }) => what),
    refused: refusals(review, { removals: 3, destroyable: false }).map(({ message }) => message),
  };
}

describe("a function that could let somebody in is in the headline", () => {
  test.each<[string, Change[], string]>([
    [
      "put in",
      [pool(undefined, { pre_sign_up: "arn:a" })],
      "a function that can affect sign-in changes: preSignUp",
    ],
    [
      "another one",
      [pool({ user_migration: "arn:a" }, { user_migration: "arn:b" })],
      "changes: userMigration",
    ],
    ["taken away", [pool({ pre_authentication: "arn:a" }, undefined)], "changes: preAuthentication"],
    [
      "several, each once",
      [
        pool(undefined, {
          pre_token_generation: "arn:a",
          pre_token_generation_config: [{ lambda_arn: "arn:a", lambda_version: "V2_0" }],
          custom_email_sender: [{ lambda_arn: "arn:b", lambda_version: "V1_0" }],
        }),
      ],
      "functions that can affect sign-in change: customEmailSender, preTokenGeneration",
    ],
    [
      "of a new pool, of which no setting is shown",
      [change(permission("trigger_pre_sign_up"), ["create"], null, {})],
      "changes: preSignUp",
    ],
  ])("%s", (_, changes, words) => {
    expect(told(...changes).head).toContain(words);
  });

  test.each<[string, Change]>([
    ["one that decides nothing", pool(undefined, { post_confirmation: "arn:a" })],
    ["a permission of the team's own", change(permission("mine"), ["create"], null, {})],
    ["what a state writes for none", pool({ pre_sign_up: "", custom_sms_sender: [] }, undefined)],
  ])("but not %s", (_, one) => {
    expect(told(one).head).not.toContain("that can affect sign-in");
  });
});

test("each function is told by itself, with what it may do", () => {
  expect(
    told(pool({ pre_sign_up: "arn:a" }, { pre_sign_up: "arn:a", user_migration: "arn:b" })).lines,
  ).toEqual([
    "is changed",
    expect.stringMatching(
      /^lambda_config\.user_migration: none → arn:b — this function can let anyone in: it/,
    ),
  ]);
});

test("its permission goes with it, or is for another function: nothing is lost by that; of others nobody knows", () => {
  const gone = (name: string) => told(change(permission(name), ["delete"], {}, null)).refused;
  expect(gone("trigger_pre_sign_up")).toEqual([]);
  expect(told(change(permission("trigger_user_migration"), ["delete", "create"], {}, {})).refused).toEqual(
    [],
  );
  expect(gone("mine")).toEqual([expect.stringContaining("aws_lambda_permission.mine would be deleted")]);
  expect(gone("trigger_nothing")).toHaveLength(1);
});
