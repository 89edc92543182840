import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import { EMAIL_UNSAID } from "../defaults.ts";
import type { SmsSettings } from "../senders.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference, plainText, writtenOut } from "../terraform-text.ts";

/** Of roles that are created here: so a policy can name them (docs/security.md), and so they are known again. */
const SMS_ROLE_PATH = "/cognito-roster/";

type Block = Readonly<Record<string, unknown>>;

/** A block of a state, or nothing where there is none. */
export const blockOf = (list: unknown): Block => Object(Array.isArray(list) ? list[0] : undefined);

/** Who sends e-mail. Where the team says nothing: nothing either, unless it has said something before. */
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
 * Who sends SMS, with the role where one is to be created. Taken out of config.ts the pool keeps it: the provider (5.100.0) takes
 * a missing block for no change, and has no value for none. A role of ours then has to stay as well: Cognito refuses every
 * later change of a pool whose role is gone (InvalidSmsRoleTrustRelationshipException).
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
    // Cognito asks, when it is told of the role, whether the role may send.
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
      // Of the account, and each stage has its own: IAM completes it.
      namePrefix: "cognito-sms-",
      path: SMS_ROLE_PATH,
      description: "Cognito sends SMS by it",
      // It goes when the pool has another one by then, and not before.
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
      // A phone number is no resource of IAM's.
      policy: document({ Action: "sns:Publish", Resource: "*" }),
      lifecycle: { createBeforeDestroy: true },
    });
    this.policy.overrideLogicalId("sms");
  }
}

const document = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
