import { CognitoUserGroup } from "@cdktf/provider-aws/lib/cognito-user-group/index.js";
import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group/index.js";
import { type ITerraformDependable, TerraformIterator, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { Person } from "../roster/roster.ts";
import { plainText } from "./terraform-text.ts";

export interface GroupsProps {
  readonly userPoolId: string;
  readonly people: readonly Person[];
  /** The people's resources, which must exist first. */
  readonly after: ITerraformDependable[];
}

/** Between the username and the group in a membership's key. Neither can contain a space (Cognito's name pattern). */
const IN = " in ";

/**
 * Every group that the roster names, `aws_cognito_user_group.groups["<group>"]`, and who is in it,
 * `aws_cognito_user_in_group.memberships["<username> in <group>"]`.
 */
export class Groups extends Construct {
  constructor(scope: Construct, id: string, props: GroupsProps) {
    super(scope, id);
    const names = [...new Set(props.people.flatMap((person) => person.groups))].sort();
    const groups = new CognitoUserGroup(this, "groups", {
      forEach: this.names("group_names", names),
      userPoolId: props.userPoolId,
      name: "${each.key}",
      // No setting says them: in a pool that was adopted they stay as they are.
      lifecycle: { ignoreChanges: ["description", "precedence", "role_arn"] },
    });
    groups.overrideLogicalId("groups");

    const keys = props.people.flatMap(({ username, groups }) => groups.map((group) => username + IN + group));
    const memberships = new CognitoUserInGroup(this, "memberships", {
      forEach: this.names("membership_names", keys),
      userPoolId: props.userPoolId,
      username: `\${split("${IN}", each.key)[0]}`,
      groupName: `\${split("${IN}", each.key)[1]}`,
      // Not references to the instances: evaluating those for every membership is quadratic.
      dependsOn: [groups, ...props.after],
    });
    memberships.overrideLogicalId("memberships");
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
