import {
  CognitoUserPool,
  type CognitoUserPoolConfig,
  type CognitoUserPoolSchema,
} from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type CustomAttributes, namesOf, typesOf } from "../../roster/attribute-types.ts";
import { nameAttribute } from "../../roster/sign-in-names.ts";
import { schemaBlock } from "../attributes.ts";
import {
  INVITATION,
  PASSWORD_POLICY,
  POOL,
  POOL_ALWAYS,
  poolDefaults,
  VERIFICATION_UNSAID,
} from "../defaults.ts";
import { type MessageTemplate, type PasswordPolicy, type PoolSettings, sendsSms } from "../settings.ts";
import { plainText, writtenOut } from "../terraform-text.ts";
import { factorArguments } from "./factors.ts";
import { blockOf, emailSender, smsSender } from "./senders.ts";
import { lambdaConfig, TriggerPermissions } from "./triggers.ts";

export interface UserPoolProps extends PoolSettings {
  /** Without it, Terraform refuses to destroy the pool, and so does Cognito (deletion protection). */
  readonly destroyable: boolean;
  /** What the state has of it. @default it is new, or the state is unknown */
  readonly deployed?: Readonly<Record<string, unknown>> | undefined;
}

const MFA = { off: "OFF", optional: "OPTIONAL", required: "ON" } as const;

/** `aws_cognito_user_pool.pool`: the directory of people. */
export class UserPool extends Construct {
  readonly id: string;
  readonly arn: string;
  /** Without https://, as tokens and identity pools name the pool: "cognito-idp.REGION.amazonaws.com/ID". */
  readonly endpoint: string;
  readonly passwordPolicy: PasswordPolicy;
  /** What has to exist before the first person. */
  readonly beforePeople: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const {
      name,
      destroyable,
      invitation,
      verification,
      tags,
      aliases = [],
      customAttributes,
      asIs = {},
      deployed = {},
      ...chosen
    } = props;
    const { recovery, ...following } = poolDefaults(props.signInWith, sendsSms(props));
    const { signInWith, caseSensitive, autoVerify, selfSignUp, mfa, mfaFactors } = {
      ...POOL,
      ...following,
      ...chosen,
    };
    const attribute = nameAttribute(signInWith);
    const { history, ...policy } = props.passwordPolicy ?? {};
    this.passwordPolicy = { ...PASSWORD_POLICY, ...policy };
    const pool = new CognitoUserPool(this, "pool", {
      ...POOL_ALWAYS,
      name: plainText(name),
      ...(attribute && { usernameAttributes: [attribute] }),
      ...(aliases.length > 0 && { aliasAttributes: [...aliases] }),
      usernameConfiguration: { caseSensitive },
      ...(autoVerify.length > 0 && { autoVerifiedAttributes: [...autoVerify] }),
      adminCreateUserConfig: {
        allowAdminCreateUserOnly: !selfSignUp,
        ...(invitation && { inviteMessageTemplate: writtenOut({ ...INVITATION, ...invitation }) }),
      },
      ...verificationMessages(verification, deployed.verification_message_template),
      passwordPolicy: {
        ...this.passwordPolicy,
        ...(history !== undefined && { passwordHistorySize: history }),
      },
      ...factorArguments({ ...(signInWith === "phone" && { recovery }), ...props }, deployed),
      mfaConfiguration: MFA[mfa],
      // Some servers return a disabled one that was never written: a difference in every plan if MFA is off.
      ...(mfa !== "off" && {
        softwareTokenMfaConfiguration: { enabled: mfaFactors.includes("totp") },
      }),
      // Not escaped: a tag can't contain a brace.
      ...(tags && { tags: { ...tags } }),
      ...emailSender(props, deployed.email_configuration),
      ...smsSender(this, props, deployed.sms_configuration),
      ...lambdaConfig(props),
      ...writtenOut(asIs),
      schema: schemaOf(customAttributes, asIs.schema),
      deletionProtection: destroyable ? "INACTIVE" : "ACTIVE",
      lifecycle: { preventDestroy: !destroyable },
    });
    pool.overrideLogicalId("pool");
    this.id = pool.id;
    this.arn = pool.arn;
    this.endpoint = pool.endpoint;
    this.beforePeople = new TriggerPermissions(this, "triggers", {
      ...props,
      userPoolId: pool.id,
      userPoolArn: pool.arn,
      deployed,
    }).permissions;
  }
}

/** If nothing is set, nothing is written, unless something was set before. */
function verificationMessages(
  said: MessageTemplate | undefined,
  deployed: unknown,
): Pick<CognitoUserPoolConfig, "verificationMessageTemplate"> {
  const now = blockOf(deployed);
  const own = [
    [now.email_subject, VERIFICATION_UNSAID.emailSubject],
    [now.email_message, VERIFICATION_UNSAID.emailMessage],
    [now.sms_message, VERIFICATION_UNSAID.smsMessage],
  ].some(([text, unsaid]) => text && text !== unsaid);
  if (said === undefined) return own ? { verificationMessageTemplate: VERIFICATION_UNSAID } : {};
  const { defaultEmailOption } = VERIFICATION_UNSAID;
  return { verificationMessageTemplate: { defaultEmailOption, ...writtenOut(said) } };
}

/** Attributes keep their schema from an adopted pool: Cognito can add one, but never change or remove it. */
function schemaOf(
  customAttributes: CustomAttributes = [],
  asIs: readonly CognitoUserPoolSchema[] = [],
): CognitoUserPoolSchema[] {
  const shaped = new Set(asIs.map(({ name }) => name));
  const types = typesOf(customAttributes);
  return [
    ...asIs,
    ...namesOf(customAttributes)
      .filter((name) => !shaped.has(name))
      .map((name) => ({ ...schemaBlock(name, types[name]), name: plainText(name) })),
  ];
}
