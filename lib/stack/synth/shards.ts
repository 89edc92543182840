import { createHash } from "node:crypto";
import type { Person } from "../../roster/roster.ts";

/**
 * Terraform evaluates a for_each expression again for every instance, so one block takes quadratic time. Measured with
 * Terraform 1.11.4 and provider 5.100.0 (`npm run bench`): up to this number, one block is no slower than many.
 */
const ALONE_UP_TO = 400;

/**
 * How many blocks people are spread over beyond that. Never change it: it determines each person's block. At 10,000 people each
 * has about 156; with 256 blocks a plan is no faster.
 */
const SHARDS = 64;

/**
 * Likewise for memberships, of which there are more: 30,000 of them take 117 s of CPU in 256 blocks, and 180 s in 64. It is a
 * multiple, so that a block's people are all in one block.
 */
const MEMBERSHIP_SHARDS = 4 * SHARDS;

/** People of one block of the stack, whose resources' names end in the suffix: `users_07`, `leaving_07`. */
export interface Block {
  /** Empty if everyone is in one block. */
  readonly suffix: string;
  readonly people: readonly Person[];
}

/** People whose memberships are in one block: `memberships_135`. */
export interface MembershipBlock extends Block {
  /** The suffix of the block that all of them are in: `_07`. */
  readonly peopleSuffix: string;
}

/** The suffixes of all possible blocks when people are spread. */
export const SHARD_SUFFIXES: readonly string[] = Array.from({ length: SHARDS }, (_, shard) =>
  twoDigits(shard),
);

/** Whether people are spread: when they and their group memberships together are more than 400. */
export function isSpread(people: readonly Person[]): boolean {
  return people.reduce((sum, { groups }) => sum + 1 + groups.length, 0) > ALONE_UP_TO;
}

/** The block of a username when people are spread: it never changes when others join or leave. */
export function shardSuffix(username: string): string {
  return twoDigits(hash(username) % SHARDS);
}

/** Likewise, the block of their memberships. */
export function membershipSuffix(username: string): string {
  return threeDigits(hash(username) % MEMBERSHIP_SHARDS);
}

/** Everyone, block by block: one block, or all of the shards, including empty ones. */
export function blocksOf(people: readonly Person[]): Block[] {
  if (!isSpread(people)) return [{ suffix: "", people }];
  const blocks = grouped(people, shardSuffix);
  return SHARD_SUFFIXES.map((suffix) => ({ suffix, people: blocks.get(suffix) ?? [] }));
}

/** Everyone who is in a group, by the blocks of their memberships; at least one block. */
export function membershipBlocksOf(people: readonly Person[]): MembershipBlock[] {
  if (!isSpread(people)) return [{ suffix: "", peopleSuffix: "", people }];
  const members = people.filter(({ groups }) => groups.length > 0);
  return [...grouped(members, membershipSuffix)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([suffix, people]) => ({
      suffix,
      peopleSuffix: twoDigits(Number(suffix.slice(1)) % SHARDS),
      people,
    }));
}

function grouped(people: readonly Person[], by: (username: string) => string): Map<string, Person[]> {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const name = by(person.username);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [person]);
    else group.push(person);
  }
  return groups;
}

function hash(username: string): number {
  return createHash("sha256").update(username).digest().readUInt32BE();
}

function twoDigits(shard: number): string {
  return `_${String(shard).padStart(2, "0")}`;
}

function threeDigits(shard: number): string {
  return `_${String(shard).padStart(3, "0")}`;
}

/** What a block holds, by its resource's name; undefined for a name that this package doesn't use. */
export function blockKind(name: string): "users" | "leaving" | "memberships" | undefined {
  const kind = /^(?:(users|leaving)(?:_\d\d)?|(memberships)(?:_\d{3})?)$/.exec(name);
  return (kind?.[1] ?? kind?.[2]) as "users" | "leaving" | "memberships" | undefined;
}

/** The block of the same kind that another username is in: when people are spread, the name determines it. */
export function blockFor(name: string, username: string): string {
  if (!/_\d+$/.test(name)) return name;
  const kind = blockKind(name);
  return `${kind}${kind === "memberships" ? membershipSuffix(username) : shardSuffix(username)}`;
}
