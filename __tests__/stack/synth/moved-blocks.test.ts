import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../../../lib/review/plan.ts";
import type { Person } from "../../../lib/roster/roster.ts";
import { blockOf, type Declarations, GROUP_BLOCKS } from "../../../lib/stack/synth/group-blocks.ts";
import {
  groupMovesOf,
  type Move,
  membershipKey,
  movesOf,
  needsRecords,
  type Recorded,
} from "../../../lib/stack/synth/moved-blocks.ts";
import { isSpread, membershipSuffix, shardSuffix } from "../../../lib/stack/synth/shards.ts";
import { person } from "../../support/people.ts";

const crowd = (count: number, more: Partial<Person> = {}) =>
  Array.from({ length: count }, (_, i) => person(`person-${i}@example.com`, more));

/** What the state has once these people are deployed. */
function deployed(people: readonly Person[]): Recorded[] {
  return people.flatMap(({ username, leaving, groups }) => {
    const suffix = isSpread(people) ? shardSuffix(username) : "";
    return [
      { type: "aws_cognito_user", name: (leaving ? "leaving" : "users") + suffix, key: username },
      ...groups.map((group) => ({
        type: "aws_cognito_user_in_group",
        name: `memberships${suffix && membershipSuffix(username)}`,
        key: membershipKey(username, group),
      })),
    ];
  });
}

const text = ({ type, name, key }: Recorded) => `${type}.${name}[${key}]`;
const plain = (address: string) => {
  const place = parseAddress(address);
  if (place === undefined) throw new Error(`no address: ${address}`);
  return text(place);
};

/** What Terraform makes of a state by these moves: each from its source on, along the chain, as far as it goes. */
function carriedOut(state: readonly Recorded[], moves: readonly Move[]): string[] {
  const next = new Map(moves.map(({ from, to }) => [plain(from), plain(to)]));
  return state.map((recorded) => {
    let at = text(recorded);
    for (let to = next.get(at); to !== undefined; to = next.get(at)) at = to;
    return at;
  });
}

/** Terraform refuses both (internal/refactoring: "Ambiguous move statements", "Cyclic dependency in move statements"). */
function expectAcceptable(moves: readonly Move[]): void {
  expect(new Set(moves.map(({ to }) => to)).size).toBe(moves.length);
  expect(new Set(moves.map(({ from }) => from)).size).toBe(moves.length);
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  for (const start of next.keys()) {
    let steps = 0;
    for (let at = next.get(start); at !== undefined; at = next.get(at)) {
      steps += 1;
      if (steps > 5) throw new Error(`a cycle at ${start}`);
    }
  }
}

describe("moves", () => {
  const entry = fc.record({
    leaving: fc.boolean(),
    groups: fc.subarray(["ops", "dev"]),
  });
  /** A few people whose flags are arbitrary, among enough others to be spread or not. */
  const roster = fc
    .tuple(fc.array(entry, { maxLength: 8 }), fc.constantFrom(0, 390, 410, 600))
    .map(([entries, others]) => [
      ...entries.map((more, i) => person(`somebody-${i}@example.com`, more)),
      ...crowd(others),
    ]);

  test("whoever stays is found where the new roster has them, from whatever roster before: no state is needed", () => {
    fc.assert(
      fc.property(roster, roster, (before, after) => {
        const moves = movesOf(after);
        expectAcceptable(moves);
        const wanted = new Set(deployed(after).map(text));
        const keys = new Set(deployed(after).map(({ type, key }) => `${type} ${key}`));
        const stays = deployed(before).filter(({ type, key }) => keys.has(`${type} ${key}`));
        expect(carriedOut(stays, moves).filter((address) => !wanted.has(address))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test("with many people only what the state needs is moved", () => {
    const after = crowd(3_000, { groups: ["all"] }).map((one, i) =>
      i === 5 ? { ...one, leaving: true } : one,
    );
    expect(needsRecords(after)).toBe(true);
    const before = deployed(after.slice(0, 100).map((one) => ({ ...one, leaving: false })));
    const moves = movesOf(after, before);
    expectAcceptable(moves);
    expect(moves).toHaveLength(200);
    const wanted = new Set(deployed(after).map(text));
    expect(carriedOut(before, moves).every((address) => wanted.has(address))).toBe(true);
    expect(movesOf(after, deployed(after))).toEqual([]);
  });

  test("with many people and no state at hand, leaving and returning still moves nobody out of the stack", () => {
    const people = crowd(1_000);
    const [first, ...others] = people;
    const after = [{ ...(first as Person), leaving: true }, ...others];
    expect(needsRecords(after)).toBe(true);
    for (const [from, to] of [
      [people, after],
      [after, people],
    ] as const) {
      const moves = movesOf(to);
      expectAcceptable(moves);
      expect(moves).toHaveLength(1_000);
      const wanted = new Set(deployed(to).map(text));
      expect(carriedOut(deployed(from), moves).every((address) => wanted.has(address))).toBe(true);
    }
  });

  test("names that Terraform would read as code are moved as they are", () => {
    const [move] = movesOf([person('${x}"@example.com')]);
    expect(move?.from).toMatch(/^aws_cognito_user\.leaving_\d\d\["\$\\u007bx}\\"@example\.com"\]$/);
  });
});

describe("groups, when other settings of them are declared", () => {
  const settings = fc.record(
    { description: fc.constant("d"), precedence: fc.constant(0), roleArn: fc.constant("r") },
    { requiredKeys: [] },
  );
  const declarations: fc.Arbitrary<Declarations> = fc.dictionary(fc.constantFrom("a", "b", "c"), settings);
  const people = [person("p@example.com", { groups: ["a", "x"] })];
  const recorded = (declared: Declarations): Recorded[] =>
    ["a", "b", "c", "x"].map((key) => ({
      type: "aws_cognito_user_group",
      name: blockOf(key, declared),
      key,
    }));

  test("stay what they are, from any block to any other, whether the state is known or not", () => {
    fc.assert(
      fc.property(declarations, declarations, (before, after) => {
        const state = recorded(before);
        const wanted = new Set(["a", "x", ...Object.keys(after)]);
        for (const moves of [groupMovesOf(people, after), groupMovesOf(people, after, state)]) {
          expect(new Set(moves.map(({ to }) => to)).size).toBe(moves.length);
          expect(new Set(moves.map(({ from }) => from)).size).toBe(moves.length);
          expect(
            carriedOut(state, moves).filter((_, index) => wanted.has(String(state[index]?.key))),
          ).toEqual(
            recorded(after)
              .filter(({ key }) => wanted.has(String(key)))
              .map(text),
          );
        }
      }),
    );
  });

  test("have no move where the state is known and nothing has changed", () => {
    const declared = { a: { roleArn: "r" }, b: {} };
    expect(groupMovesOf(people, declared, recorded(declared))).toEqual([]);
    expect(groupMovesOf(people, declared, [])).toEqual([]);
  });

  test("have a block for each set of settings; those of which nothing is said stay in the first", () => {
    expect(GROUP_BLOCKS).toHaveLength(8);
    expect(new Set(GROUP_BLOCKS).size).toBe(8);
    expect(blockOf("a")).toBe("groups");
    expect(blockOf("a", { a: { privileged: true } })).toBe("groups");
    expect(blockOf("constructor", {})).toBe("groups");
    expect(GROUP_BLOCKS).toContain(blockOf("a", { a: { roleArn: "r", description: "d" } }));
  });
});
