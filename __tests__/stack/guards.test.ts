import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { RosterError } from "../../lib/roster/problem.ts";
import type { Person } from "../../lib/roster/roster.ts";
import {
  type DeployedGuards,
  guardProblems,
  guardsInForce,
  guardsOf,
  guardsOutput,
  looseningNotices,
  parseGuardsOutput,
  removalLimit,
} from "../../lib/stack/guards.ts";
import type { GuardSettings } from "../../lib/stack/settings.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { person } from "../support/people.ts";

const outdir = mkdtempSync(join(tmpdir(), "guards-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const messages = (guards: GuardSettings, people: readonly Person[]) =>
  guardProblems(guards, { file: "users.json", people }).map(({ message }) => message);

describe("required people", () => {
  test.each([
    ["there and enabled", person("root@example.com"), []],
    [
      "missing",
      person("a@example.com"),
      ['"root@example.com" is required by config.ts, but not in the roster'],
    ],
    [
      "somebody's former address",
      person("new@example.com", { formerly: "root@example.com" }),
      ['"root@example.com" is required by config.ts, but is renamed to "new@example.com" ("formerly")'],
    ],
    [
      "leaving",
      person("root@example.com", { leaving: true }),
      ['"root@example.com" is required by config.ts, but leaving'],
    ],
    [
      "disabled",
      person("root@example.com", { enabled: false }),
      ['"root@example.com" is required by config.ts, but not enabled'],
    ],
    [
      "spelt otherwise",
      person("Root@example.com"),
      ['"root@example.com" is required, but spelled "Root@example.com" in the roster'],
    ],
  ])("%s", (_, somebody, expected) => {
    expect(messages({ required: ["root@example.com"], minPeople: 0 }, [somebody])).toEqual(expected);
  });

  test("all of them are told at once, with the floor", () => {
    expect(messages({ required: ["a", "b"], minPeople: 2 }, [person("c", { leaving: true })])).toHaveLength(
      3,
    );
  });
});

test("who is leaving does not count for minPeople", () => {
  const people = [person("a@example.com"), person("b@example.com", { leaving: true })];
  expect(messages({ minPeople: 2 }, people)).toEqual(["only 1 of at least 2 people would stay"]);
  expect(messages({ minPeople: 1 }, people)).toEqual([]);
});

test("they hold at every synth: nothing is written", () => {
  const settings = {
    stack: "team",
    roster: "users.json",
    pool: { name: "people" },
    client: { name: "app" },
    guards: { required: ["root@example.com"] },
  };
  const roster = { file: "users.json", people: [person("a@example.com")] };
  expect(() => synthesize({ settings, roster, env: {}, outdir })).toThrow(RosterError);
  expect(() => synthesize({ settings, roster, env: {}, outdir })).toThrow(/root@example\.com/);
});

test.each<[GuardSettings["maxRemovals"], number, number]>([
  [undefined, 6, 3],
  [undefined, 30, 3],
  [undefined, 59, 5],
  [0, 1000, 0],
  [7, 10, 7],
  ["10%", 9, 0],
  ["10%", 200, 20],
  ["100%", 8, 8],
])("maxRemovals %s of %i people is %i", (maxRemovals, people, limit) => {
  expect(removalLimit(maxRemovals === undefined ? {} : { maxRemovals }, people)).toBe(limit);
});

describe("the guards of the last deploy judge the next one as well", () => {
  const SETTINGS = {
    destroyable: false,
    guards: { required: ["root"], maxRemovals: "10%", minPeople: 5 },
    groups: { admins: { privileged: true }, staff: {} },
  } as const;
  const last = guardsOf(SETTINGS);

  test("what a deploy hands on is what the next one reads, whatever is left out", () => {
    expect(last.privileged).toEqual(["admins"]);
    for (const guards of [last, guardsOf({}), guardsOf({ guards: { maxRemovals: 7 } })]) {
      expect(parseGuardsOutput(JSON.parse(JSON.stringify(guardsOutput(guards))))).toEqual(guards);
    }
  });

  test("a pool that was deployed without them is judged by config.ts alone", () => {
    expect(parseGuardsOutput(undefined)).toBeUndefined();
    const loose = { destroyable: true, guards: { maxRemovals: 50 } };
    expect(guardsInForce(loose, undefined, 20)).toMatchObject({
      destroyable: true,
      removals: 50,
      loosened: {},
    });
  });

  test("a later version may hand on more; what can't be read is refused", () => {
    expect(parseGuardsOutput({ ...guardsOutput(last), more: 1 })).toEqual(last);
    for (const wrong of [null, "", {}, { ...guardsOutput(last), max_removals: "many" }]) {
      expect(() => parseGuardsOutput(wrong)).toThrow(expect.objectContaining({ exitCode: 3 }));
    }
  });

  test("of each the stricter one holds: what config.ts loosens is known, and told", () => {
    const { loosened, ...held } = guardsInForce(
      { destroyable: true, guards: { required: ["new"], maxRemovals: 50 } },
      last,
      40,
    );
    expect(held).toEqual({
      destroyable: false,
      required: ["new", "root"],
      removals: 4,
      minPeople: 5,
      privileged: ["admins"],
    });
    expect(loosened).toEqual({
      destroyable: true,
      removals: true,
      minPeople: true,
      required: ["root"],
      privileged: ["admins"],
    });
    expect(looseningNotices(loosened)).toEqual([
      expect.stringMatching(/destroyable; guards\.maxRemovals; guards\.minPeople; .*"root"; .*"admins"/),
    ]);
  });

  test("what config.ts tightens holds at once, and nothing is said", () => {
    const open: DeployedGuards = { ...guardsOf({}), destroyable: true, maxRemovals: "100%" };
    const { loosened, ...held } = guardsInForce(SETTINGS, open, 40);
    expect(held).toMatchObject({ destroyable: false, required: ["root"], removals: 4, minPeople: 5 });
    expect(loosened).toEqual({});
    expect(looseningNotices(loosened)).toEqual([]);
  });
});
