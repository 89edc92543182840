import { expect, test } from "vitest";
import { fingerprintOfThings, fingerprints, requireUnchanged } from "../../lib/deploy/second-look.ts";
import type { DirectoryPerson } from "../../lib/directory/pool/people.ts";
import type { Entry } from "../../lib/review/review.ts";

const account = (more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  username: "sub-a",
  sub: "sub-a",
  attributes: { email: "a@example.com", name: "A" },
  enabled: true,
  status: "CONFIRMED",
  ...more,
});
const ENTRIES: readonly Entry[] = [
  { about: "person", address: "x", username: "a@example.com", what: "changes", attributes: [] },
  { about: "membership", address: "y", username: "new@example.com", group: "ops", what: "in" },
];
const look = (people: Record<string, DirectoryPerson>, groups: readonly string[] = [], role = "r") =>
  fingerprints(
    { entries: ENTRIES },
    {
      accountOf: (username) => people[username],
      members: { groups: [{ name: "ops", roleArn: role }], of: new Map([["sub-a", groups]]) },
    },
  );
const BEFORE = look({ "a@example.com": account() });

test("of whom and what a plan touches, and nobody else, there are fingerprints without anybody's data", () => {
  expect(Object.keys(BEFORE)).toEqual(["a@example.com", "new@example.com", "group ops"]);
  expect(JSON.stringify(BEFORE)).not.toContain("sub-a");
});

test.each<[string, ReturnType<typeof look>, string | undefined]>([
  ["the same", look({ "a@example.com": account() }), undefined],
  ["signed in meanwhile", look({ "a@example.com": account({ status: "X" }) }), undefined],
  ["another account of that name", look({ "a@example.com": account({ sub: "other" }) }), "a@example.com"],
  ["disabled", look({ "a@example.com": account({ enabled: false }) }), "a@example.com"],
  ["another attribute", look({ "a@example.com": account({ attributes: {} }) }), "a@example.com"],
  ["deleted", look({}), "a@example.com"],
  ["in a group", look({ "a@example.com": account() }, ["ops"]), "a@example.com"],
  ["created", look({ "a@example.com": account(), "new@example.com": account() }), "new@example.com"],
  ["another role of the group", look({ "a@example.com": account() }, [], "s"), "group ops"],
])("since the plan was made: %s", (_, now, changed) => {
  const again = () => requireUnchanged(BEFORE, now);
  if (changed === undefined) expect(again).not.toThrow();
  else {
    const message = `REFUSED: the user pool changed after this plan was made: ${changed}`;
    expect(again).toThrow(expect.objectContaining({ exitCode: 3, message }));
  }
});

test("the pool and its clients count where a plan touches them", () => {
  const entries: readonly Entry[] = [
    { about: "client", address: "c", label: "c", what: "changed", settings: [] },
  ];
  const drifted = [{ about: "client", label: "c", settings: [{ name: "callback_urls" }] } as const];
  const [before, after] = [fingerprintOfThings({ entries }, []), fingerprintOfThings({ entries }, drifted)];
  expect(() => requireUnchanged(before, before)).not.toThrow();
  expect(() => requireUnchanged(before, after)).toThrow(
    expect.objectContaining({ message: expect.stringContaining("settings of the pool or a client") }),
  );
  expect(fingerprintOfThings({ entries: ENTRIES }, drifted)).toEqual({});
});
