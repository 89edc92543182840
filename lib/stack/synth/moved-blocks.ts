import type { Person } from "../../roster/roster.ts";
import { addressKey } from "../terraform-text.ts";
import { blockOf, type Declarations, GROUP_BLOCKS, groupNames } from "./group-blocks.ts";
import { isSpread, membershipSuffix, shardSuffix } from "./shards.ts";

/** A `moved` block: Terraform takes what is at one address to the other, and changes nothing by that. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Where something stands in Terraform's state. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
  /** In the provider's names. @default unknown */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Between the username and the group in a membership's key. Neither can contain a space (Cognito's name pattern). */
export const IN = " in ";

/** The key of a membership. */
export function membershipKey(username: string, group: string): string {
  return username + IN + group;
}

/**
 * Terraform compares every move with every other one (internal/refactoring, buildMoveStatementGraph): 30,000 take more than
 * 100 s of CPU, and as many as these half a second.
 */
const MOVES = 2_000;

/** Whether the moves of these people can only be few enough when it is known where everyone is recorded. */
export function needsRecords(people: readonly Person[]): boolean {
  return isSpread(people) && people.length * 3 + countMemberships(people) > MOVES;
}

/**
 * The moves that keep people and their memberships who they are when someone leaves or returns, and when everyone is spread
 * over blocks (`shards.ts`) or gathered again. A move whose source is not in the state is ignored by Terraform, so
 * for most teams every move that could be needed is written down, and nothing has to be known about the state. Two moves
 * must not have the same target: what can come from several places comes along a chain.
 * @param recorded what the state has, where it is at hand: with many people only the moves that it needs are written.
 *   Without it, only leaving and returning is: Terraform refuses to lose whoever is in another block (`prevent_destroy`)
 */
export function movesOf(people: readonly Person[], recorded?: readonly Recorded[]): Move[] {
  const spread = isSpread(people);
  const stands = ({ username, leaving }: Person) => {
    const [here, there] = placesOf(shardSuffix(username), spread);
    const [now, before] = leaving ? ["leaving", "users"] : ["users", "leaving"];
    return { here, there, now, before };
  };
  const memberships = ({ username }: Person) =>
    placesOf(membershipSuffix(username), spread).map((suffix) => `memberships${suffix}`);
  if (!needsRecords(people)) {
    return people.flatMap((person) => {
      const { here, there, now, before } = stands(person);
      const key = addressKey(person.username);
      return [
        ...chain("aws_cognito_user", [before + there, before + here, now + there, now + here], key),
        ...person.groups.flatMap((group) =>
          chain(
            "aws_cognito_user_in_group",
            memberships(person).toReversed(),
            addressKey(membershipKey(person.username, group)),
          ),
        ),
      ];
    });
  }
  if (recorded === undefined) {
    return people.flatMap((person) => {
      const { here, now, before } = stands(person);
      return chain("aws_cognito_user", [before + here, now + here], addressKey(person.username));
    });
  }
  const wanted = new Map<string, string>();
  for (const person of people) {
    const { here, now } = stands(person);
    const [membership = ""] = memberships(person);
    wanted.set(`aws_cognito_user ${person.username}`, now + here);
    for (const group of person.groups) {
      const key = membershipKey(person.username, group);
      wanted.set(`aws_cognito_user_in_group ${key}`, membership);
    }
  }
  return recorded.flatMap(({ type, name, key }) => {
    const to = wanted.get(`${type} ${key}`);
    return to === undefined ? [] : chain(type, [name, to], addressKey(String(key)));
  });
}

/**
 * The moves that keep a group what it is when other settings of it are declared, or none any more. Few, where it is known
 * where the groups are recorded; else every one that could be needed, as for people.
 * @param recorded what the state has, where it is at hand
 */
export function groupMovesOf(
  people: readonly Person[],
  declared: Declarations | undefined,
  recorded?: readonly Recorded[],
): Move[] {
  const type = "aws_cognito_user_group";
  const places = new Map<unknown, string>();
  for (const { type: other, name, key } of recorded ?? []) if (other === type) places.set(key, name);
  return groupNames(people, declared).flatMap((group) => {
    const here = blockOf(group, declared);
    const from = recorded === undefined ? GROUP_BLOCKS : [places.get(group) ?? here];
    return chain(type, [...from.filter((name) => name !== here), here], addressKey(group));
  });
}

/** The suffix that holds now, and the other one. */
function placesOf(shard: string, spread: boolean): [here: string, there: string] {
  return spread ? [shard, ""] : ["", shard];
}

/** From each name to the next, at the same key. */
function chain(type: string, names: readonly string[], key: string): Move[] {
  return names.slice(1).flatMap((to, index) => {
    const from = names[index];
    return from === to ? [] : [{ from: `${type}.${from}[${key}]`, to: `${type}.${to}[${key}]` }];
  });
}

function countMemberships(people: readonly Person[]): number {
  return people.reduce((sum, { groups }) => sum + groups.length, 0);
}
