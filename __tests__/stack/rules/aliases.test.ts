import { expect, test } from "vitest";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { type PoolSettings, rosterRules } from "../../../lib/stack/settings.ts";
import { poolOf } from "../synth/synth.ts";
import { told, usable } from "./usable.ts";

const ROLE = "arn:aws:iam::123456789012:role/sms";
const USERNAMES = { signInWith: "username" } as const;

test("people with a username may sign in with more", () => {
  const pool = { ...USERNAMES, aliases: ["preferred_username", "email", "phone_number"] } as const;
  expect(told(usable(pool))).toEqual([]);
  expect(poolOf(pool)).toMatchObject({ alias_attributes: pool.aliases });
  expect(poolOf(USERNAMES)).not.toHaveProperty("alias_attributes");
});

test.each<[Partial<PoolSettings>, string]>([
  [
    { aliases: ["phone_number"] },
    "error pool.aliases: people of this pool sign in with their e-mail address",
  ],
  [
    { signInWith: "phone", aliases: ["email"], sms: { snsCallerArn: ROLE, externalId: "people" } },
    "error pool.aliases: people of this pool sign in with their phone number",
  ],
  [
    { signInWith: "phone" },
    "warning pool.signInWith: people sign in with their phone number, but the pool has no SMS sender",
  ],
  [{ ...USERNAMES, aliases: ["email", "email"] }, 'error pool.aliases: "email" is in it twice'],
  [{ ...USERNAMES, aliases: ["phone"] as never }, '"phone" is not an allowed value'],
  [
    { ...USERNAMES, asIs: { aliasAttributes: ["email"] } },
    "warning pool.asIs.aliasAttributes: it has a setting of its own: pool.aliases",
  ],
])("%j is told", (pool, words) => {
  expect(told(usable(pool))).toEqual([expect.stringContaining(words)]);
});

test("a roster in which two people would sign in with the same is refused", () => {
  const roster = JSON.stringify({
    users: {
      a: { email: "a@example.com", phone: "+819012345678" },
      b: { email: "b@example.com", phone: "+819012345678" },
    },
  });
  const messages = (pool: Partial<PoolSettings>) =>
    parseRoster(roster, "users.json", rosterRules(usable(pool))).problems.map(({ message }) => message);
  expect(messages({ ...USERNAMES, aliases: ["phone_number"] })).toEqual([
    expect.stringContaining("already has this phone number"),
  ]);
  expect(messages({ ...USERNAMES, aliases: ["email"] })).toEqual([]);
});
