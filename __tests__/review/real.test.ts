import { expect, test } from "vitest";
import { lines } from "../../lib/review/describe.ts";
import { NO_DRIFT } from "../../lib/review/drift.ts";
import { parsePlan, terraformCounts } from "../../lib/review/plan.ts";
import { terraformWords } from "../../lib/review/preflight.ts";
import { refusals } from "../../lib/review/refusals.ts";
import { reviewPlan } from "../../lib/review/review.ts";
import { FIXTURES, fixture } from "./fixtures.ts";

/** Plans of Terraform 1.11 and provider 5.100.0, made by make-fixtures.ts. */
const told = (name: string) => {
  const review = reviewPlan(fixture(name).plan);
  const all = lines({ review, drift: NO_DRIFT, strangers: [] });
  return new Map(all.map(({ who, kind, what }) => [who, [kind, ...what]]));
};
const refused = (name: string, limits = {}) =>
  refusals(reviewPlan(fixture(name).plan), { removals: 10, destroyable: false, ...limits }).map(
    ({ message }) => message,
  );

test.each<[string, string, string[]]>([
  ["joins", "kenji@example.com", ["joins", "joins, invited by e-mail"]],
  ["joins", "maria@example.com", ["joins", "joins, invited by SMS"]],
  ["joins", "ci-bot@example.com", ["joins", "joins, no invitation", "into robots"]],
  ["joins", "guest@example.com", ["joins", "joins, no invitation, disabled from the start"]],
  ["joins", "user pool", ["pool", "is created"]],
  [
    "everyday",
    "taro@example.com",
    ["leaves", "leaves: disabled and signed out now, deleted when the line is removed"],
  ],
  ["everyday", "kenji@example.com", ["disabled", "is disabled"]],
  [
    "everyday",
    "hanako@example.com",
    ["changes", "locale: set", "name: changed", "nickname: removed", "into dev", "out of ops"],
  ],
  [
    "everyday",
    "maria@example.com",
    ["changes", "phone_number: changed", "will have to verify the phone number again"],
  ],
  ["everyday", "group dev", ["group", "is created"]],
  ["returns-and-deleted", "taro@example.com", ["returns", "returns, enabled again"]],
  ["returns-and-deleted", "ci-bot@example.com", ["deleted", "is deleted, irreversibly"]],
  ["returns-and-deleted", "group robots", ["group", "is deleted: everyone is removed from it"]],
  [
    "adopted",
    "found@example.com",
    ["changes", "is already in the user pool and is adopted", "email_verified: set"],
  ],
  [
    "re-verify",
    "hanako",
    [
      "changes",
      "email: changed",
      "phone_number: changed",
      "will have to verify the e-mail address again",
      "will have to verify the phone number again",
    ],
  ],
  [
    "thrown-back",
    "hanako@example.com",
    ["thrown-back", "is reset to a temporary password: their own stops working"],
  ],
  [
    "pool-replaced",
    "hanako@example.com",
    [
      "replaced",
      "is deleted and created again with a new sub, irreversibly, invited by e-mail",
      "because the user pool changes",
      "out of and into dev",
    ],
  ],
])("%s: what happens to %s", (name, who, what) => {
  expect(told(name).get(who)).toEqual(what);
});

test("settings: from → to, with what they mean for people", () => {
  const [pool, client] = [told("settings").get("user pool"), told("settings").get("app client")];
  expect(pool).toEqual([
    "pool",
    "is changed",
    "deletion_protection: ACTIVE → INACTIVE — a single call can delete the pool and everyone in it",
    "mfa_configuration: OFF → ON — everyone needs a second factor, and sets one up at the next sign-in if they have none",
    "password_policy.minimum_length: 12 → 16 — applies to passwords set from now on; nobody has to change theirs",
    expect.stringMatching(/^software_token_mfa_configuration: .* can be the second factor$/),
  ]);
  expect(client).toEqual([
    "client",
    "is changed",
    expect.stringMatching(
      /^explicit_auth_flows: .* apps that sign in by ALLOW_USER_PASSWORD_AUTH stop working$/,
    ),
    expect.stringMatching(/^refresh_token_validity: 30 → 1 — /),
  ]);
});

test("a pool that is replaced tells why, and what is lost", () => {
  const pool = told("pool-replaced").get("user pool") ?? [];
  expect(pool[1]).toBe("is replaced, irreversibly: everyone in it is lost, with their passwords and subs");
  expect(pool).toContain("name: people → humans — forces replacement");
  expect(pool.join()).not.toContain("known after the deploy");
});

test("what the guards say of them", () => {
  expect(refused("everyday")).toEqual([]);
  expect(refused("everyday", { removals: 2 })).toEqual(["3 people would lose access (limit 2)"]);
  expect(refused("returns-and-deleted", { removals: 0 })).toEqual(["1 person would be deleted (limit 0)"]);
  expect(refused("pool-replaced")).toEqual(["the user pool would be replaced, with everyone in it"]);
  expect(refused("thrown-back")).toEqual(['"hanako@example.com" would be reset to a temporary password']);
});

test.each(FIXTURES)("%s: our counts are Terraform's", (name) => {
  const { summary, plan } = fixture(name);
  const counts = terraformWords(terraformCounts(parsePlan(plan)));
  expect(summary.includes("import") ? counts : counts.replace("0 to import, ", "")).toBe(
    summary.replace(/^Plan: |\.$/g, ""),
  );
});

test.each(FIXTURES)("%s holds no path of a machine, no secret, and no address of an emulator", (name) => {
  expect(JSON.stringify(fixture(name))).not.toMatch(
    /\/(?:work|tmp|home|Users)\/|127\.0\.0\.1|Thrown-back-to/,
  );
});
