import { expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { waysIn } from "../../lib/review/ways-in.ts";
import { type Change, change, planOf } from "./plans.ts";

const POOL = "aws_cognito_identity_pool.identities";
const ROLES = "aws_cognito_identity_pool_roles_attachment.roles";
const OPS = "arn:aws:iam::123456789012:role/Ops";
const ADMIN = "arn:aws:iam::123456789012:role/Admin";

function told(...changes: Change[]) {
  const review = reviewPlan(planOf(...changes));
  const found = { review, drift: NO_DRIFT, strangers: [] };
  return { review, ways: waysIn(review), headline: headline(found, []), lines: lines(found) };
}

test("one that is new gives people AWS credentials, which the headline counts", () => {
  const { ways, headline, lines } = told(
    change(POOL, ["create"], null, { allow_unauthenticated_identities: false }),
  );
  expect(ways).toEqual([`${POOL} is new: people who sign in get AWS credentials`]);
  expect(headline).toContain("1 new way in");
  expect(lines[0]?.what.join()).toContain("get AWS credentials");
});

test("guests are a way in of their own, those that go are none", () => {
  const guests = (from: boolean, to: boolean) =>
    told(
      change(
        POOL,
        ["update"],
        { allow_unauthenticated_identities: from },
        { allow_unauthenticated_identities: to },
      ),
    ).ways;
  expect(guests(false, true)).toEqual(["anyone gets AWS credentials without signing in"]);
  expect(guests(true, false)).toEqual([]);
});

test("a role that people may assume from now on is named", () => {
  const { ways, lines } = told(
    change(ROLES, ["update"], { roles: { authenticated: OPS } }, { roles: { authenticated: ADMIN } }),
  );
  expect(ways).toEqual([`people may assume the role ${ADMIN}`]);
  expect(lines[0]?.what.join()).toContain("the role that people assume");
});

test("the roles are replaced at every change of the default one, which is told and loses nothing", () => {
  const to = { roles: { authenticated: ADMIN } };
  const { review, ways, lines } = told(
    change(ROLES, ["delete", "create"], { roles: { authenticated: OPS } }, to, {
      replace_paths: [["roles"]],
    }),
  );
  expect(refusals(review, { removals: 3 } as never)).toEqual([]);
  expect(ways).toEqual([`people may assume the role ${ADMIN}`]);
  expect(lines[0]?.what.join()).toContain("no one gets AWS credentials for a few seconds");
});

test("to delete one is refused, with what would be lost", () => {
  const { review } = told(change(POOL, ["delete"], {}, null));
  expect(refusals(review, { removals: 3 } as never)[0]?.message).toContain(
    "no one could get AWS credentials through it",
  );
});

test("a group's role is a way in only where an identity pool takes it from the token, and is in the headline", () => {
  const group = (role: string) => ({ name: "admins", role_arn: role });
  const other = change(
    'aws_cognito_user_group.groups_role_arn["admins"]',
    ["update"],
    group(OPS),
    group(ADMIN),
  );
  const mapped = { role_mapping: [{ identity_provider: "x", type: "Token" }] };
  const { ways, headline } = told(other, change(ROLES, ["no-op"], mapped, mapped));
  expect(ways).toEqual([`admins may assume ${ADMIN}`]);
  expect(headline).toContain(`1 new way in, admins may assume ${ADMIN}`);
  expect(told(other, change(ROLES, ["no-op"], {}, {})).ways).toEqual([]);
});
