import { EMAIL } from "../../roster/formats.ts";
import { quote } from "../../roster/redact.ts";
import type { SesSender, SmsSettings } from "../senders.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference } from "../terraform-text.ts";
import * as limits from "./cognito-limits.ts";
import { doubtful, refused, type SettingProblem, wrong } from "./problem.ts";

/** What is wrong or doubtful about who sends e-mail. */
export function* emailProblems({ email }: PoolSettings): Generator<SettingProblem> {
  if (email !== undefined) yield* sesProblems("pool.email.ses", email.ses);
}

/** What is wrong or doubtful about who sends SMS. */
export function* smsProblems({ sms }: PoolSettings): Generator<SettingProblem> {
  if (sms !== undefined) yield* snsProblems("pool.sms", sms);
}

function* sesProblems(
  setting: string,
  { sourceArn, from, replyTo, configurationSet }: SesSender,
): Generator<SettingProblem> {
  const identity = limits.SES_IDENTITY.exec(sourceArn)?.[1];
  if (identity === undefined && !isReference(sourceArn)) {
    yield wrong({
      setting: `${setting}.sourceArn`,
      message: `${quote(sourceArn)} is not the ARN of an SES identity`,
      why: refused("CreateUserPool"),
      next: "Write arn:aws:ses:REGION:ACCOUNT:identity/NAME: a verified domain or address, as `aws ses list-identities` names it.",
    });
  }
  const address = addressIn(from);
  if (address === undefined) {
    yield wrong({
      setting: `${setting}.from`,
      message: `${quote(from)} has no e-mail address`,
      why: refused("CreateUserPool"),
      next: 'Write "people@example.com" or "Team <people@example.com>".',
    });
  } else if (identity !== undefined && !sendsAs(identity, address)) {
    yield doubtful({
      setting: `${setting}.from`,
      message: `${quote(address)} doesn't belong to the identity ${quote(identity)}`,
      why: "SES only sends from verified addresses and domains.",
      next: "Write an address of it, or the ARN of the identity that the address belongs to.",
    });
  }
  if (replyTo !== undefined && addressIn(replyTo) === undefined) {
    yield wrong({
      setting: `${setting}.replyTo`,
      message: `${quote(replyTo)} is not an e-mail address`,
      why: refused("CreateUserPool"),
      next: 'Write it as "help@example.com".',
    });
  }
  if (configurationSet !== undefined && !limits.SES_CONFIGURATION_SET.test(configurationSet)) {
    yield wrong({
      setting: `${setting}.configurationSet`,
      message: `${quote(configurationSet)} is not the name of a configuration set`,
      why: refused("CreateUserPool"),
      next: "Write its name, 1–64 letters, digits, _ and -, not its ARN.",
    });
  }
}

/** The address in `Team <people@example.com>`, or the text that is one. */
function addressIn(text: string): string | undefined {
  const address = /^[^<>\r\n]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
  return EMAIL.test(address) ? address : undefined;
}

/** Whether the identity is this address, its domain, or a parent domain. */
function sendsAs(identity: string, address: string): boolean {
  const [name, of] = [identity.toLowerCase(), address.toLowerCase()];
  return name.includes("@") ? name === of : of.endsWith(`@${name}`) || of.endsWith(`.${name}`);
}

function* snsProblems(
  setting: string,
  { snsCallerArn, createRole, externalId, region }: SmsSettings,
): Generator<SettingProblem> {
  if (snsCallerArn === undefined && createRole === undefined) {
    yield wrong({
      setting,
      message: "it names no role",
      why: "Cognito sends SMS through an IAM role, and requires one.",
      next: 'Write snsCallerArn: "arn:aws:iam::ACCOUNT:role/NAME", or createRole: true to have one created.',
    });
  } else if (snsCallerArn !== undefined && createRole !== undefined) {
    yield wrong({
      setting: `${setting}.createRole`,
      message: "snsCallerArn names a role too",
      why: "Cognito sends through one of them.",
      next: "Delete one of the two.",
    });
  }
  if (snsCallerArn !== undefined && !isReference(snsCallerArn) && !limits.ROLE_ARN.test(snsCallerArn)) {
    yield wrong({
      setting: `${setting}.snsCallerArn`,
      message: `${quote(snsCallerArn)} is not the ARN of an IAM role`,
      why: refused("CreateUserPool"),
      next: "Write arn:aws:iam::ACCOUNT:role/NAME, as `aws iam get-role` prints it.",
    });
  }
  if (!limits.EXTERNAL_ID.test(externalId)) {
    yield wrong({
      setting: `${setting}.externalId`,
      message: `${quote(externalId)} is not an external id`,
      why: "IAM accepts nothing else: the role could never be assumed.",
      next: "Write 2–1,224 letters, digits and _ + = , . @ : / -; it is no secret.",
    });
  }
  if (region !== undefined && !limits.REGION.test(region)) {
    yield wrong({
      setting: `${setting}.region`,
      message: `${quote(region)} is not a region`,
      why: refused("CreateUserPool"),
      next: 'Write it as "eu-west-1", or leave it out.',
    });
  }
}
