import { describe, expect, test } from "vitest";
import { accessGiven, refuseHeld, refusePrivileged } from "../../lib/review/access.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import type { PersonEntry } from "../../lib/review/person.ts";
import type { Entry, MembershipEntry } from "../../lib/review/review.ts";

const entry = (username: string, what: PersonEntry["what"], more: Partial<PersonEntry> = {}): Entry => ({
  about: "person",
  address: `aws_cognito_user.users["${username}"]`,
  username,
  what,
  attributes: [],
  ...more,
});
const membership = (username: string, what: MembershipEntry["what"]): Entry => ({
  about: "membership",
  address: "x",
  username,
  group: "ops",
  what,
});
const given = (entries: readonly Entry[], drift: Partial<Drift> = {}) =>
  accessGiven({ review: { entries }, drift: { ...NO_DRIFT, ...drift } });

describe("who gets access beside the newcomers", () => {
  test.each<[string, Entry[], string[]]>([
    ["enabled again", [entry("a", "changes", { enabled: true })], ["a"]],
    ["returns", [entry("a", "returns", { enabled: true })], ["a"]],
    ["taken over", [entry("a", "adopted")], ["a"]],
    ["into a group", [membership("a", "in")], ["a"]],
    ["another account", [entry("a", "replaced")], ["a"]],
    ["an attribute", [entry("a", "changes")], []],
    ["disabled", [entry("a", "changes", { enabled: false })], []],
    ["taken over disabled", [entry("a", "adopted", { enabled: false })], []],
    ["taken over to leave", [entry("a", "adopted", { address: 'aws_cognito_user.leaving["a"]' })], []],
    ["out of a group", [membership("a", "out")], []],
    ["a newcomer with a group", [entry("a", "joins"), membership("a", "in")], []],
  ])("%s", (_, entries, expected) => {
    expect(given(entries)).toEqual(expected);
  });

  test("who was deleted by hand and is created again is no newcomer", () => {
    const people = [{ username: "a", what: "missing", attributes: [] } as const];
    expect(given([entry("a", "joins")], { people })).toEqual(["a"]);
  });
});

describe("what was done by hand and stays so", () => {
  const held = (what: "missing" | "differs"): Drift => ({
    ...NO_DRIFT,
    people: [{ username: "a", what, attributes: [], held: true }],
  });
  const refused = (entries: readonly Entry[], drift: Drift, enable: string[] = [], recreate: string[] = []) =>
    refuseHeld({ review: { entries }, drift }, { enable, recreate }).map(({ hint }) => hint);

  test("a plan that has nothing of them passes", () => {
    expect(refused([entry("b", "changes", { enabled: true })], held("missing"))).toEqual([]);
    expect(refused([entry("a", "changes")], held("differs"))).toEqual([]);
  });

  test("a change of an account that is gone is refused once, until it is named", () => {
    const entries = [entry("a", "changes"), membership("a", "in")];
    expect(refused(entries, held("missing"))).toEqual([expect.stringContaining("--recreate a")]);
    expect(refused(entries, held("missing"), [], ["a"])).toEqual([]);
  });

  test("so is letting in again whoever was disabled, as Terraform's own refresh would", () => {
    const entries = [entry("a", "changes", { enabled: true })];
    expect(refused(entries, held("differs"))).toEqual([expect.stringContaining("--enable a")]);
    expect(refused(entries, held("differs"), ["a"])).toEqual([]);
  });
});

describe("a privileged group", () => {
  const memberships = [
    { username: "a", group: "admins", what: "added" },
    { username: "x", group: "admins", what: "added", stranger: true },
    { username: "b", group: "admins", what: "removed" },
    { username: "c", group: "ops", what: "added" },
  ] as const;
  const refused = (letIn: string[] = []) =>
    refusePrivileged({ memberships }, ["admins"], letIn, "pool").map(({ message }) => message);

  test("has no way in that the change does not name: by hand, as a stranger, by being put back", () => {
    expect(refused()).toEqual([
      expect.stringMatching(/^"a" was added to the privileged group "admins"/),
      expect.stringMatching(/^"x", who is not in the roster, was added to/),
      expect.stringMatching(/^"b" was removed from .* would be added again$/),
    ]);
    expect(refused(["b"])).toHaveLength(2);
  });
});
