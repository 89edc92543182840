import { describe, expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { type Drift, NO_DRIFT } from "../../lib/review/drift.ts";
import { type ReviewOptions, reviewPlan } from "../../lib/review/review.ts";
import { type Change, change, planOf } from "./plans.ts";

const ROLE = "arn:aws:iam::123456789012:role/Admin";

const group = (name: string, more: object = {}) => ({
  name,
  description: null,
  precedence: null,
  role_arn: null,
  user_pool_id: "p",
  ...more,
});
const at = (block: string, name: string) => `aws_cognito_user_group.${block}[${JSON.stringify(name)}]`;
const stays = (block: string, name: string, more: object = {}) =>
  change(at(block, name), ["no-op"], group(name, more), group(name, more));
const moved = (from: string, to: string, name: string, more: object = {}) =>
  change(at(to, name), ["no-op"], group(name, more), group(name, more), { previous_address: at(from, name) });
const membership = (username: string, name: string, action: string) => {
  const values = { username, group_name: name };
  const address = `aws_cognito_user_in_group.memberships[${JSON.stringify(`${username} in ${name}`)}]`;
  return change(address, [action], action === "create" ? null : values, action === "delete" ? null : values);
};

function told(changes: readonly Change[], options: ReviewOptions = {}, drift: Drift = NO_DRIFT) {
  const review = reviewPlan(planOf(...changes), options);
  const found = { review, drift, strangers: [] };
  return {
    review,
    head: headline(found, []),
    lines: lines(found).map(({ who, what }) => `${who}: ${what.join("; ")}`),
  };
}

describe("what a group gives, to whom comes into it", () => {
  test("is its role, and that it is privileged", () => {
    const changes = [
      stays("groups_role_arn", "admins", { role_arn: ROLE }),
      membership("a", "admins", "create"),
    ];
    const { review, lines } = told(changes, { privileged: ["admins"] });
    expect(review.entries).toMatchObject([{ what: "in", group: "admins", role: ROLE, privileged: true }]);
    expect(lines).toEqual([`a: into admins (privileged; gives the role ${ROLE})`]);
  });

  test("is told of a group that nobody declared, and of one that comes with the same plan", () => {
    expect(
      told([
        stays("groups", "old", { role_arn: ROLE }),
        change(at("groups_role_arn", "new"), ["create"], null, group("new", { role_arn: `${ROLE}2` })),
        membership("a", "old", "create"),
        membership("a", "new", "create"),
      ]).lines,
    ).toContain(`a: into old (gives the role ${ROLE}), new (gives the role ${ROLE}2)`);
  });

  test("is nothing where it gives nothing, and no matter to whom goes out of it", () => {
    const groups = [stays("groups", "ops"), stays("groups_role_arn", "admins", { role_arn: ROLE })];
    expect(
      told([...groups, membership("a", "ops", "create"), membership("b", "admins", "delete")]).lines,
    ).toEqual(["a: into ops", "b: out of admins"]);
  });
});

describe("the settings of a group", () => {
  test("that is new", () => {
    const values = group("admins", { role_arn: ROLE, precedence: 0 });
    expect(
      told([change(at("groups_precedence_role_arn", "admins"), ["create"], null, values)]).lines,
    ).toEqual([
      `group admins: is created; precedence: none → 0 — decides which role people in several groups get: the lowest wins; role_arn: none → ${ROLE} — everyone in it can assume this role through an identity pool`,
    ]);
  });

  test("that is declared as it is: nothing happens to it", () => {
    const { head, review } = told([moved("groups", "groups_role_arn", "admins", { role_arn: ROLE })]);
    expect(head).toBe("Nothing to do: everything is as declared");
    expect(review).toMatchObject({ entries: [], unchanged: 1 });
  });

  test("that is declared as it is not yet", () => {
    const change_ = change(
      at("groups_role_arn", "admins"),
      ["update"],
      group("admins"),
      group("admins", { role_arn: ROLE }),
      { previous_address: at("groups", "admins") },
    );
    expect(told([change_]).lines).toEqual([
      `group admins: is changed; role_arn: none → ${ROLE} — everyone in it can assume this role through an identity pool`,
    ]);
  });

  test("that is not declared any more: what stays although nobody says it is told", () => {
    const { head, review, lines } = told([
      moved("groups_description_role_arn", "groups_description", "admins", {
        role_arn: ROLE,
        description: "x",
      }),
    ]);
    expect(review.entries).toMatchObject([{ about: "group", what: "moved", released: ["role_arn"] }]);
    expect(head).toBe("1 other change — nothing irreversible");
    expect(lines).toEqual([
      "group admins: role_arn is no longer declared, and stays as it is, so everyone in it can still assume it",
    ]);
  });

  test("that nobody declared, changed by hand: told, and not said to be put back", () => {
    const settings = [{ name: "role_arn", from: "none", to: ROLE }];
    const things = [{ about: "group", label: "ops", settings, held: true }] as const;
    const { head, lines } = told([], {}, { ...NO_DRIFT, things });
    expect(head).toBe("1 group stays as it was changed by hand");
    expect(lines).toEqual([
      `group ops: was changed outside this repository and stays changed: config.ts doesn't set it; role_arn: none → ${ROLE} — everyone in it can assume this role through an identity pool`,
    ]);
  });

  test("that had no value: not declaring it any more is nothing", () => {
    expect(told([moved("groups_description", "groups", "admins")]).review.entries).toEqual([]);
  });
});
