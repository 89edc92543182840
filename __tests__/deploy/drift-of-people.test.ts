import { describe, expect, test } from "vitest";
import { driftOfPeople, matchPeople } from "../../lib/deploy/find-drift.ts";
import type { DirectoryPerson } from "../../lib/directory/pool/people.ts";
import type { Person } from "../../lib/roster/roster.ts";
import { person } from "../support/people.ts";

const NAME = "hanako@example.com";
const SUB = "11111111-2222";
const ATTRIBUTES = { email: NAME, email_verified: "true", name: "Hanako" };
const ROSTER = person(NAME, { attributes: { name: "Hanako" } });

const live = (attributes: Record<string, string>, more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  username: SUB,
  sub: SUB,
  attributes: { ...ATTRIBUTES, ...attributes },
  enabled: true,
  status: "CONFIRMED",
  ...more,
});

const recorded = (attributes: Record<string, string> = {}, more: Record<string, unknown> = {}) => ({
  type: "aws_cognito_user",
  name: "users",
  key: NAME,
  attributes: { attributes: { ...ATTRIBUTES, sub: SUB, ...attributes }, enabled: true, sub: SUB, ...more },
});

const RULES = { signInWith: "email", caseSensitive: false } as const;

function drift(
  pool: readonly DirectoryPerson[],
  state: Parameters<typeof matchPeople>[0],
  roster: readonly Person[] = [ROSTER],
) {
  const { people, outdated, readdressed } = driftOfPeople(matchPeople(state, pool, RULES).recorded, roster);
  return { people, outdated: outdated.map(({ instance }) => instance.key), readdressed };
}

const differs = (attributes: readonly string[], enabled?: boolean, held = false) => ({
  people: [
    {
      username: NAME,
      what: "differs",
      attributes,
      ...(enabled !== undefined && { enabled }),
      ...(held && { held }),
    },
  ],
  outdated: held ? [] : [NAME],
  readdressed: [],
});

const NOBODY = { people: [], outdated: [], readdressed: [] };

describe("in the pool, in the state and in the roster", () => {
  test("the same in all of them is no drift", () => {
    expect(drift([live({})], [recorded()])).toEqual(NOBODY);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["another name", { name: "Someone" }, ["name"]],
    ["an address that is not verified any more", { email_verified: "false" }, ["email_verified"]],
  ])("%s is drift", (_, attributes, names) => {
    expect(drift([live(attributes)], [recorded()])).toEqual(differs(names));
  });

  test("an attribute that was removed in Cognito is drift", () => {
    const { name: _, ...others } = ATTRIBUTES;
    expect(drift([live({}, { attributes: others })], [recorded()])).toEqual(differs(["name"]));
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["sub and linked identities", { identities: "[]", "cognito:mfa_enabled": "true" }, {}],
    ["an empty attribute", { nickname: "" }, {}],
    [
      "custom attributes, with a prefix in the pool and without one in the state",
      { "custom:team": "x" },
      { team: "x" },
    ],
    ["not verified, said in words or not at all", { phone_number_verified: "false" }, {}],
    ["an address that the person has verified since", {}, { email_verified: "false" }],
  ])("%s: no drift", (_, inPool, inState) => {
    expect(drift([live(inPool)], [recorded(inState)])).toEqual(NOBODY);
  });

  test("another letter case of the name is the same person, where the pool takes it for the same", () => {
    const key = "Hanako@example.com";
    const roster = person(key, { email: NAME, attributes: { name: "Hanako" } });
    expect(drift([live({})], [{ ...recorded(), key }], [roster])).toEqual(NOBODY);
  });

  test.each([false, true])("enabled %s in Cognito alone is drift, and told as Cognito has it", (enabled) => {
    const state = [recorded({}, { enabled: !enabled })];
    const roster = [{ ...ROSTER, enabled: !enabled }];
    // To put back who was disabled would let them in.
    expect(drift([live({}, { enabled })], state, roster)).toEqual(differs([], enabled, !enabled));
  });

  test("who was disabled by hand is enabled once they are named, and what else differs is put back meanwhile", () => {
    const pool = matchPeople([recorded()], [live({ name: "Someone" }, { enabled: false })], RULES).recorded;
    const [kept, named] = [driftOfPeople(pool, [ROSTER]), driftOfPeople(pool, [ROSTER], { enable: [NAME] })];
    expect(kept.people).toEqual(differs(["name"], false, true).people);
    expect(kept.outdated[0]?.edit).toMatchObject({
      attributes: { enabled: true, attributes: { name: "Someone" } },
    });
    expect(named.people).toEqual(differs(["name"], false).people);
    expect(named.outdated[0]?.edit).toMatchObject({ attributes: { enabled: false } });
  });

  test("what neither the line nor an earlier deploy has named is the person's own", () => {
    expect(drift([live({ phone_number: "+819012345678", "custom:team": "ops" })], [recorded()])).toEqual(
      NOBODY,
    );
  });

  test("someone who is leaving and was enabled again is drift", () => {
    const state = [{ ...recorded({}, { enabled: false }), name: "leaving" }];
    expect(drift([live({})], state, [{ ...ROSTER, leaving: true }])).toEqual(differs([], true));
  });

  test("what the roster says by now is not shown, but read anew, so that no plan changes it again", () => {
    const roster = [person(NAME, { attributes: { name: "Someone" }, enabled: false })];
    const found = drift([live({ name: "Someone" }, { enabled: false })], [recorded()], roster);
    expect(found).toEqual({ people: [], outdated: [NAME], readdressed: [] });
  });

  test("another account under the same name is told by its sub", () => {
    const found = drift([live({}, { username: "other", sub: "other" })], [recorded()]);
    const other = { username: NAME, what: "differs", attributes: ["sub"], otherAccount: true };
    expect(found).toEqual({ people: [other], outdated: [], readdressed: [] });
  });

  test("who was which sub is forgotten only when somebody accepts it", () => {
    const pool = matchPeople([recorded()], [live({}, { username: "other", sub: "other" })], RULES).recorded;
    expect(driftOfPeople(pool, [ROSTER], { replace: [NAME] }).outdated).toEqual([
      { instance: recorded(), edit: { attributes: expect.objectContaining({ sub: "other" }) } },
    ]);
  });

  test("two people whose addresses were swapped are two other accounts", () => {
    const TARO = "taro@example.com";
    const state = [recorded(), { ...recorded({ email: TARO }, { sub: "taro" }), key: TARO }];
    const pool = [live({ email: TARO }), live({}, { username: "taro", sub: "taro" })];
    const { people } = drift(pool, state, [ROSTER, person(TARO, { attributes: { name: "Hanako" } })]);
    expect(people).toEqual(
      [NAME, TARO].map((username) => expect.objectContaining({ username, otherAccount: true })),
    );
  });

  test("another account is told also of whoever is to be deleted: by name, somebody else would be", () => {
    const { people } = drift([live({}, { username: "other", sub: "other" })], [recorded()], []);
    expect(people).toEqual([{ username: NAME, what: "differs", attributes: ["sub"], otherAccount: true }]);
  });

  test("an attribute of the team's own that is called sub is no account", () => {
    expect(drift([live({ "custom:sub": "x" })], [recorded()])).toEqual(NOBODY);
  });

  test("an address that was changed is put back, and never read anew: Terraform would find nobody", () => {
    const found = drift([live({ email: "new@example.com" })], [recorded()]);
    expect(found).toEqual({
      people: [{ username: NAME, what: "differs", attributes: ["email"], now: "new@example.com" }],
      outdated: [],
      readdressed: [{ username: NAME, sub: SUB, now: "new@example.com" }],
    });
  });
});

