import { expect, test } from "vitest";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { type PoolSettings, rosterRules } from "../../../lib/stack/settings.ts";
import { poolOf } from "../synth/synth.ts";
import { told, usable } from "./usable.ts";

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
  [{ ...USERNAMES, aliases: ["email", "email"] }, 'error pool.aliases: "email" stands in it twice'],
  [{ ...USERNAMES, aliases: ["phone"] as never }, '"phone" is none of its values'],
  [
    { ...USERNAMES, asIs: { aliasAttributes: ["email"] } },
    "warning pool.asIs.aliasAttributes: there is a setting for it: pool.aliases",
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
    expect.stringContaining("has this phone number already"),
  ]);
  expect(messages({ ...USERNAMES, aliases: ["email"] })).toEqual([]);
});
