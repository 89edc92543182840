import { expect, test } from "vitest";
import { NO_POOL } from "../../lib/deploy/compare-pool.ts";
import { type GuardedRun, misnamedNotices, refuseUnreconciled } from "../../lib/deploy/run-guards.ts";

const look = (more: object) => ({
  ...NO_POOL,
  groups: {
    ...NO_POOL.groups,
    memberships: [{ username: "paul", group: "ops", what: "added" as const, ...more }],
  },
});

test("--refresh can't take out who was put into a group by hand, so it doesn't say so: it is refused", () => {
  expect(() => refuseUnreconciled([], look({}), true)).toThrowError(
    expect.objectContaining({
      exitCode: 3,
      message: expect.stringContaining("1 group membership was added outside this repository"),
    }),
  );
});

test("nor is it refused for strangers, whom a deploy leaves alone, or for whom Terraform itself puts back", () => {
  for (const more of [{ stranger: true }, { what: "removed" }]) {
    expect(() => refuseUnreconciled([], look(more), true)).not.toThrow();
  }
});

test("a plan that is kept says itself that it puts none of it back", () => {
  expect(() => refuseUnreconciled([], look({}), false)).not.toThrow();
});

const naming = (named: object) =>
  ({
    project: { roster: { people: [{ username: "anna@example.com" }, { username: "ben" }] } },
    allowReplace: [],
    ...named,
  }) as unknown as GuardedRun;

test("a name that no one has is told, with the one that was meant: the option would do nothing, and say nothing", () => {
  expect(
    misnamedNotices(naming({ enable: ["anna@exmaple.com", "ben"], recreate: ["somebody"], adopt: ["bén"] })),
  ).toEqual([
    "--enable does nothing for anna@exmaple.com: no one in the roster is called that. Did you mean anna@example.com?",
    "--recreate does nothing for somebody: no one in the roster is called that.",
    "--adopt does nothing for bén: no one in the roster is called that. Did you mean ben?",
  ]);
});

test("names of the roster are not mentioned", () => {
  expect(misnamedNotices(naming({ enable: ["anna@example.com"], adopt: ["ben"] }))).toEqual([]);
  expect(misnamedNotices(naming({}))).toEqual([]);
});
