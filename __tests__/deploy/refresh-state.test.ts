import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NO_POOL } from "../../lib/deploy/compare-pool.ts";
import { NO_THINGS } from "../../lib/deploy/find-drift.ts";
import { MAX_REFRESHED, refreshDriftedState } from "../../lib/deploy/refresh-state.ts";
import type { StateInstance } from "../../lib/terraform/state.ts";
import { fakeTerraform } from "../terraform/fakes.ts";

const instance = (type: string, key: string, attributes: Record<string, unknown> = {}): StateInstance => ({
  type: `aws_cognito_${type}`,
  name: type === "user" ? "users" : "any",
  key,
  attributes,
});
const A = instance("user", "a");
const OPS = instance("user_group", "ops");
const MEMBERSHIP = instance("user_in_group", "a in ops", { username: "a", group_name: "ops" });
const outdated = (...instances: StateInstance[]) => ({
  ...NO_POOL,
  drift: { ...NO_POOL.drift, outdated: instances },
});

/** A Terraform that has this state after a refresh. */
function terraformLeaving(...instances: StateInstance[]) {
  const fake = fakeTerraform('echo "$@" >> log; if [ "$2" = pull ]; then cat state; fi');
  writeFileSync(fake.file("cdk.tf.json"), "{}");
  const resources = instances.map(({ type, name, key, attributes }) => ({
    mode: "managed",
    type,
    name,
    instances: [{ index_key: key, attributes }],
  }));
  writeFileSync(fake.file("state"), JSON.stringify({ version: 4, resources }));
  return fake;
}

const COMMON = { things: NO_THINGS, state: [A, OPS, MEMBERSHIP], onProgress: () => {} };

test("with nothing that has drifted, Terraform is not started", async () => {
  using fake = terraformLeaving();
  await refreshDriftedState(fake.context, { ...COMMON, look: NO_POOL });
  expect(fake.read("log")).toBe("");
});

test("people and things that have drifted are read together; the memberships of whoever is gone go with them", async () => {
  using fake = terraformLeaving(OPS, MEMBERSHIP);
  const things = { ...NO_THINGS, addresses: ["aws_cognito_user_pool.pool"] };
  await refreshDriftedState(fake.context, { ...COMMON, things, look: outdated(A) });
  expect(fake.read("log").split("\n")).toEqual([
    expect.stringMatching(
      /^apply .* -target=aws_cognito_user_pool\.pool -target=aws_cognito_user\.users\["a"\]$/,
    ),
    "state pull",
    'state rm aws_cognito_user_in_group.any["a in ops"]',
  ]);
});

test("a membership that an earlier deploy, killed in the middle, has left behind goes too", async () => {
  using fake = terraformLeaving();
  await refreshDriftedState(fake.context, { ...COMMON, state: [OPS, MEMBERSHIP], look: NO_POOL });
  expect(fake.read("log")).toBe('state rm aws_cognito_user_in_group.any["a in ops"]');
});

test("more people than that are refused, before anybody is read", async () => {
  using fake = terraformLeaving();
  const many = Array.from({ length: MAX_REFRESHED + 1 }, (_, index) => instance("user", `person${index}`));
  await expect(
    refreshDriftedState(fake.context, { ...COMMON, look: outdated(...many) }),
  ).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(`${MAX_REFRESHED + 1} people`),
    next: expect.arrayContaining([expect.stringContaining("--refresh")]),
  });
  expect(fake.read("log")).toBe("");
});
