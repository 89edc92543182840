import { expect, test } from "vitest";
import { driftOfThings, NO_THINGS } from "../../lib/deploy/find-drift.ts";
import { type Change, change, planOf } from "../review/plans.ts";

const POOL = "aws_cognito_user_pool.pool";
const OPS = 'aws_cognito_user_group.groups["ops"]';
const found = (drifted: readonly Change[], planned: readonly Change[]) =>
  driftOfThings({ ...planOf(...planned), resource_drift: drifted });
const policy = (minimum_length: number, more: object = {}) => ({
  password_policy: [{ minimum_length }],
  ...more,
});

test("a setting that a plan puts back is told, from what was deployed to what is there", () => {
  const drifted = change(POOL, ["update"], policy(12), policy(6));
  const planned = change(POOL, ["update"], policy(6), policy(12));
  expect(found([drifted], [planned])).toEqual({
    things: [
      {
        about: "pool",
        label: POOL,
        settings: [{ name: "password_policy.minimum_length", from: "12", to: "6" }],
      },
    ],
    edits: new Map([[POOL, { attributes: policy(6) }]]),
  });
});

test("what Cognito computes is nobody's drift, also where something else is put back", () => {
  const before = policy(12, { estimated_number_of_users: 1, last_modified_date: "a" });
  const now = policy(6, { estimated_number_of_users: 2, last_modified_date: "b" });
  const after = policy(12, { estimated_number_of_users: 2 });
  const planned = change(POOL, ["update"], now, after, { after_unknown: { last_modified_date: true } });
  const [thing] = found([change(POOL, ["update"], before, now)], [planned]).things;
  expect(thing?.settings.map(({ name }) => name)).toEqual(["password_policy.minimum_length"]);
});

test.each<[string, Change[], Change[]]>([
  ["a change that only the configuration makes", [], [change(POOL, ["update"], policy(12), policy(14))]],
  [
    "a change in Cognito that the configuration makes by now",
    [change(POOL, ["update"], policy(12), policy(14))],
    [change(POOL, ["no-op"], policy(14), policy(14))],
  ],
  [
    "a group's description, which no setting says",
    [change(OPS, ["update"], { description: "a" }, { description: "b" })],
    [change(OPS, ["no-op"], { description: "b" }, { description: "b" })],
  ],
  [
    "something that is to be deleted",
    [change(OPS, ["update"], { description: "a" }, { description: "b" })],
    [change(OPS, ["delete"], { description: "b" }, null)],
  ],
  [
    "people: ListUsers tells of them",
    [change('aws_cognito_user.users["a"]', ["update"], { enabled: true }, { enabled: false })],
    [change('aws_cognito_user.users["a"]', ["update"], { enabled: false }, { enabled: true })],
  ],
])("%s: no drift", (_, drifted, planned) => {
  expect(found(drifted, planned)).toEqual(NO_THINGS);
});

test("a group that nobody is in any more, and that is gone, is nobody's drift; but the state forgets it", () => {
  const gone = change(OPS, ["delete"], { name: "ops" }, null);
  expect(found([gone], [])).toEqual({ things: [], edits: new Map([[OPS, "forget"]]) });
});

test("a function that Cognito was given by hand is told by itself, not with the block around it", () => {
  const [none, some] = [
    { lambda_config: [] },
    { lambda_config: [{ pre_sign_up: "arn", user_migration: "" }] },
  ];
  const { things } = found([change(POOL, ["update"], none, some)], [change(POOL, ["update"], some, none)]);
  expect(things[0]?.settings).toEqual([{ name: "lambda_config.pre_sign_up", from: "none", to: "arn" }]);
});

test("a secret is named, and not shown", () => {
  const marks = { before_sensitive: { client_secret: true }, after_sensitive: { client_secret: true } };
  const client = "aws_cognito_user_pool_client.client";
  const [old, now] = [{ client_secret: "old" }, { client_secret: "new" }];
  const { things } = found(
    [change(client, ["update"], old, now, marks)],
    [change(client, ["update"], now, old, marks)],
  );
  expect(things).toEqual([{ about: "client", label: client, settings: [{ name: "client_secret" }] }]);
});

test("a group that is gone and is created anew is missing, under its own name", () => {
  const drifted = change(OPS, ["delete"], { name: "ops" }, null);
  expect(found([drifted], [change(OPS, ["create"], null, { name: "ops" })]).things).toEqual([
    { about: "group", label: "ops", settings: [], missing: true },
  ]);
});
