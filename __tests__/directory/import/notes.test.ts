import { describe, expect, test } from "vitest";
import { type Imported, importNotes } from "../../../lib/directory/import/import.ts";
import type { PoolRoster } from "../../../lib/directory/import/roster.ts";

const ROSTER: PoolRoster = {
  text: "",
  people: ["a@example.com"],
  groups: [],
  memberships: 0,
  leftOut: [],
  leftOutGroups: [],
  unsaidPhones: [],
  unsaidEmails: [],
};
const PROTECTED: Imported = {
  description: { pool: { DeletionProtection: "ACTIVE" }, mfa: {}, clients: [{}] },
  roster: ROSTER,
  settings: { stack: "team", roster: "users.json", pool: { name: "people" }, client: { name: "app" } },
  groups: [],
};
const notes = (more: Partial<Imported>) => importNotes({ ...PROTECTED, ...more }).join("\n");

describe("what a team should know before it deploys", () => {
  test("that importing is billed; else nothing about a pool that stays as it is", () => {
    expect(importNotes(PROTECTED)).toEqual([expect.stringMatching(/^To import 1 person, .*active users\.$/)]);
  });

  test.each<[string, Partial<Imported>, RegExp]>([
    [
      "the pool is protected from now on",
      { description: { ...PROTECTED.description, pool: {} } },
      /turns the pool's deletion protection on/,
    ],
    [
      "a client is created",
      { description: { ...PROTECTED.description, clients: [] } },
      /no app client: the deploy creates one, "app"/,
    ],
    [
      "memberships are recorded by the deploy, and look new to plain cdktf alone",
      { roster: { ...ROSTER, memberships: 3 } },
      /3 group memberships exist already.*npm run deploy leaves them out of its plan.*Plain cdktf's plan says/,
    ],
    [
      "numbers are said not to be verified",
      { roster: { ...ROSTER, unsaidPhones: ["a", "b", "c", "d", "e", "f", "g"] } },
      /7 phone numbers are not verified.*: a, b, c, d, e and 2 more\./,
    ],
    [
      "addresses are said not to be verified",
      { roster: { ...ROSTER, unsaidEmails: ["a"] } },
      /1 e-mail address is not verified.*: a\./,
    ],
    [
      "groups that no roster can name are left alone",
      { groups: [{ name: "a/b" }], roster: { ...ROSTER, leftOutGroups: ["a/b"] } },
      /These group names can't be used in a roster; the pool keeps the groups and their members: "a\/b"\.$/,
    ],
    ["groups are left alone", { groups: [{ name: "empty" }] }, /stay as they are: empty\./],
    [
      "a domain of its own is left alone",
      {
        description: {
          ...PROTECTED.description,
          pool: { DeletionProtection: "ACTIVE", CustomDomain: "x.y" },
        },
      },
      /x\.y stays as it is/,
    ],
    [
      "settings have no word of their own",
      { settings: { ...PROTECTED.settings, pool: { name: "people", asIs: { lambdaConfig: {} } } } },
      /pool\.asIs: lambdaConfig/,
    ],
    [
      "config.ts would be refused",
      { settings: { ...PROTECTED.settings, pool: { name: "people!" } } },
      /config\.ts will be refused: pool\.name/,
    ],
  ])("%s", (_, more, words) => {
    expect(notes(more)).toMatch(words);
  });
});
