import { expect, test } from "vitest";
import type { PoolComparison } from "../../lib/deploy/compare-pool.ts";
import { refuseFixedAttributes } from "../../lib/deploy/fixed-attributes.ts";
import { parseRoster, placesIn } from "../../lib/roster/parse.ts";
import { RosterError } from "../../lib/roster/problem.ts";
import { rosterRules } from "../../lib/stack/settings.ts";
import { usable } from "../stack/rules/usable.ts";

const SETTINGS = usable({
  customAttributes: { badge: { type: "string", immutable: true }, team: { type: "string" } },
});

/** What is refused of a roster, as `line:column message`, with accounts that have these attributes. */
function told(
  users: object,
  accounts: Readonly<Record<string, Record<string, string>>>,
  { namedBefore = [] as string[], settings = SETTINGS } = {},
): string[] {
  const text = JSON.stringify({ users }, undefined, 2);
  const { roster } = parseRoster(text, "users.json", rosterRules(settings));
  if (roster === undefined) throw new Error("the roster of this test has problems of its own");
  const accountOf = (username: string) =>
    accounts[username] && {
      attributes: accounts[username],
      username,
      sub: "1",
      enabled: true,
      status: "CONFIRMED",
    };
  try {
    refuseFixedAttributes({ accountOf } as Pick<PoolComparison, "accountOf">, {
      roster,
      pool: settings.pool,
      namedBefore: new Set(namedBefore),
      placeOf: placesIn(text, "users.json"),
    });
    return [];
  } catch (error) {
    if (!(error instanceof RosterError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.problems.map(({ location, message }) => `${location.line}:${location.column} ${message}`);
  }
}

const HANAKO = "hanako@example.com";
const badge = (value: string) => ({ [HANAKO]: { attributes: { badge: value, team: "ops" } } });

test("an immutable attribute of an account that exists can't change: refused where it stands", () => {
  expect(told(badge("7"), { [HANAKO]: { "custom:badge": "3", "custom:team": "dev" } })).toEqual([
    `5:18 the attribute "badge" of "${HANAKO}" can't change: the pool only sets it when an account is created`,
  ]);
});

test("as it is, it may stay; and somebody who is created now may have any", () => {
  expect(told(badge("3"), { [HANAKO]: { "custom:badge": "3" } })).toEqual([]);
  expect(told(badge("7"), {})).toEqual([]);
});

test("an account that was created without it can't get it", () => {
  expect(told(badge("7"), { [HANAKO]: {} })).toEqual([
    expect.stringContaining("whose account exists without it"),
  ]);
});

test("taken out of the line it would be erased, where another line or an earlier deploy names it; else it stays", () => {
  const users = { [HANAKO]: { attributes: { team: "ops" } } };
  const accounts = { [HANAKO]: { "custom:badge": "3" } };
  expect(told(users, accounts)).toEqual([]);
  const refused = [
    expect.stringMatching(/^3:5 the attribute "badge" of .* was removed, but can't be erased:/),
  ];
  expect(told(users, accounts, { namedBefore: ["badge"] })).toEqual(refused);
  expect(told({ ...users, "new@example.com": { attributes: { badge: "1" } } }, accounts)).toEqual(refused);
});

test("of an adopted pool, by asIs.schema, standard attributes too", () => {
  const settings = usable({
    asIs: { schema: [{ name: "name", attributeDataType: "String", mutable: false }] },
  });
  const users = { [HANAKO]: { attributes: { name: "Yamada Hanako" } } };
  expect(told(users, { [HANAKO]: { name: "Hanako" } }, { settings })).toEqual([
    expect.stringContaining('the attribute "name"'),
  ]);
});
