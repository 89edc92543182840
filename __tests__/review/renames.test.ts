import { expect, test } from "vitest";
import { headline, lines } from "../../lib/review/describe.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { refusals } from "../../lib/review/refusals.ts";
import { withRenames } from "../../lib/review/renames.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { change, planOf, users } from "./plans.ts";

const NAME = "new@example.com";
const RENAMED = { from: "old@example.com", to: NAME, emailVerified: true } as const;
const plan = (...changes: ReturnType<typeof change>[]) => reviewPlan(planOf(...changes));
const found = (review: ReturnType<typeof plan>) => ({ review, drift: NO_DRIFT, strangers: [] });
const STAYS = change(users(NAME), ["no-op"], { username: NAME }, { username: NAME });

test("somebody with another address is told although the plan does nothing to them", () => {
  const review = withRenames(plan(STAYS), [RENAMED]);
  expect(review.unchanged).toBe(0);
  expect(headline(found(review), [])).toBe("1 person gets a new address — nothing irreversible");
  const [line] = lines(found(review));
  expect([line?.kind, line?.who]).toEqual(["changes", NAME]);
  expect(line?.what).toEqual([
    "is old@example.com under a new address: the same account, so the sub, password, MFA and groups stay, and sessions continue",
    "e-mail address: old@example.com → new@example.com (verified); they sign in with the new one from then on",
  ]);
});

test("what the plan does to them beside stands in the same line", () => {
  const disabled = change(users(NAME), ["update"], { enabled: true }, { enabled: false });
  const review = withRenames(plan(disabled), [RENAMED]);
  expect(review.entries).toHaveLength(1);
  expect(lines(found(review))[0]?.what).toHaveLength(3);
  expect(lines(found(review))[0]?.what.at(-1)).toBe("is disabled");
});

test.each([
  ["an address that is not verified", { emailVerified: false }, "not verified"],
  ["what Cognito has done already", { done: true as const }, "Cognito already has the new address"],
  ["a third address", { there: "third@example.com" }, "third@example.com → new@example.com"],
])("%s is told", (_, more, words) => {
  const review = withRenames(plan(STAYS), [{ ...RENAMED, ...more }]);
  expect(lines(found(review))[0]?.what.join("; ")).toContain(words);
});

test("the last deploy's guard holds for whoever it required under the former address", () => {
  const disabled = change(users(NAME), ["update"], { enabled: true }, { enabled: false });
  const out = change(
    `aws_cognito_user_in_group.memberships["${NAME} in admins"]`,
    ["delete"],
    { username: NAME, group_name: "admins" },
    null,
  );
  const limits = {
    removals: 9,
    destroyable: false,
    required: ["old@example.com"],
    privileged: ["admins"],
    loosened: { required: ["old@example.com"] },
  };
  const messages = refusals(withRenames(plan(disabled, out), [RENAMED]), limits).map(
    ({ message }) => message,
  );
  expect(messages).toEqual([
    '"old@example.com" would lose access, but is required by the last deploy',
    '"old@example.com" would be removed from the privileged group "admins", but is required by the last deploy',
  ]);
});

test("an address that was changed in Cognito is told with both ways", () => {
  const drifted = {
    username: NAME,
    what: "differs",
    attributes: ["email"],
    now: "third@example.com",
  } as const;
  const words = lines({ ...found(plan(STAYS)), drift: { ...NO_DRIFT, people: [drifted] } })[0]?.what.join(
    "; ",
  );
  expect(words).toContain("npm run deploy");
  expect(words).toContain('"third@example.com" with "formerly": "new@example.com"');
});

test("a privileged group that goes to another address is in the first line, and in theirs", () => {
  const review = withRenames(plan(STAYS), [{ ...RENAMED, privileged: ["admins"] }]);
  expect(headline(found(review), [])).toBe(
    "1 person gets a new address — nothing irreversible, 1 of a privileged group under another name",
  );
  expect(lines(found(review))[0]?.what.join("; ")).toContain(
    "stays in admins (privileged): anyone with access to",
  );
});

test("a number is called a number", () => {
  const to = "+819011112222";
  const stays = change(users(to), ["no-op"], { username: to }, { username: to });
  const review = withRenames(plan(stays), [{ from: "+819033334444", to, emailVerified: true }]);
  const [line] = lines(found(review));
  expect(line?.what.join("; ")).toContain("phone number: +819033334444 → +819011112222 (verified)");
  expect(line?.what.join("; ")).not.toContain("address");
});
