import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group/index.js";
import { TerraformIterator, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import type { Person } from "../../roster/roster.ts";
import { isReference, plainText } from "../terraform-text.ts";
import {
  type Declarations,
  GROUP_ARGUMENTS,
  type GroupArgument,
  type GroupBlock,
  groupBlocks,
  SETTING_OF,
} from "./group-blocks.ts";
import { IN, membershipKey } from "./moved-blocks.ts";
import { blocksOf, membershipBlocksOf } from "./shards.ts";

export interface GroupsProps {
  readonly userPoolId: string;
  readonly people: readonly Person[];
  /** The settings of groups, by name. @default none is declared: the groups are those that the roster names */
  readonly declared?: Declarations | undefined;
  /** Memberships to leave out for now, by their keys. @default none */
  readonly without?: ReadonlySet<string>;
}

/**
 * Every group that is declared or that the roster names, `aws_cognito_user_group.groups["<group>"]` (see `group-blocks.ts` for
 * the blocks of those with declared settings), and who is in it, `aws_cognito_user_in_group.memberships["<username> in
 * <group>"]`; with many people, both are spread over blocks as the people are.
 */
export class Groups extends Construct {
  constructor(scope: Construct, id: string, props: GroupsProps) {
    super(scope, id);
    const { userPoolId, people, declared = {}, without = new Set() } = props;
    this.values(declared);
    const blocks = groupBlocks(people, declared).map((block) => this.groups(block, userPoolId));

    // The people have to exist first. `depends_on` would cost time for each pair of a membership and a person (8 s at 900 and
    // 300), and so would a reference to the one person's resource: through a local it costs nothing.
    for (const { suffix } of blocksOf(people)) {
      const name = poolWithPeople(suffix);
      const after = [`aws_cognito_user.users${suffix}`, `aws_cognito_user.leaving${suffix}`, ...blocks];
      new TerraformLocal(
        this,
        name,
        `\${[aws_cognito_user_pool.pool.id, ${after.join(", ")}][0]}`,
      ).overrideLogicalId(name);
    }
    for (const { suffix, peopleSuffix, people: members } of membershipBlocksOf(people)) {
      const keys = members.flatMap(({ username, groups }) =>
        groups.map((group) => membershipKey(username, group)),
      );
      new CognitoUserInGroup(this, `memberships${suffix}`, {
        forEach: this.names(
          `membership_names${suffix}`,
          keys.filter((key) => !without.has(key)),
        ),
        userPoolId: `\${local.${poolWithPeople(peopleSuffix)}}`,
        username: `\${split("${IN}", each.key)[0]}`,
        groupName: `\${split("${IN}", each.key)[1]}`,
      }).overrideLogicalId(`memberships${suffix}`);
    }
  }

  /** @returns the resource's address */
  private groups({ name, arguments: set, groups }: GroupBlock, userPoolId: string): string {
    const value = (argument: GroupArgument) => `\${local.group_${argument}s[each.key]}`;
    const block = new CognitoUserGroup(this, name, {
      // "groups" → "group_names", "groups_role_arn" → "group_names_role_arn".
      forEach: this.names(name.replace("groups", "group_names"), groups),
      userPoolId,
      name: "${each.key}",
      ...(set.includes("description") && { description: value("description") }),
      ...(set.includes("precedence") && { precedence: Token.asNumber(value("precedence")) }),
      ...(set.includes("role_arn") && { roleArn: value("role_arn") }),
      // What is not declared stays as it is, in an adopted pool as well.
      lifecycle: { ignoreChanges: GROUP_ARGUMENTS.filter((argument) => !set.includes(argument)) },
    });
    block.overrideLogicalId(name);
    return block.fqn;
  }

  /** The declared settings of groups, by argument and name. */
  private values(declared: Declarations): void {
    for (const argument of GROUP_ARGUMENTS) {
      const values = Object.entries(declared).flatMap(([group, settings]) => {
        const value = settings[SETTING_OF[argument]];
        return value === undefined
          ? []
          : [[group, typeof value === "string" ? written(value) : value] as const];
      });
      if (values.length > 0) this.map(`group_${argument}s`, values);
    }
  }

  private names(id: string, names: readonly string[]): TerraformIterator {
    const map = this.map(
      id,
      names.map((name) => [name, plainText(name)]),
    );
    return TerraformIterator.fromMap(map.asStringMap);
  }

  private map(id: string, entries: readonly (readonly [name: string, value: unknown])[]): TerraformLocal {
    const local = new TerraformLocal(
      this,
      id,
      Object.fromEntries(entries.map(([name, value]) => [plainText(name), value])),
    );
    local.overrideLogicalId(id);
    return local;
  }
}

/** A role of the same app stays a reference. */
const written = (text: string) => (isReference(text) ? text : plainText(text));

const poolWithPeople = (suffix: string) => `pool_with_people${suffix}`;
