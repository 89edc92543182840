import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group/index.js";
import { TerraformIterator, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { Person } from "../../roster/roster.ts";
import { plainText } from "../terraform-text.ts";
import { IN, membershipKey } from "./moved-blocks.ts";
import { blocksOf, membershipBlocksOf } from "./shards.ts";

export interface GroupsProps {
  readonly userPoolId: string;
  readonly people: readonly Person[];
  /** Memberships to leave out for now, by their keys. @default none */
  readonly without?: ReadonlySet<string>;
}

/**
 * Every group that the roster names, `aws_cognito_user_group.groups["<group>"]`, and who is in it,
 * `aws_cognito_user_in_group.memberships["<username> in <group>"]`; many are spread over blocks like the people themselves.
 */
export class Groups extends Construct {
  constructor(scope: Construct, id: string, props: GroupsProps) {
    super(scope, id);
    const { userPoolId, people, without = new Set() } = props;
    const names = [...new Set(people.flatMap((person) => person.groups))].sort();
    const groups = new CognitoUserGroup(this, "groups", {
      forEach: this.names("group_names", names),
      userPoolId,
      name: "${each.key}",
      // No setting says them: in a pool that was adopted they stay as they are.
      lifecycle: { ignoreChanges: ["description", "precedence", "role_arn"] },
    });
    groups.overrideLogicalId("groups");

    // The people must be there first. `depends_on` would say so at a price for each pair of a membership and a person
    // (8 s at 900 and 300), and a reference to the one person's resource as well: by way of a local it costs nothing.
    for (const { suffix } of blocksOf(people)) {
      const name = poolWithPeople(suffix);
      const after = [`aws_cognito_user.users${suffix}`, `aws_cognito_user.leaving${suffix}`, groups.fqn];
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

  private names(id: string, names: readonly string[]): TerraformIterator {
    const local = new TerraformLocal(
      this,
      id,
      Object.fromEntries(names.map((name) => [plainText(name), plainText(name)])),
    );
    local.overrideLogicalId(id);
    return TerraformIterator.fromMap(local.asStringMap);
  }
}

const poolWithPeople = (suffix: string) => `pool_with_people${suffix}`;
