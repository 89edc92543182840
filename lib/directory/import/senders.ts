import { isDeepStrictEqual } from "node:util";
import type {
  EmailConfigurationType,
  GetUserPoolMfaConfigResponse,
  SmsConfigurationType,
  UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { emailProblems, smsProblems } from "../../stack/rules/senders.ts";
import type { PoolArguments, PoolSettings } from "../../stack/settings.ts";
import { block } from "../pool/schema.ts";

/** A pool's message senders; as the provider's arguments where no setting exists. */
export function proposeSenders(
  { Name: name = "", EmailConfiguration: mail = {}, SmsConfiguration: texts }: UserPoolType,
  { MfaConfiguration: mode = "OFF", SmsMfaConfiguration: factor }: GetUserPoolMfaConfigResponse = {},
): Pick<PoolSettings, "email" | "sms"> & { readonly asIs: PoolArguments } {
  const byCognito = isDeepStrictEqual({ ...mail }, { EmailSendingAccount: "COGNITO_DEFAULT" });
  const [email, sms] = [emailOf(mail), smsOf(texts)];
  const said = (setting: Pick<PoolSettings, "email" | "sms"> | undefined) =>
    setting !== undefined &&
    [emailProblems, smsProblems].every((rule) =>
      [...rule({ name, ...setting })].every(({ severity }) => severity !== "error"),
    );
  // Together with MFA, `sms` would make it a second factor (rules/factors.ts).
  const [mails, sends] = [
    said(email),
    said(sms) && (mode === "OFF" || factor?.SmsConfiguration !== undefined),
  ];
  return {
    ...(mails && email),
    ...(sends && sms),
    asIs: {
      ...(byCognito || mails ? {} : block("emailConfiguration", mail, { From: "fromEmailAddress" })),
      ...(sends ? {} : block("smsConfiguration", texts)),
    },
  };
}

function emailOf({
  EmailSendingAccount: account,
  SourceArn: sourceArn,
  From: from,
  ReplyToEmailAddress: replyTo,
  ConfigurationSet: configurationSet,
}: EmailConfigurationType): Pick<PoolSettings, "email"> | undefined {
  if (account !== "DEVELOPER" || sourceArn === undefined || from === undefined) return undefined;
  return {
    email: {
      ses: {
        sourceArn,
        from,
        ...(replyTo !== undefined && { replyTo }),
        ...(configurationSet !== undefined && { configurationSet }),
      },
    },
  };
}

function smsOf({
  SnsCallerArn: snsCallerArn,
  ExternalId: externalId,
  SnsRegion: region,
}: Partial<SmsConfigurationType> = {}): Pick<PoolSettings, "sms"> | undefined {
  if (snsCallerArn === undefined || externalId === undefined) return undefined;
  return { sms: { snsCallerArn, externalId, ...(region !== undefined && { region }) } };
}
