import { describe, expect, test } from "vitest";
import { rosterFromPool } from "../../../lib/directory/import/roster.ts";
import type { DirectoryPerson } from "../../../lib/directory/pool/people.ts";
import { parseRoster } from "../../../lib/roster/parse.ts";
import type { RosterRules } from "../../../lib/roster/roster.ts";

const BY_EMAIL: RosterRules = { signInWith: "email", customAttributes: ["team"] };
const BY_USERNAME: RosterRules = { signInWith: "username", customAttributes: [] };

function live(
  username: string,
  attributes: Record<string, string> = {},
  more: Partial<DirectoryPerson> = {},
): DirectoryPerson {
  return { username, sub: username, attributes, enabled: true, status: "CONFIRMED", ...more };
}
const withEmail = (name: string, attributes: Record<string, string> = {}, more = {}) =>
  live(`sub-${name}`, { email: `${name}@example.com`, email_verified: "true", ...attributes }, more);

function imported(people: DirectoryPerson[], rules: RosterRules, groups: Record<string, string[]> = {}) {
  const roster = rosterFromPool(people, { of: new Map(Object.entries(groups)) }, rules);
  return { ...roster, users: JSON.parse(roster.text).users };
}

describe("a pool that signs in by e-mail", () => {
  test("the address is the key, not Cognito's sub; what is the default is left out", () => {
    expect(imported([withEmail("a")], BY_EMAIL).users).toEqual({ "a@example.com": {} });
  });

  test("everything that a roster has a word for is there, in its words", () => {
    const person = withEmail(
      "a",
      {
        name: "山田 花子",
        "custom:team": "blue",
        phone_number: "+819012345678",
        phone_number_verified: "true",
        email_verified: "false",
        nickname: "",
      },
      { enabled: false },
    );
    expect(imported([person], BY_EMAIL, { "sub-a": ["admins", "ops"] }).users).toEqual({
      "a@example.com": {
        attributes: { name: "山田 花子", team: "blue" },
        phone: "+819012345678",
        emailVerified: false,
        groups: ["admins", "ops"],
        enabled: false,
      },
    });
  });

  test.each<[string, DirectoryPerson[], RegExp]>([
    ["somebody without an address", [live("sub-x", { phone_number: "+819012345678" })], /no e-mail address/],
    ["somebody of an identity provider", [withEmail("x", {}, { status: "EXTERNAL_PROVIDER" })], /external/],
    ["somebody linked to one", [withEmail("x", { identities: "[]" })], /reserved/],
    ["an attribute that the pool's settings don't have", [withEmail("x", { "custom:other": "1" })], /other/],
    ["a birthday that is none", [withEmail("x", { birthdate: "0000-00-00" })], /birthdate/],
    ["an address that Terraform can't import", [withEmail("x/y")], /contains a slash/],
    ["an address that nobody sees whole", [withEmail("x\u3164")], /\(U\+3164\)/],
    ["a phone number of another form", [withEmail("x", { phone_number: "+1234" })], /phone/],
  ])("%s is left out, with the reason, and the others stay", (_, people, reason) => {
    const { users, leftOut, people: names } = imported([withEmail("a"), ...people, withEmail("z")], BY_EMAIL);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.reason).toMatch(reason);
    expect(Object.keys(users)).toEqual(["a@example.com", "z@example.com"]);
    expect(names).toEqual(["a@example.com", "z@example.com"]);
  });

  test("two people with one address are both left out: nobody can say which of them is meant", () => {
    const twins = [withEmail("x"), live("sub-y", { email: "X@example.com", email_verified: "true" })];
    const { users, leftOut } = imported([withEmail("a"), ...twins], BY_EMAIL);
    expect(Object.keys(users)).toEqual(["a@example.com"]);
    expect(leftOut.map(({ username }) => username)).toEqual(["sub-x", "sub-y"]);
    expect(leftOut[0]?.reason).toMatch(/shares the e-mail address with another person/);
  });

  test("nobody is left out for a group that no roster can name", () => {
    const { users, groups, leftOut, leftOutGroups } = imported([withEmail("a")], BY_EMAIL, {
      "sub-a": ["ops", "team/x"],
    });
    expect(users).toEqual({ "a@example.com": { groups: ["ops"] } });
    expect({ groups, leftOut, leftOutGroups }).toEqual({
      groups: ["ops"],
      leftOut: [],
      leftOutGroups: ["team/x"],
    });
  });

  test("what a deploy would change about somebody is told", () => {
    const people = [
      withEmail("a", { phone_number: "+819012345678" }),
      live("sub-b", { email: "b@example.com" }),
    ];
    expect(imported(people, BY_EMAIL)).toMatchObject({
      unsaidPhones: ["a@example.com"],
      unsaidEmails: ["b@example.com"],
    });
  });
});

describe("a pool that signs in by phone", () => {
  const BY_PHONE = { ...BY_EMAIL, signInWith: "phone" } as const;
  const hanako = live("sub-a", {
    phone_number: "+819012345678",
    phone_number_verified: "true",
    email: "hanako@example.com",
    email_verified: "true",
  });

  test("the number is the key, and the address a field", () => {
    const taro = live("sub-b", { phone_number: "+819087654321" });
    expect(imported([hanako, taro, live("sub-c", { name: "Jiro" })], BY_PHONE)).toMatchObject({
      users: {
        "+819012345678": { email: "hanako@example.com" },
        "+819087654321": { phoneVerified: false },
      },
      leftOut: [{ username: "sub-c", reason: "has no phone number, which is the username in this pool" }],
      unsaidPhones: ["+819087654321"],
    });
  });

  test("nobody is to be invited where the pool sends no SMS", () => {
    expect(imported([hanako], { ...BY_PHONE, sendsSms: false }).users).toEqual({
      "+819012345678": { email: "hanako@example.com", invite: "none" },
    });
  });
});

describe("a pool that signs in by username", () => {
  test("the username is the key and the address a field; without one nobody is to be invited by e-mail", () => {
    const people = [
      live("hanako", { email: "hanako@example.com", email_verified: "true" }),
      live("ci-bot", { name: "CI" }),
    ];
    expect(imported(people, BY_USERNAME).users).toEqual({
      "ci-bot": { attributes: { name: "CI" }, invite: "none" },
      hanako: { email: "hanako@example.com" },
    });
  });

  test("usernames that differ only in letter case are both left out", () => {
    const { users, leftOut } = imported([live("taro"), live("Taro"), live("jiro")], BY_USERNAME);
    expect(Object.keys(users)).toEqual(["jiro"]);
    expect(leftOut[0]?.reason).toMatch(/letter case/);
  });
});

test("2,000 people make a roster that check accepts, in name order whatever the pool's order", () => {
  const people = Array.from({ length: 2_000 }, (_, index) => withEmail(`p${(index * 7) % 2_000}`));
  const { text, people: names } = imported(people, BY_EMAIL);
  expect(parseRoster(text, "users.json", BY_EMAIL).roster?.people).toHaveLength(2_000);
  expect(names).toEqual([...names].sort());
});

test("a group counts once, and only with somebody of the roster in it", () => {
  const people = [withEmail("a"), withEmail("b"), withEmail("x", {}, { status: "EXTERNAL_PROVIDER" })];
  const groups = { "sub-a": ["ops"], "sub-b": ["ops"], "sub-x": ["google"] };
  expect(imported(people, BY_EMAIL, groups)).toMatchObject({ groups: ["ops"], memberships: 2 });
});
