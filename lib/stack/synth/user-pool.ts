import {
  CognitoUserPool,
  type CognitoUserPoolConfig,
  type CognitoUserPoolSchema,
} from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { Construct } from "constructs";
import { type CustomAttributes, namesOf, typesOf } from "../../roster/attribute-types.ts";
import { schemaBlock } from "../attributes.ts";
import { INVITATION, PASSWORD_POLICY, POOL, POOL_ALWAYS, VERIFICATION_UNSAID } from "../defaults.ts";
import type { MessageTemplate, PasswordPolicy, PoolSettings } from "../settings.ts";
import { plainText, writtenOut } from "../terraform-text.ts";
import { factorArguments } from "./factors.ts";
import { blockOf, emailSender, smsSender } from "./senders.ts";

export interface UserPoolProps extends PoolSettings {
  /** Without it Terraform refuses to destroy the pool, and so does Cognito (deletion protection). */
  readonly destroyable: boolean;
  /** What the state has of it. @default it is new, or nobody knows */
  readonly deployed?: Readonly<Record<string, unknown>> | undefined;
}

const MFA = { off: "OFF", optional: "OPTIONAL", required: "ON" } as const;

/** `aws_cognito_user_pool.pool`: the directory of people; and `aws_cognito_user_pool_domain.domain`, its sign-in pages. */
export class UserPool extends Construct {
  readonly id: string;
  readonly arn: string;
  readonly passwordPolicy: PasswordPolicy;

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
    const { signInWith, caseSensitive, autoVerify, selfSignUp, mfa, mfaFactors } = { ...POOL, ...chosen };
    const { history, ...policy } = props.passwordPolicy ?? {};
    this.passwordPolicy = { ...PASSWORD_POLICY, ...policy };
    const pool = new CognitoUserPool(this, "pool", {
      ...POOL_ALWAYS,
      name: plainText(name),
      ...(signInWith === "email" && { usernameAttributes: ["email"] }),
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
      ...factorArguments(props, deployed),
      mfaConfiguration: MFA[mfa],
      // Some servers answer with a disabled one that was never written: a difference in every plan where MFA is off.
      ...(mfa !== "off" && {
        softwareTokenMfaConfiguration: { enabled: mfaFactors.includes("totp") },
      }),
      // As they are: a tag can't have a brace in it.
      ...(tags && { tags: { ...tags } }),
      ...emailSender(props, deployed.email_configuration),
      ...smsSender(this, props, deployed.sms_configuration),
      ...writtenOut(asIs),
      schema: schemaOf(customAttributes, asIs.schema),
      deletionProtection: destroyable ? "INACTIVE" : "ACTIVE",
      lifecycle: { preventDestroy: !destroyable },
    });
    pool.overrideLogicalId("pool");
    this.id = pool.id;
    this.arn = pool.arn;

    if (props.domainPrefix !== undefined) {
      const domain = new CognitoUserPoolDomain(this, "domain", {
        domain: props.domainPrefix,
        userPoolId: pool.id,
      });
      domain.overrideLogicalId("domain");
    }
  }
}

/** Where the team says nothing: nothing either, unless it has said something before. */
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

/** Attributes keep the shape they have in an adopted pool: Cognito can add one, but never change or remove it. */
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
