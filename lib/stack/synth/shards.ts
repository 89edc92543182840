import { createHash } from "node:crypto";
import type { Person } from "../../roster/roster.ts";

/**
 * Terraform evaluates a for_each expression again for every instance, so one block takes quadratic time. Measured with
 * Terraform 1.11.4 and provider 5.100.0 (`npm run bench`): up to here one block is no slower than many.
 */
const ALONE_UP_TO = 400;

/**
 * Into how many blocks everyone is spread beyond. Never to be changed: a person's block follows from it. At 10,000 people
 * each has about 156; with 256 blocks a plan is no faster.
 */
const SHARDS = 64;

/**
 * Likewise for memberships, of which there are more: 30,000 of them take 117 s of CPU in 256 blocks, and 180 s in 64. A
 * multiple, so that a block's people are all in one block.
 */
const MEMBERSHIP_SHARDS = 4 * SHARDS;

/** People of one block of the stack, whose resources' names end in the suffix: `users_07`, `leaving_07`. */
export interface Block {
  /** Empty where everyone is in one block. */
  readonly suffix: string;
  readonly people: readonly Person[];
}

/** People whose memberships are one block: `memberships_135`. */
export interface MembershipBlock extends Block {
  /** Of the block that all of them are in: `_07`. */
  readonly peopleSuffix: string;
}

/** The suffixes of all blocks of people that there can be when they are spread. */
export const SHARD_SUFFIXES: readonly string[] = Array.from({ length: SHARDS }, (_, shard) =>
  twoDigits(shard),
);

/** Whether people are spread: when there are more than 400 of them and their group memberships together. */
export function isSpread(people: readonly Person[]): boolean {
  return people.reduce((sum, { groups }) => sum + 1 + groups.length, 0) > ALONE_UP_TO;
}

/** The block that a username is in when people are spread: the same for ever, whoever else comes and goes. */
export function shardSuffix(username: string): string {
  return twoDigits(hash(username) % SHARDS);
}

/** Likewise the block of their memberships. */
export function membershipSuffix(username: string): string {
  return threeDigits(hash(username) % MEMBERSHIP_SHARDS);
}

/** Everyone, block by block: one block, or all of the shards, empty ones included. */
export function blocksOf(people: readonly Person[]): Block[] {
  if (!isSpread(people)) return [{ suffix: "", people }];
  const blocks = grouped(people, shardSuffix);
  return SHARD_SUFFIXES.map((suffix) => ({ suffix, people: blocks.get(suffix) ?? [] }));
}

/** Everyone who is in a group, by the blocks of their memberships; one block at least. */
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

/** What a block holds, by its resource's name; undefined for a name that this package gives nothing. */
export function blockKind(name: string): "users" | "leaving" | "memberships" | undefined {
  const kind = /^(?:(users|leaving)(?:_\d\d)?|(memberships)(?:_\d{3})?)$/.exec(name);
  return (kind?.[1] ?? kind?.[2]) as "users" | "leaving" | "memberships" | undefined;
}
