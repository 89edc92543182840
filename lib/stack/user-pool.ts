import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { Construct } from "constructs";
import { PASSWORD_POLICY, POOL } from "./defaults.ts";
import type { PasswordPolicy } from "./password-policy.ts";
import type { PoolSettings } from "./settings.ts";
import { plainText } from "./terraform-text.ts";

export interface UserPoolProps extends PoolSettings {
  /** Without it Terraform refuses to destroy the pool, and so does Cognito (deletion protection). */
  readonly destroyable: boolean;
}

/** `aws_cognito_user_pool.pool`: the directory of people. */
export class UserPool extends Construct {
  readonly id: string;
  readonly passwordPolicy: PasswordPolicy;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    this.passwordPolicy = { ...PASSWORD_POLICY, ...props.passwordPolicy };
    const pool = new CognitoUserPool(this, "pool", {
      ...POOL,
      name: plainText(props.name),
      ...(props.signInWith === "username" ? {} : { usernameAttributes: ["email"] }),
      passwordPolicy: this.passwordPolicy,
      schema: (props.customAttributes ?? []).map((name) => ({
        name,
        attributeDataType: "String",
        mutable: true,
        // All of these are set by Cognito when left out, and then read back as a change that replaces the pool.
        developerOnlyAttribute: false,
        required: false,
        stringAttributeConstraints: { minLength: "0", maxLength: "2048" },
      })),
      deletionProtection: props.destroyable ? "INACTIVE" : "ACTIVE",
      lifecycle: { preventDestroy: !props.destroyable },
    });
    pool.overrideLogicalId("pool");
    this.id = pool.id;
  }
}
