import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import { EMAIL_UNSAID } from "../defaults.ts";
import type { SmsSettings } from "../senders.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference, plainText, writtenOut } from "../terraform-text.ts";

/** For roles that are created here: so that a policy can name them (docs/security.md), and so that they are recognized. */
const SMS_ROLE_PATH = "/cognito-roster/";

type Block = Readonly<Record<string, unknown>>;

/** A block from a state, or nothing if there is none. */
export const blockOf = (list: unknown): Block => Object(Array.isArray(list) ? list[0] : undefined);

/** Who sends e-mail. If nothing is set, nothing is written, unless something was set before. */
export function emailSender(
  { email }: Pick<PoolSettings, "email">,
  deployed: unknown,
): Pick<CognitoUserPoolConfig, "emailConfiguration"> {
  if (email === undefined) {
    return blockOf(deployed).email_sending_account === "DEVELOPER"
      ? { emailConfiguration: EMAIL_UNSAID }
      : {};
  }
  const { sourceArn, from, replyTo, configurationSet } = email.ses;
  return {
    emailConfiguration: writtenOut({
      emailSendingAccount: "DEVELOPER",
      sourceArn,
      fromEmailAddress: from,
      ...(replyTo !== undefined && { replyToEmailAddress: replyTo }),
      ...(configurationSet !== undefined && { configurationSet }),
    }),
  };
}

/**
 * Who sends SMS, with the role if one is created. If it is removed from config.ts, the pool keeps it: the provider (5.100.0)
 * treats a missing block as no change, and has no value for none. A role of ours then has to stay as well: Cognito refuses
 * every later change of a pool whose role is gone (InvalidSmsRoleTrustRelationshipException).
 */
export function smsSender(
  scope: Construct,
  { sms, asIs = {} }: Pick<PoolSettings, "sms" | "asIs">,
  deployed: unknown,
): Pick<CognitoUserPoolConfig, "smsConfiguration" | "dependsOn"> {
  if (sms === undefined) {
    const { sns_caller_arn: arn, external_id: externalId } = blockOf(deployed);
    const kept = asIs.smsConfiguration === undefined && isOurRole(arn) && typeof externalId === "string";
    if (kept) new SmsRole(scope, "sms-role", { externalId });
    return {};
  }
  const role = sms.createRole && new SmsRole(scope, "sms-role", sms);
  const { snsCallerArn = "", externalId, region } = sms;
  return {
    smsConfiguration: {
      snsCallerArn: role?.arn ?? (isReference(snsCallerArn) ? snsCallerArn : plainText(snsCallerArn)),
      externalId: plainText(externalId),
      ...(region !== undefined && { snsRegion: region }),
    },
    // When it gets the role, Cognito checks whether the role may send.
    ...(role && { dependsOn: [role.policy] }),
  };
}

const isOurRole = (arn: unknown) => typeof arn === "string" && arn.includes(`:role${SMS_ROLE_PATH}`);

/** `aws_iam_role.sms` and its policy: what Cognito assumes to send SMS. */
class SmsRole extends Construct {
  readonly arn: string;
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, { externalId }: Pick<SmsSettings, "externalId">) {
    super(scope, id);
    const role = new IamRole(this, "sms", {
      // Unique in the account, with one per stage: IAM completes the name.
      namePrefix: "cognito-sms-",
      path: SMS_ROLE_PATH,
      description: "Cognito sends SMS by it",
      // It is deleted once the pool has another one, and not before.
      lifecycle: { createBeforeDestroy: true },
      assumeRolePolicy: document({
        Principal: { Service: "cognito-idp.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": plainText(externalId) } },
      }),
    });
    role.overrideLogicalId("sms");
    this.arn = role.arn;
    this.policy = new IamRolePolicy(this, "sms-policy", {
      name: "send-sms",
      role: role.name,
      // A phone number is not an IAM resource.
      policy: document({ Action: "sns:Publish", Resource: "*" }),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policy.overrideLogicalId("sms");
  }
}

const document = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
