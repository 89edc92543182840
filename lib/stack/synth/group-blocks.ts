import type { Person } from "../../roster/roster.ts";
import type { GroupSettings } from "../settings.ts";

/** The arguments of `aws_cognito_user_group` that config.ts can declare, with its names for them. */
export const SETTING_OF = {
  description: "description",
  precedence: "precedence",
  role_arn: "roleArn",
} as const satisfies Record<string, keyof GroupSettings>;

export type GroupArgument = keyof typeof SETTING_OF;

/** In the order in which the blocks' names contain them. */
export const GROUP_ARGUMENTS = Object.keys(SETTING_OF) as readonly GroupArgument[];

/** A group's declaration by its name; a group that only the roster names has none. */
export type Declarations = Readonly<Record<string, GroupSettings>>;

/**
 * Groups with the same declared settings: one resource, `aws_cognito_user_group.groups`, `groups_role_arn`,
 * `groups_description_role_arn`, … What isn't declared stays as the pool has it, and what is declared is restored: this takes
 * `ignore_changes`, which applies to a whole resource and not to one instance.
 */
export interface GroupBlock {
  readonly name: string;
  /** What the block sets; it ignores the others. */
  readonly arguments: readonly GroupArgument[];
  /** Sorted. */
  readonly groups: readonly string[];
}

/** Every subset of the arguments: `groups` sets none. */
const BLOCKS = Array.from({ length: 2 ** GROUP_ARGUMENTS.length }, (_, bits) => {
  const set = GROUP_ARGUMENTS.filter((_, bit) => (bits >> bit) & 1);
  return { name: nameOf(set), arguments: set };
});

function nameOf(set: readonly GroupArgument[]): string {
  return ["groups", ...set].join("_");
}

/** Where a group can be recorded: the names of all possible blocks. */
export const GROUP_BLOCKS: readonly string[] = BLOCKS.map(({ name }) => name);

/** The arguments that a block sets; undefined for a name that isn't a block of groups. */
export function argumentsOf(block: string): readonly GroupArgument[] | undefined {
  return BLOCKS.find(({ name }) => name === block)?.arguments;
}

/** Every group, sorted: those that are declared, and those that the roster names. */
export function groupNames(people: readonly Person[], declared: Declarations = {}): string[] {
  return [...new Set([...Object.keys(declared), ...people.flatMap(({ groups }) => groups)])].sort();
}

/** The block that a group belongs in, by its declared settings. */
export function blockOf(group: string, declared: Declarations = {}): string {
  const settings = Object.hasOwn(declared, group) ? declared[group] : undefined;
  return nameOf(GROUP_ARGUMENTS.filter((argument) => settings?.[SETTING_OF[argument]] !== undefined));
}

/** Every group, block by block: `groups` always, others if they have any. */
export function groupBlocks(people: readonly Person[], declared: Declarations = {}): GroupBlock[] {
  const names = groupNames(people, declared);
  return BLOCKS.map((block) => ({
    ...block,
    groups: names.filter((group) => blockOf(group, declared) === block.name),
  })).filter(({ name, groups }) => name === "groups" || groups.length > 0);
}
