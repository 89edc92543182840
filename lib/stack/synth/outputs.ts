import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region/index.js";
import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type DeployedGuards, guardsOutput } from "../guards.ts";
import type { ClientSettings, PasswordPolicy, SignInFlow } from "../settings.ts";
import { plainText } from "../terraform-text.ts";
import type { AppClient } from "./app-client.ts";

export interface OutputsProps {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly passwordPolicy: PasswordPolicy;
  /** For a client that has one. */
  readonly clientSecret?: string | undefined;
  /** If the settings choose one. */
  readonly signInFlow?: SignInFlow | undefined;
  /** If there are several, by name. */
  readonly clients?: readonly NamedClient[] | undefined;
  /** Where config.ts sets what apps may read or write of people. @default nowhere */
  readonly attributesSaid?: readonly string[];
  /** For your own domain name. */
  readonly domainTarget?: string | undefined;
  /** What earlier deploys have recorded, which no plan changes: `lib/deploy/deploy-record.ts`. @default nothing */
  readonly deploys?: string | undefined;
  /** If there is one. */
  readonly identityPoolId?: string | undefined;
  /** What the deploy is planned with: `plannedWith` in lib/deploy/plan-extent.ts. @default it is not recorded */
  readonly plannedWith?: string | undefined;
  /** They also judge the next deploy: `guardsInForce` in lib/stack/guards.ts. */
  readonly guards: DeployedGuards;
}

/** The output in which a deploy records it. */
export const PLANNED_WITH = "planned_with";

interface NamedClient {
  readonly key?: string;
  readonly settings: Pick<ClientSettings, "signInFlow">;
  readonly client: Pick<AppClient, "id" | "secret">;
}

/** What a deploy hands on to the scripts; `lib/terraform/deployment.ts` reads it back. */
export class Outputs extends Construct {
  constructor(scope: Construct, id: string, props: OutputsProps) {
    super(scope, id);
    const { userPoolId, clientId, passwordPolicy: policy, clientSecret, signInFlow, guards } = props;
    const { clients, attributesSaid = [] } = props;
    // The provider's own region; this lookup sends no request.
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
      // Terraform requires `sensitive`; the state has it all the same.
      this.output("user_pool_client_secret", "The app client's secret", clientSecret, { sensitive: true });
    }
    if (props.domainTarget !== undefined) {
      this.output(
        "user_pool_domain_target",
        "What the DNS of the custom domain is an alias of",
        props.domainTarget,
      );
    }
    if (props.identityPoolId !== undefined)
      this.output("identity_pool_id", "The identity pool", props.identityPoolId);
    if (signInFlow !== undefined) {
      this.output("sign_in_flow", "The flow that the commands take without --flow", signInFlow);
    }
    if (props.deploys !== undefined)
      this.output("deploys", "The last deploys, the newest first", plainText(props.deploys));
    if (props.plannedWith !== undefined) {
      const description = "What Terraform, provider and shape the last deploy was planned with";
      this.output(PLANNED_WITH, description, props.plannedWith);
    }
    if (clients !== undefined) this.namedClients(clients);
    if (attributesSaid.length > 0) {
      const description = "Where config.ts says what apps may read or write of people";
      this.output("client_attributes_said", description, [...attributesSaid]);
    }
  }

  private namedClients(clients: readonly NamedClient[]): void {
    const named = clients.map(({ key = "", ...rest }) => [key, rest] as const);
    const ids = named.map(([key, { client, settings }]) => [
      key,
      { id: client.id, ...(settings.signInFlow && { sign_in_flow: settings.signInFlow }) },
    ]);
    this.output("user_pool_clients", "Every app client, by its name in config.ts", Object.fromEntries(ids));
    const secrets = named.flatMap(
      ([
        key,
        {
          client: { secret },
        },
      ]) => (secret === undefined ? [] : [[key, secret]]),
    );
    if (secrets.length === 0) return;
    const description = "The app clients' secrets, by their names in config.ts";
    this.output("user_pool_client_secrets", description, Object.fromEntries(secrets), { sensitive: true });
  }

  /** On the stack itself: `cdktf deploy --outputs-file` nests the values by the constructs they are in. */
  private output(id: string, description: string, value: unknown, more: { sensitive?: true } = {}): void {
    new TerraformOutput(TerraformStack.of(this), id, { value, description, ...more });
  }
}
