import type { Person } from "../../roster/roster.ts";
import type { DeclaredClient } from "../clients.ts";
import { addressKey } from "../terraform-text.ts";
import { blockOf, type Declarations, GROUP_BLOCKS, groupNames } from "./group-blocks.ts";
import { isSpread, membershipSuffix, shardSuffix } from "./shards.ts";

/** A `moved` block: Terraform moves what is at one address to the other, without changing anything. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Where something is in Terraform's state. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
  /** Under the provider's names. @default unknown */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Between the username and the group in a membership's key. Neither can contain a space (Cognito's name pattern). */
export const IN = " in ";

/** The key of a membership. */
export function membershipKey(username: string, group: string): string {
  return username + IN + group;
}

/**
 * Terraform compares every move with every other one (internal/refactoring, buildMoveStatementGraph): 30,000 take more than 100
 * s of CPU, this many half a second.
 */
const MOVES = 2_000;

/** Whether the moves of these people are few enough only if it is known where everyone is recorded. */
export function needsRecords(people: readonly Person[]): boolean {
  return isSpread(people) && people.length * 3 + countMemberships(people) > MOVES;
}

/**
 * The moves that preserve people's accounts and memberships when someone leaves or returns, and when people are spread over
 * blocks (`shards.ts`) or put back into one. Terraform ignores a move whose source is not in the state, so for most teams every
 * possible move is written, without knowing the state. Two moves must not have the same target, so what can come from several
 * places is moved along a chain.
 * @param recorded what the state has, if it is available: with many people only the moves that it needs are written. Without
 *   it, only those for leaving and returning are: Terraform refuses to lose anyone who is in another block (`prevent_destroy`)
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
 * The moves that preserve a group when other settings of it, or none any more, are declared. Only a few if it is known where
 * the groups are recorded; else every possible one, as for people.
 * @param recorded what the state has, if it is available
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

const CLIENT = "aws_cognito_user_pool_client";

/** What the state has of an app client, wherever it is. */
type RecordedClients = ReadonlyMap<DeclaredClient, Recorded>;

/**
 * Where each app client is recorded: at its own address, else at that of a client with the same `name` that config.ts no longer
 * has. If two share a name, neither is matched.
 * @param recorded what the state has, if it is available
 */
export function recordedClients(
  declared: readonly DeclaredClient[],
  recorded: readonly Recorded[] = [],
): RecordedClients {
  const all = recorded.filter(({ type }) => type === CLIENT);
  const blocks = new Set(declared.map(({ block }) => block));
  const homeless = all.filter(({ name }) => !blocks.has(name));
  const found = new Map<DeclaredClient, Recorded>();
  for (const client of declared) {
    const own = all.find(({ name }) => name === client.block);
    const same = homeless.filter(({ attributes }) => attributes?.name === client.settings.name);
    const wanted = declared.filter(({ settings }) => settings.name === client.settings.name);
    const one = own ?? (same.length === 1 && wanted.length === 1 ? same[0] : undefined);
    if (one !== undefined) found.set(client, one);
  }
  return found;
}

/** What a client's secret may be stored in. Terraform ignores a move whose source is not in the state. */
const SECRETS = ["aws_ssm_parameter", "aws_secretsmanager_secret", "aws_secretsmanager_secret_version"];

/** The moves that preserve an app client, and what its secret is stored in, when its place in config.ts changes. */
export function clientMovesOf(recorded: RecordedClients): Move[] {
  return [...recorded].flatMap(([{ block, settings }, { name }]) =>
    name === block
      ? []
      : [CLIENT, ...(settings.secretStore === undefined ? [] : SECRETS)].map((type) => {
          const prefix = type === CLIENT ? "" : "secret_of_";
          return { from: `${type}.${prefix}${name}`, to: `${type}.${prefix}${block}` };
        }),
  );
}

/** The current suffix, and the other one. */
function placesOf(shard: string, spread: boolean): [here: string, there: string] {
  return spread ? [shard, ""] : ["", shard];
}

/** From each name to the next, with the same key. */
function chain(type: string, names: readonly string[], key: string): Move[] {
  return names.slice(1).flatMap((to, index) => {
    const from = names[index];
    return from === to ? [] : [{ from: `${type}.${from}[${key}]`, to: `${type}.${to}[${key}]` }];
  });
}

function countMemberships(people: readonly Person[]): number {
  return people.reduce((sum, { groups }) => sum + groups.length, 0);
}
