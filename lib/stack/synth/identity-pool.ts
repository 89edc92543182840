import { CognitoIdentityPool } from "@cdktf/provider-aws/lib/cognito-identity-pool/index.js";
import { CognitoIdentityPoolProviderPrincipalTag } from "@cdktf/provider-aws/lib/cognito-identity-pool-provider-principal-tag/index.js";
import { CognitoIdentityPoolRolesAttachment } from "@cdktf/provider-aws/lib/cognito-identity-pool-roles-attachment/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { DeclaredClient } from "../clients.ts";
import type { IdentityPoolSettings } from "../identity-pool.ts";
import { isReference, plainText } from "../terraform-text.ts";
import type { AppClient } from "./app-client.ts";

export interface IdentityPoolProps extends IdentityPoolSettings {
  /** The user pool's name. */
  readonly poolName: string;
  /** The user pool's `endpoint`, which issues its tokens. */
  readonly endpoint: string;
  readonly declared: readonly (DeclaredClient & { readonly client: AppClient })[];
}

/** For roles that are created here, as for those for SMS: a policy can name them (docs/security.md). */
const ROLE_PATH = "/cognito-roster/";

/**
 * The service that trust policies name, which differs by partition (IAM user guide, "Available keys for Amazon Cognito"). Terraform
 * looks it up: the region may come from AWS_REGION or a profile. The lookup sends no request.
 */
const SERVICE =
  '${lookup({ "aws-us-gov" = "cognito-identity-us-gov.amazonaws.com", "aws-cn" = "cognito-identity.${data.aws_region.current.name}.amazonaws.com.cn" }, data.aws_partition.current.partition, "cognito-identity.amazonaws.com")}';

/**
 * `aws_cognito_identity_pool.identities`, the roles, and who gets which. The classic flow stays off: it would let anyone with a
 * token request any role that trusts the pool (developer guide, "authentication flow").
 */
export class IdentityPool extends Construct {
  readonly id: string;
  #service: string | undefined;

  constructor(scope: Construct, id: string, props: IdentityPoolProps) {
    super(scope, id);
    const { declared, clients, endpoint, guests, roleRules, otherwise, principalTags = {} } = props;
    const trusted = declared.filter(
      ({ key, settings }) =>
        settings.clientCredentials === undefined && (clients === undefined || clients.includes(key ?? "")),
    );
    const pool = new CognitoIdentityPool(this, "identities", {
      identityPoolName: plainText(props.name ?? props.poolName),
      allowUnauthenticatedIdentities: guests !== undefined,
      allowClassicFlow: false,
      // The server side check refuses tokens of people who were signed out or disabled since.
      cognitoIdentityProviders: trusted.map(({ client }) => ({
        clientId: client.id,
        providerName: endpoint,
        serverSideTokenCheck: true,
      })),
    });
    pool.overrideLogicalId("identities");
    this.id = pool.id;
    const roleFor = (who: "authenticated" | "guests", arn: string | undefined) =>
      arn === undefined ? this.role(who, pool.id) : written(arn);
    const attachment = new CognitoIdentityPoolRolesAttachment(this, "roles", {
      identityPoolId: pool.id,
      roles: {
        authenticated: roleFor("authenticated", props.authenticatedRoleArn),
        ...(guests !== undefined && {
          unauthenticated: roleFor("guests", guests === true ? undefined : guests.roleArn),
        }),
      },
      roleMapping: trusted.map(({ client }) => ({
        identityProvider: `${endpoint}:${client.id}`,
        type: roleRules === undefined ? "Token" : "Rules",
        ambiguousRoleResolution: otherwise === "deny" ? "Deny" : "AuthenticatedRole",
        ...(roleRules !== undefined && {
          mappingRule: roleRules.map(({ claim, match = "Equals", value, roleArn }) => ({
            claim: plainText(claim),
            matchType: match,
            value: plainText(value),
            roleArn: written(roleArn),
          })),
        }),
      })),
    });
    attachment.overrideLogicalId("roles");
    if (Object.keys(principalTags).length === 0) return;
    const tags = new CognitoIdentityPoolProviderPrincipalTag(this, "principal-tags", {
      identityPoolId: pool.id,
      identityProviderName: endpoint,
      useDefaults: false,
      principalTags: Object.fromEntries(
        Object.entries(principalTags).map(([tag, claim]) => [plainText(tag), plainText(claim)]),
      ),
    });
    tags.overrideLogicalId("principal_tags");
  }

  /** A role without permissions: it only identifies the person. */
  private role(who: "authenticated" | "guests", poolId: string): string {
    this.#service ??= this.service();
    const service = this.#service;
    const role = new IamRole(this, who, {
      namePrefix: `cognito-${who}-`,
      path: ROLE_PATH,
      description: who === "guests" ? "People who have not signed in" : "People who have signed in",
      lifecycle: { createBeforeDestroy: true },
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: service },
            // Session tags come from a token, which guests don't have.
            Action:
              who === "guests"
                ? "sts:AssumeRoleWithWebIdentity"
                : ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            Condition: {
              StringEquals: { [`${service}:aud`]: poolId },
              "ForAnyValue:StringLike": {
                [`${service}:amr`]: who === "guests" ? "unauthenticated" : "authenticated",
              },
            },
          },
        ],
      }),
    });
    role.overrideLogicalId(`identity_${who}`);
    return role.arn;
  }

  private service(): string {
    new DataAwsPartition(this, "partition").overrideLogicalId("current");
    const local = new TerraformLocal(this, "service", SERVICE);
    local.overrideLogicalId("identity_service");
    return "${local.identity_service}";
  }
}

const written = (arn: string) => (isReference(arn) ? arn : plainText(arn));
