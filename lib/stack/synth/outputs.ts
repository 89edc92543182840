import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region/index.js";
import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type DeployedGuards, guardsOutput } from "../guards.ts";
import type { PasswordPolicy, SignInFlow } from "../settings.ts";
import { plainText } from "../terraform-text.ts";

export interface OutputsProps {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly passwordPolicy: PasswordPolicy;
  /** Of a client that has one. */
  readonly clientSecret?: string | undefined;
  /** Of a team that chose one. */
  readonly signInFlow?: SignInFlow | undefined;
  /** They judge the next deploy as well: `guardsInForce` in lib/stack/guards.ts. */
  readonly guards: DeployedGuards;
}

/** What a deploy hands on to the scripts; `lib/terraform/deployment.ts` reads it back. */
export class Outputs extends Construct {
  constructor(scope: Construct, id: string, props: OutputsProps) {
    super(scope, id);
    const { userPoolId, clientId, passwordPolicy: policy, clientSecret, signInFlow, guards } = props;
    // The provider's own region; the lookup calls nothing.
    const region = new DataAwsRegion(this, "region");
    region.overrideLogicalId("current");
    this.output("user_pool_id", "The user pool", userPoolId);
    this.output("user_pool_client_id", "The app client that people sign in through", clientId);
    this.output("region", "The AWS region of the pool", region.name);
    this.output("password_policy", "The rules for a new password", {
      minimum_length: policy.minimumLength,
      require_lowercase: policy.requireLowercase,
      require_uppercase: policy.requireUppercase,
      require_numbers: policy.requireNumbers,
      require_symbols: policy.requireSymbols,
      temporary_password_validity_days: policy.temporaryPasswordValidityDays,
    });
    this.output("guards", "The guards of this deploy, which judge the next one as well", {
      ...guardsOutput(guards),
      required: guards.required.map(plainText),
      privileged: guards.privileged.map(plainText),
      ...(guards.adopted && { adopted: guards.adopted.map(plainText) }),
    });
    if (clientSecret !== undefined) {
      // Terraform asks for `sensitive`; the state has it all the same.
      this.output("user_pool_client_secret", "The app client's secret", clientSecret, { sensitive: true });
    }
    if (signInFlow !== undefined) {
      this.output("sign_in_flow", "The flow that the commands take without --flow", signInFlow);
    }
  }

  /** On the stack itself: `cdktf deploy --outputs-file` nests the values by the constructs they are in. */
  private output(id: string, description: string, value: unknown, more: { sensitive?: true } = {}): void {
    new TerraformOutput(TerraformStack.of(this), id, { value, description, ...more });
  }
}
