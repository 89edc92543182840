import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { doubtOf, extentOf, plannedPart } from "../../lib/deploy/plan-extent.ts";
import { parsePlan } from "../../lib/review/plan.ts";
import { reviewPlan } from "../../lib/review/review.ts";

const CONFIGURATION = {
  terraform: {},
  resource: { aws_cognito_user_pool: { pool: {} } },
  locals: { user_values: {} },
  output: {
    guards: { value: { required: ['root${"$"}{x}@example.com'] } },
    user_pool_id: { value: "${aws_cognito_user_pool.pool.id}" },
    region: { value: "${data.aws_region.current.name}", precondition: ["${aws_cognito_user.users}"] },
    planned_with: { value: "made" },
  },
};
const OUTPUTS = {
  guards: { required: ["root${x}@example.com"] },
  user_pool_id: "pool",
  region: "eu-west-1",
  planned_with: "made",
};
const STATE = JSON.stringify({
  resources: [
    {
      mode: "managed",
      type: "aws_cognito_user_pool",
      name: "pool",
      instances: [{ attributes: { id: "pool" } }],
    },
  ],
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "roster-extent-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function extent({ configuration = {}, outputs = {}, env = {}, full = false }) {
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ ...CONFIGURATION, ...configuration }));
  return extentOf({
    context: { binary: "terraform", directory, env },
    state: STATE,
    outputs: { ...OUTPUTS, ...outputs },
    plannedWith: "made",
    full,
  });
}

test("where the last deploy was planned with the same, a part is planned", () => {
  expect(extent({})).toEqual({ targets: ["aws_cognito_user_pool.pool"], people: [], recorded: 0 });
});

describe("everyone is planned", () => {
  test.each<[string, Parameters<typeof extent>[0], RegExp]>([
    ["with --full", { full: true }, /--full/],
    [
      "while no deploy has remembered what it was planned with",
      { outputs: { planned_with: undefined } },
      /remember/,
    ],
    [
      "after another Terraform, provider or shape",
      { outputs: { planned_with: "else" } },
      /has changed since/,
    ],
    ["while something is taken over", { configuration: { import: [{}] } }, /taken over/],
    ["beside checks of a team's own", { configuration: { check: { ours: {} } } }, /check blocks/],
    [
      "when an output changes that refers to nothing",
      { outputs: { guards: { required: [] } } },
      /output guards changes/,
    ],
    ["when an output goes", { outputs: { sign_in_flow: "srp" } }, /sign_in_flow is new, or goes/],
    [
      "for an output of a team's own that names people",
      {
        configuration: { output: { ...CONFIGURATION.output, ours: { value: "${aws_cognito_user.users}" } } },
        outputs: { ours: {} },
      },
      /ours may be about people/,
    ],
    [
      "with options of Terraform's in the environment",
      { env: { TF_CLI_ARGS_plan: "-replace=x" } },
      /TF_CLI_ARGS_plan/,
    ],
  ])("%s", (_, given, why) => {
    expect(extent(given)).toEqual({ why: expect.stringMatching(why) });
  });

  test("beside another file of Terraform's", () => {
    writeFileSync(join(directory, "more.tf"), "");
    expect(extent({})).toEqual({ why: "more.tf stands beside cdk.tf.json" });
  });
});

const INSENSITIVE = { before_sensitive: {}, after_sensitive: {} };
const pool = (...actions: string[]) => ({
  address: "aws_cognito_user_pool.pool",
  mode: "managed",
  type: "aws_cognito_user_pool",
  name: "pool",
  change: { actions, before: {}, after: {}, ...INSENSITIVE },
});
const hanako = {
  address: 'aws_cognito_user.users["$${hanako}"]',
  mode: "managed",
  type: "aws_cognito_user",
  name: "users",
  index: "${hanako}",
  change: { actions: ["no-op"], before: { username: "x" }, after: { username: "x" }, ...INSENSITIVE },
};
const planOf = (...changes: object[]) =>
  parsePlan({ format_version: "1.2", complete: false, resource_changes: changes }, { partial: true });
const NAMED = { targets: [], people: ['aws_cognito_user.users["$\\u007bhanako}"]'], recorded: 5 };

test("a part stands for the whole when everyone who was named is in it, and the pool stays", () => {
  expect(doubtOf(planOf(pool("update"), hanako), NAMED)).toBeUndefined();
  expect(doubtOf(planOf(pool("no-op")), NAMED)).toMatch(/did not find/);
  expect(doubtOf(planOf(pool("delete", "create"), hanako), NAMED)).toMatch(/user pool itself/);
  expect(doubtOf(planOf(hanako), NAMED)).toMatch(/user pool itself/);
});

test("a part of a plan is only taken where it was asked for", () => {
  expect(() => parsePlan({ format_version: "1.2", complete: false })).toThrow("cannot be reviewed");
});

test("a review says how many were left out, or why nobody was", () => {
  const plan = planOf(pool("no-op"), hanako);
  expect(plannedPart(NAMED, plan)).toEqual({ whole: false, leftOut: 4 });
  expect(plannedPart({ why: "--full was given" }, plan)).toEqual({ whole: true, why: "--full was given" });
  expect(plannedPart({}, plan)).toBeUndefined();
});

test("there is nothing to do where a plan would only remember what it was planned with", () => {
  const output_changes = { planned_with: { actions: ["create"] }, guards: { actions: ["no-op"] } };
  const json = { format_version: "1.2", applyable: true, resource_changes: [pool("no-op")], output_changes };
  expect(reviewPlan(json).applyable).toBe(false);
  expect(reviewPlan({ ...json, resource_changes: [pool("update")] }).applyable).toBe(true);
  const more = { ...output_changes, guards: { actions: ["update"] } };
  expect(reviewPlan({ ...json, output_changes: more }).applyable).toBe(true);
});