describe("in the state, and not in the pool", () => {
  const missingAnd = (invitation: string) => ({
    people: [{ username: NAME, what: "missing", attributes: [], invitation, held: true }],
    outdated: [],
    readdressed: [],
  });

  test.each<[string, string, boolean, object]>([
    ["someone of the roster is missing", "users", false, missingAnd("email")],
    ["someone who returns is missing", "leaving", false, missingAnd("email")],
  ])("%s, and stays so until somebody names them", (_, name, leaving, expected) => {
    expect(drift([], [{ ...recorded(), name }], [{ ...ROSTER, leaving }])).toEqual(expected);
  });

  test("named, they leave the state, so that a plan creates them anew", () => {
    const found = driftOfPeople(matchPeople([recorded()], [], RULES).recorded, [ROSTER], {
      recreate: [NAME],
    });
    expect(found.people).toEqual([{ username: NAME, what: "missing", attributes: [], invitation: "email" }]);
    expect(found.outdated).toEqual([{ instance: recorded(), edit: "forget" }]);
  });

  test("who leaves with this very deploy has left: they can't be disabled, and are not created anew", () => {
    const leaving = [{ ...ROSTER, leaving: true }];
    const { people, outdated } = driftOfPeople(matchPeople([recorded()], [], RULES).recorded, leaving);
    expect(people).toEqual([]);
    expect(outdated).toEqual([{ instance: recorded(), edit: { attributes: { enabled: false } } }]);
    const before = { ...recorded({}, { enabled: false }), name: "leaving" };
    expect(drift([], [before], leaving)).toEqual(NOBODY);
  });

  test.each(["sms", "none"] as const)("whoever comes again is invited as the roster says: %s", (invite) => {
    expect(drift([], [recorded()], [{ ...ROSTER, invite }])).toEqual(missingAnd(invite));
    expect(drift([], [recorded()], [{ ...ROSTER, invite, enabled: false }])).toEqual(missingAnd("none"));
  });

  test("whoever is not in the roster any more is gone already, and leaves the state", () => {
    const { people, outdated, gone } = driftOfPeople(matchPeople([recorded()], [], RULES).recorded, []);
    expect({ people, outdated, gone }).toEqual({
      people: [],
      outdated: [{ instance: recorded(), edit: "forget" }],
      gone: new Set([NAME]),
    });
  });

  test("whose creation was interrupted before Cognito made the account is created now", () => {
    const tainted = { ...recorded(), tainted: true as const };
    const { people, outdated } = driftOfPeople(matchPeople([tainted], [], RULES).recorded, [ROSTER]);
    expect({ people, outdated }).toEqual({ people: [], outdated: [{ instance: tainted, edit: "forget" }] });
  });
});
