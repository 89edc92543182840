import { describe, expect, test } from "vitest";
import { NO_POOL } from "../../lib/deploy/compare-pool.ts";
import { NO_THINGS } from "../../lib/deploy/find-drift.ts";
import {
  MAX_PUT_BACK,
  reconcileState,
  untainted,
  withoutOwnAttributes,
} from "../../lib/deploy/reconcile-state.ts";
import { instancesOf, type StateEdit, type StateInstance } from "../../lib/terraform/state.ts";
import { person } from "../support/people.ts";

const instance = (
  type: string,
  key: string | null,
  attributes: Record<string, unknown> = {},
): StateInstance => ({
  type: `aws_cognito_${type}`,
  name: type === "user" ? "users" : type === "user_pool" ? "pool" : "any",
  key,
  attributes,
});
const POOL = instance("user_pool", null, { id: "pool" });
const A = instance("user", "a", { enabled: true, sub: "1" });
const OPS = instance("user_group", "ops");
const MEMBERSHIP = instance("user_in_group", "a in ops", { username: "a", group_name: "ops" });

/** A state with these, as Terraform writes it. */
function pulled(...instances: readonly (StateInstance | [StateInstance, "tainted"])[]) {
  const resources = instances.map((one) => {
    const [{ type, name, key, attributes }, status] = Array.isArray(one) ? one : [one];
    const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
    const entry = {
      schema_version: 0,
      attributes,
      ...(key !== null && { index_key: key }),
      ...(status && { status }),
    };
    return { mode: "managed", type, name, provider, instances: [entry] };
  });
  const text = JSON.stringify({ version: 4, serial: 7, lineage: "l", outputs: {}, resources });
  return { text, instances: instancesOf(text) };
}
const addresses = (instances: readonly StateInstance[]) => instances.map(({ key, type }) => `${type} ${key}`);
const differing = (...outdated: { instance: StateInstance; edit: StateEdit }[]) => ({
  ...NO_POOL,
  drift: { ...NO_POOL.drift, outdated },
});

describe("the state as the user pool has it", () => {
  test("is the same one where nothing has drifted", () => {
    const state = pulled(POOL, A, OPS, MEMBERSHIP);
    expect(reconcileState(state, { look: NO_POOL, things: NO_THINGS })).toEqual({
      ...state,
      changed: false,
      finished: 0,
    });
  });

  test("has people, the pool and groups as they are now, and is the next one by its serial", () => {
    const { text, instances, changed } = reconcileState(pulled(POOL, A, OPS), {
      look: differing({ instance: A, edit: { attributes: { enabled: false } } }),
      things: { things: [], edits: new Map([["aws_cognito_user_pool.pool", { attributes: { mfa: "ON" } }]]) },
    });
    expect(changed).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ version: 4, serial: 8, lineage: "l" });
    expect(instances).toEqual([
      { ...POOL, attributes: { id: "pool", mfa: "ON" } },
      { ...A, attributes: { enabled: false, sub: "1" } },
      OPS,
    ]);
  });

  test("has nobody who is gone, and not their memberships either", () => {
    const look = differing({ instance: A, edit: "forget" });
    const { instances } = reconcileState(pulled(POOL, A, OPS, MEMBERSHIP), { look, things: NO_THINGS });
    expect(instances).toEqual([POOL, OPS]);
  });

  test("keeps the memberships of whoever was deleted and stays so, also with a group that is made anew", () => {
    const people = [{ username: "a", what: "missing", attributes: [], held: true } as const];
    const look = { ...NO_POOL, drift: { ...NO_POOL.drift, people } };
    const { instances } = reconcileState(pulled(POOL, A, MEMBERSHIP), { look, things: NO_THINGS });
    expect(instances).toEqual([POOL, A, MEMBERSHIP]);
  });

  test("has a membership that was given by hand, so that a plan takes it back", () => {
    const given = [instance("user_in_group", "a in ops", { username: "a", group_name: "ops" })];
    const look = { ...NO_POOL, groups: { ...NO_POOL.groups, given } };
    const { text, instances } = reconcileState(pulled(POOL, A, OPS), { look, things: NO_THINGS });
    expect(instances).toEqual([POOL, A, OPS, ...given]);
    expect(JSON.parse(text).resources.at(-1)).toMatchObject({
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ index_key: "a in ops" }],
    });
  });

  test("takes what an interrupted deploy had begun for made, and counts it", () => {
    const state = pulled([POOL, "tainted"], [A, "tainted"], OPS);
    const { instances, finished } = reconcileState(state, { look: NO_POOL, things: NO_THINGS });
    expect(instances).toEqual([POOL, A, OPS]);
    expect(finished).toBe(2);
    expect(untainted(state).instances).toEqual([POOL, { ...A, tainted: true }, OPS]);
  });

  test("is refused when very many people differ", () => {
    const many = Array.from({ length: MAX_PUT_BACK + 1 }, (_, index) => ({
      instance: instance("user", `person${index}`),
      edit: { attributes: {} },
    }));
    const compare = () => reconcileState(pulled(POOL), { look: differing(...many), things: NO_THINGS });
    expect(compare).toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringContaining(`${MAX_PUT_BACK + 1} people`),
      }),
    );
  });
});

test("what Terraform has read of people's own leaves the state again: it would be erased otherwise", () => {
  const line = { email: "a", email_verified: "true", name: "A" };
  const read = { ...A, attributes: { attributes: { ...line, sub: "1", nickname: "Aa" } } };
  const text = withoutOwnAttributes(pulled(POOL, read), [person("a", { attributes: { name: "A" } })]);
  expect(instancesOf(text ?? "")[1]?.attributes).toEqual({ attributes: { ...line, sub: "1" } });
  const clean = { ...A, attributes: { attributes: line } };
  expect(
    withoutOwnAttributes(pulled(POOL, clean), [person("a", { attributes: { name: "A" } })]),
  ).toBeUndefined();
  expect(addresses(instancesOf(text ?? ""))).toEqual(["aws_cognito_user_pool null", "aws_cognito_user a"]);
});
