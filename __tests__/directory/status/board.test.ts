import { describe, expect, test } from "vitest";
import type { DirectoryPerson } from "../../../lib/directory/pool/people.ts";
import { buildStatus, headlineOf } from "../../../lib/directory/status/board.ts";
import type { Person } from "../../../lib/roster/roster.ts";
import { person } from "../../support/people.ts";
import { daysAgo, living, NAMES, NOW, pending } from "./living.ts";

const RULES = { userPoolId: "us-east-1_x", names: NAMES, validityDays: 7, mfaRequired: false, now: NOW };
const board = (
  roster: Person[],
  pool: DirectoryPerson[],
  more: Partial<Parameters<typeof buildStatus>[2]> = {},
) => buildStatus(roster, pool, { ...RULES, ...more });

describe("where somebody stands, and the command that helps", () => {
  const A = "a@x.jp";
  test.each<[string, Partial<Person> | undefined, DirectoryPerson | undefined, string, string | undefined]>([
    ["days left", {}, pending(A, 4.5), "invited", "npm run invite -- a@x.jp"],
    ["the last moment", {}, pending(A, 6.999), "invited", "npm run invite -- a@x.jp"],
    ["no day left", {}, pending(A, 7), "expired", "npm run invite -- a@x.jp"],
    [
      "run out, a service account",
      { invite: "none" },
      pending(A, 9),
      "expired",
      "npm run issue-password -- a@x.jp",
    ],
    ["waits for a password", { invite: "none" }, pending(A), "invited", "npm run issue-password -- a@x.jp"],
    ["finished", {}, living(A), "confirmed", undefined],
    ["not in the pool", {}, undefined, "missing", "npm run deploy"],
    ["in another letter case", {}, living("A@X.jp"), "confirmed", undefined],
    [
      "disabled, as the roster says",
      { enabled: false },
      living(A, { enabled: false }),
      "disabled",
      undefined,
    ],
    [
      "disabled by somebody",
      {},
      living(A, { enabled: false }),
      "disabled",
      "npm run deploy -- --enable a@x.jp",
    ],
    ["still enabled", { enabled: false }, living(A), "confirmed", "npm run deploy"],
    ["is leaving", { leaving: true }, living(A, { enabled: false }), "leaving", undefined],
    ["is leaving, not deployed", { leaving: true }, living(A), "leaving", "npm run deploy"],
    ["gone", { leaving: true }, undefined, "leaving", undefined],
    [
      "reset",
      {},
      living(A, { status: "RESET_REQUIRED" }),
      "reset-required",
      "npm run forgot-password -- a@x.jp",
    ],
    [
      "compromised",
      {},
      living(A, { status: "COMPROMISED", enabled: false }),
      "compromised",
      "npm run issue-password -- a@x.jp --reset",
    ],
    [
      "signed up",
      {},
      living(A, { status: "UNCONFIRMED" }),
      "unconfirmed",
      "aws cognito-idp admin-confirm-sign-up --user-pool-id us-east-1_x --username a@x.jp",
    ],
    ["external", undefined, living(A, { status: "EXTERNAL_PROVIDER" }), "unknown", undefined],
    ["a status of tomorrow", {}, living(A, { status: "NEW_ONE" }), "unknown", undefined],
    ["nobody's", undefined, living(A), "undeclared", "npm run export-users"],
    [
      "signed up, and in no roster",
      undefined,
      living(A, { status: "UNCONFIRMED" }),
      "undeclared",
      "npm run deploy -- --adopt a@x.jp",
    ],
  ])("%s", (_, roster, live, state, help) => {
    const { entries } = board(
      roster === undefined ? [] : [person(A, roster)],
      live === undefined ? [] : [live],
    );
    expect(entries.map((entry) => [entry.state, entry.help])).toEqual([[state, help]]);
  });

  test("where people sign up by themselves, whoever is in no roster has probably done so", () => {
    const [entry] = board([], [living(A)], { selfSignUp: true }).entries;
    expect(entry).toMatchObject({
      state: "undeclared",
      what: [expect.stringMatching(/^signed up, or was created by hand: in the pool, but not in the roster/)],
      help: "npm run deploy -- --adopt a@x.jp",
    });
  });

  test.each([
    [0.2, 6, "the temporary password expires in 6 days"],
    [5.5, 1, "the temporary password expires in 1 day"],
    [6.5, 0, "the temporary password expires within a day"],
    [7.5, -1, "the temporary password expired today"],
    [8.5, -2, "the temporary password expired 1 day ago"],
    [17.5, -11, "the temporary password expired 10 days ago"],
  ])("%s days after the account was changed, %s days are left of 7", (ago, daysLeft, words) => {
    const [entry] = board([person(A)], [pending(A, ago)]).entries;
    expect(entry).toMatchObject({ daysLeft, expiresAt: daysAgo(ago - 7) });
    expect(entry?.what).toContain(words);
  });

  test("in a pool that takes one-time codes nobody need have a password", () => {
    const words = (passwordless: boolean) =>
      board([person(A)], [living(A)], { passwordless }).entries[0]?.what;
    expect(words(false)).toEqual(["has their own password"]);
    expect(words(true)).toEqual(["signs in with a one-time code, or has their own password"]);
  });

  test("a pool that does not say when it was changed has no estimate", () => {
    const { modifiedAt: _, ...undated } = pending(A);
    const [entry] = board([person(A)], [undated]).entries;
    expect(entry?.state).toBe("invited");
    expect(entry?.daysLeft).toBeUndefined();
  });

  test("a pool that was named on the command line is named in the commands, and odd names are quoted", () => {
    const [entry] = board([person("o'neil")], [], { namePool: true }).entries;
    expect(entry?.help).toBe("npm run deploy");
    const rules = { namePool: true, names: { signInWith: "username", caseSensitive: false } as const };
    const [invited] = board([person("o'neil")], [pending("x", 1, { username: "o'neil" })], rules).entries;
    expect(invited?.help).toBe("npm run invite -- 'o'\\''neil' --user-pool-id us-east-1_x");
  });
});

