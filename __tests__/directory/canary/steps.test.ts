import { describe, expect, test } from "vitest";
import { canaryFilter, canaryPerson, isCanary, isLeftOver } from "../../../lib/directory/canary/steps.ts";
import type { DirectoryPerson } from "../../../lib/directory/pool/people.ts";

const attributesOf = (pool: Parameters<typeof canaryPerson>[0]) =>
  Object.fromEntries(canaryPerson(pool).attributes.map(({ Name, Value }) => [Name, Value]));

describe("a canary", () => {
  test("is an address that no mail reaches, in a pool that signs in by e-mail", () => {
    const { username } = canaryPerson({ UsernameAttributes: ["email"] });
    expect(username).toMatch(/^cognito-roster-canary-[0-9a-f]{16}@example\.invalid$/);
    expect(attributesOf({ UsernameAttributes: ["email"] })).toEqual({
      email: expect.stringMatching(/@example\.invalid$/),
      email_verified: "true",
      profile: "https://example.invalid/cognito-roster-canary",
    });
  });

  test("is a number that nobody has, in a pool that signs in by phone: its name tells whose it is", () => {
    const pool = { UsernameAttributes: ["phone_number" as const] };
    const { username, attributes } = canaryPerson(pool);
    expect(username).toMatch(/^\+1\d{3}55501\d\d$/);
    const given = Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
    expect(given).toEqual({
      phone_number: username,
      phone_number_verified: "true",
      name: expect.stringMatching(/^cognito-roster-canary-[0-9a-f]{16}$/),
      profile: "https://example.invalid/cognito-roster-canary",
    });
    expect(canaryFilter(pool)).toBe('name ^= "cognito-roster-canary-"');
    const found = { username: "sub", sub: "sub", attributes: given, enabled: true, status: "CONFIRMED" };
    expect(isCanary(found)).toBe(true);
    expect(isCanary({ ...found, attributes: { ...given, name: "Hanako" } })).toBe(false);
  });

  test("is a plain name elsewhere, and never the same twice", () => {
    const names = [canaryPerson({}), canaryPerson({})].map(({ username }) => username);
    for (const name of names) expect(name).toMatch(/^cognito-roster-canary-[0-9a-f]{16}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test("has every attribute that the pool requires, in its form", () => {
    const SchemaAttributes = [
      { Name: "sub", Required: true },
      { Name: "email", Required: true },
      { Name: "profile", Required: true },
      { Name: "phone_number", Required: true },
      { Name: "birthdate", Required: true, StringAttributeConstraints: { MinLength: "10", MaxLength: "10" } },
      { Name: "name", Required: true, StringAttributeConstraints: { MinLength: "9", MaxLength: "12" } },
      { Name: "nickname", Required: true, StringAttributeConstraints: { MinLength: "0", MaxLength: "3" } },
      {
        Name: "updated_at",
        Required: true,
        AttributeDataType: "Number" as const,
        NumberAttributeConstraints: { MinValue: "5" },
      },
      { Name: "gender", Required: false },
    ];
    expect(attributesOf({ SchemaAttributes })).toEqual({
      email: expect.stringMatching(/^cognito-roster-canary-[0-9a-f]{16}@example\.invalid$/),
      profile: "https://example.invalid/cognito-roster-canary",
      phone_number: "+12025550100",
      birthdate: "2000-01-01",
      name: "canary---",
      nickname: "can",
      updated_at: "5",
    });
  });
});

describe("what a killed run left", () => {
  const MARK = "https://example.invalid/cognito-roster-canary";
  const ID = "cognito-roster-canary-0123456789abcdef";
  const live = (username: string, attributes: Record<string, string>): DirectoryPerson => ({
    username,
    sub: "s",
    attributes,
    enabled: true,
    status: "CONFIRMED",
    createdAt: new Date(0),
  });

  test.each<[string, DirectoryPerson]>([
    ["by its username", live(ID, { profile: MARK })],
    ["by its address", live("sub", { profile: MARK, email: `${ID}@example.invalid` })],
  ])("is known %s and its mark", (_, person) => expect(isCanary(person)).toBe(true));

  test.each<[string, DirectoryPerson]>([
    ["has the name without the mark", live(ID, {})],
    ["has the mark without the name", live("hanako", { profile: MARK })],
    ["only begins like one", live(`${ID}0`, { profile: MARK })],
    ["only ends like one", live(`x${ID}`, { profile: MARK })],
    ["has another domain", live("sub", { profile: MARK, email: `${ID}@example.com` })],
    ["has letters where a canary has digits", live("cognito-roster-canary-hanako", { profile: MARK })],
  ])("is nobody who %s", (_, person) => expect(isCanary(person)).toBe(false));

  test("is older than a run can be; of unknown age it may be at work", () => {
    const person = live(ID, { profile: MARK });
    expect(isLeftOver(person, 5 * 60_000)).toBe(false);
    expect(isLeftOver(person, 5 * 60_000 + 1)).toBe(true);
    const { createdAt: _, ...ageless } = person;
    expect(isLeftOver(ageless, Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});
