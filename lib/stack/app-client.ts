import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { Construct } from "constructs";
import { CLIENT } from "./defaults.ts";
import type { ClientSettings } from "./settings.ts";
import { plainText } from "./terraform-text.ts";

export interface AppClientProps extends ClientSettings {
  readonly userPoolId: string;
}

/** `aws_cognito_user_pool_client.client`: what people sign in through. */
export class AppClient extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: AppClientProps) {
    super(scope, id);
    const client = new CognitoUserPoolClient(this, "client", {
      ...CLIENT,
      name: plainText(props.name),
      userPoolId: props.userPoolId,
    });
    client.overrideLogicalId("client");
    this.id = client.id;
  }
}