describe("second factors, where they were read", () => {
  const pool = [living("app@x.jp"), living("bare@x.jp"), pending("new@x.jp")];
  const roster = ["app@x.jp", "bare@x.jp", "new@x.jp"].map((name) => person(name));
  const factors = new Map([
    ["sub-of-app@x.jp", ["SOFTWARE_TOKEN_MFA", "SMS_MFA"]],
    ["sub-of-bare@x.jp", []],
  ]);
  const states = (mfaRequired: boolean) =>
    Object.fromEntries(
      board(roster, pool, { factors, mfaRequired }).entries.map(({ username, state }) => [username, state]),
    );

  test("tell who has one", () => {
    expect(states(false)).toEqual({ "app@x.jp": "mfa", "bare@x.jp": "confirmed", "new@x.jp": "invited" });
    expect(board(roster, pool, { factors }).entries.at(-1)?.what).toEqual([
      "second factor: authenticator app, SMS",
    ]);
  });

  test("tell who is stuck, where the pool requires one", () => {
    expect(states(true)).toEqual({ "app@x.jp": "mfa", "bare@x.jp": "mfa-pending", "new@x.jp": "invited" });
    expect(board(roster, pool, { factors, mfaRequired: true }).waiting).toBe(2);
  });
});

test("who needs something comes first: by state, then the soonest to run out, then by name", () => {
  const { entries } = board(
    ["done", "late", "soon", "lost", "older", "off", "out"].map((name) =>
      person(`${name}@x.jp`, { enabled: name !== "off", leaving: name === "out" }),
    ),
    [
      living("done@x.jp"),
      living("off@x.jp", { enabled: false }),
      living("out@x.jp", { enabled: false }),
      pending("late@x.jp", 8),
      pending("older@x.jp", 20),
      pending("soon@x.jp", 3),
      living("stranger@x.jp"),
    ],
  );
  expect(entries.map(({ username }) => username.replace("@x.jp", ""))).toEqual([
    "older",
    "late",
    "lost",
    "soon",
    "off",
    "out",
    "stranger",
    "done",
  ]);
});

test("of two people in the pool under one name the roster has one, and nobody is lost", () => {
  const { entries } = board(
    [person("a@x.jp")],
    [living("a@x.jp", { username: "1" }), living("A@x.jp", { username: "2" })],
  );
  expect(entries.map(({ live, state }) => [live?.username, state])).toEqual([
    ["2", "undeclared"],
    ["1", "confirmed"],
  ]);
});

describe("what it comes down to", () => {
  test("counts who is to be in: not the leaving, the disabled, nor strangers", () => {
    const one = board(
      [
        person("a@x.jp"),
        person("b@x.jp"),
        person("c@x.jp", { leaving: true }),
        person("d@x.jp", { enabled: false }),
      ],
      [living("a@x.jp"), pending("b@x.jp", 9), living("s@x.jp")],
    );
    expect(one).toMatchObject({ expected: 2, waiting: 1 });
    expect(headlineOf(one)).toBe("1 of 2 hasn't signed in yet: 1 expired");
    expect(one.counts).toMatchObject({ confirmed: 1, expired: 1, leaving: 1, missing: 1, undeclared: 1 });
  });

  test.each<[string, Person[], DirectoryPerson[]]>([
    [
      "Everyone has signed in: all 2 have finished the first login",
      [person("a@x.jp"), person("b@x.jp")],
      [living("a@x.jp"), living("b@x.jp")],
    ],
    [
      "Everyone has signed in: the only one has finished the first login",
      [person("a@x.jp")],
      [living("a@x.jp")],
    ],
    ["The roster has no one who should have access", [person("a@x.jp", { leaving: true })], []],
    [
      "2 of 2 haven't signed in yet: 1 missing, 1 invited",
      [person("a@x.jp"), person("b@x.jp")],
      [pending("a@x.jp")],
    ],
  ])("%s", (words, roster, pool) => {
    expect(headlineOf(board(roster, pool))).toBe(words);
  });
});
