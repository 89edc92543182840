import { expect, test } from "vitest";
import { parsePlan } from "../../lib/review/plan.ts";
import { preflightFacts, preflightOf } from "../../lib/review/preflight.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { fixture } from "./fixtures.ts";
import { account, type Change, change, planOf, users } from "./plans.ts";

function of(json: unknown, options: Parameters<typeof preflightOf>[2] = { refresh: false }) {
  const people = reviewPlan(json).entries.filter((entry) => entry.about === "person");
  return preflightOf(parsePlan(json), people, options);
}
const fact = (preflight: ReturnType<typeof of>, label: string) =>
  preflightFacts(preflight).find((one) => one.label === label);
const joining = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    change(users(`p${index}`), ["create"], null, account(`p${index}`)),
  );
const pool = (after: object): Change => change("aws_cognito_user_pool.pool", ["no-op"], { ...after }, after);

test("account, region and pool come from the deployed pool's ARN", () => {
  expect(of(fixture("everyday").plan)).toMatchObject({
    account: "123456789012",
    region: "us-east-1",
    userPoolId: "us-east-1_Pool1",
    poolName: "people",
  });
});

test("all four are shown, also where the pool exists already", () => {
  const facts = preflightFacts(of(fixture("everyday").plan));
  expect(facts.slice(0, 3)).toEqual([
    { label: "AWS account", value: "123456789012" },
    { label: "Region", value: "us-east-1" },
    { label: "User pool", value: "people (us-east-1_Pool1)" },
  ]);
});

test("who gets access beside the newcomers is counted and named", () => {
  const many = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const row = (access: string[]) =>
    preflightFacts(of(fixture("everyday").plan), access).find(({ label }) => label === "Gain access");
  expect(row([])).toBeUndefined();
  expect(row(["mika", "paul"])).toMatchObject({
    value: "2 besides the newcomers: mika, paul",
    warning: true,
  });
  expect(row(many)?.value).toMatch(/^12 besides .* p9, and 2 more$/);
});

test("before the first deploy there is no account yet, the region is the provider's, and the pool is to come", () => {
  const first = of(fixture("joins").plan);
  expect(first).toMatchObject({ region: "us-east-1", poolName: "people" });
  expect(first).not.toHaveProperty("account");
  expect(fact(first, "AWS account")?.value).toBe("unknown");
  expect(fact(first, "User pool")?.value).toBe('created by this deploy as "people"');
});

test.each([
  ["PASSWORD", false],
  ["WEB_AUTHN", false],
  ["EMAIL_OTP", true],
  ["SMS_OTP", true],
])("where a sign-in may begin with %s, newcomers get no password: %s", (factor, told) => {
  const policy = { sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD", factor] }] };
  const invitations = fact(of(planOf(pool(policy), ...joining(2))), "Invitations")?.value;
  expect(invitations?.includes("without a password: newcomers sign in with a one-time code")).toBe(told);
});

test("invitations by each way, and new accounts against the quota", () => {
  const first = of(fixture("joins").plan);
  expect(first.invitations).toEqual({ email: 3, sms: 1, sender: "cognito" });
  expect(first.creations).toEqual({ people: 6, perSecond: 50, seconds: 1 });
  const raised = of(fixture("joins").plan, { refresh: false, creationsPerSecond: 2 });
  expect(raised.creations).toEqual({ people: 6, perSecond: 2, seconds: 3 });
});

test.each([
  [50, {}, undefined],
  [51, {}, true],
  [51, { email_configuration: [{ email_sending_account: "COGNITO_DEFAULT" }] }, true],
  [51, { email_configuration: [{ email_sending_account: "DEVELOPER" }] }, undefined],
  [51, { lambda_config: [{ custom_email_sender: [{ lambda_arn: "x" }] }] }, undefined],
])("%i invitations, with a pool of %j: warned %s", (count, settings, warning) => {
  expect(fact(of(planOf(pool(settings), ...joining(count))), "Invitations")?.warning).toBe(warning);
});

test("billed active users: nobody for a plan, but whom Terraform reads: the adopted, and with --refresh everyone", () => {
  const importing = { importing: { id: "x" } };
  const adopted = change(users("b"), ["no-op"], account("b"), account("b"), importing);
  const known = change(users("a"), ["no-op"], account("a"), account("a"));
  const plan = planOf(known, adopted, ...joining(2));
  expect(of(plan).activeUsers).toEqual({ plan: 1, deploy: 2 });
  expect(of(plan, { refresh: true }).activeUsers).toEqual({ plan: 2, deploy: 2 });
});
