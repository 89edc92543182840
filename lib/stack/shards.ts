import { createHash } from "node:crypto";
import type { Person } from "../roster/roster.ts";

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

/** People of one block of the stack, whose resources' names end in the suffix: `users_07`, `leaving_07`, `memberships_07`. */
export interface Block {
  /** Empty where everyone is in one block. */
  readonly suffix: string;
  readonly people: readonly Person[];
}

/** The suffixes of all blocks that there can be when people are spread. */
export const SHARD_SUFFIXES: readonly string[] = Array.from(
  { length: SHARDS },
  (_, shard) => `_${String(shard).padStart(2, "0")}`,
);

/** Whether people are spread: when there are more than 400 of them and their group memberships together. */
export function isSpread(people: readonly Person[]): boolean {
  return people.reduce((sum, { groups }) => sum + 1 + groups.length, 0) > ALONE_UP_TO;
}

/** The block that a username is in when people are spread: the same for ever, whoever else comes and goes. */
export function shardSuffix(username: string): string {
  const hash = createHash("sha256").update(username).digest().readUInt32BE();
  return SHARD_SUFFIXES[hash % SHARDS] ?? "";
}

/** Everyone, block by block: one block, or all of the shards, empty ones included. */
export function blocksOf(people: readonly Person[]): Block[] {
  if (!isSpread(people)) return [{ suffix: "", people }];
  const blocks = new Map(SHARD_SUFFIXES.map((suffix): [string, Person[]] => [suffix, []]));
  for (const person of people) blocks.get(shardSuffix(person.username))?.push(person);
  return [...blocks].map(([suffix, people]) => ({ suffix, people }));
}

/** What a block holds, by its resource's name; undefined for a name that this package gives nothing. */
export function blockKind(name: string): "users" | "leaving" | "memberships" | undefined {
  const kind = /^(users|leaving|memberships)(?:_\d\d)?$/.exec(name)?.[1];
  return kind as "users" | "leaving" | "memberships" | undefined;
}
