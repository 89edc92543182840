import { expect, test } from "vitest";
import { proposeSenders } from "../../../lib/directory/import/senders.ts";

const SES = {
  EmailSendingAccount: "DEVELOPER",
  SourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  From: "Team <people@example.com>",
  ReplyToEmailAddress: "help@example.com",
  ConfigurationSet: "people",
} as const;
const ROLE = "arn:aws:iam::123456789012:role/sms";

test("Amazon SES and a role for SMS are settings", () => {
  const texts = { SnsCallerArn: ROLE, ExternalId: "people", SnsRegion: "eu-west-1" };
  expect(proposeSenders({ EmailConfiguration: SES, SmsConfiguration: texts })).toEqual({
    email: {
      ses: {
        sourceArn: SES.SourceArn,
        from: SES.From,
        replyTo: SES.ReplyToEmailAddress,
        configurationSet: SES.ConfigurationSet,
      },
    },
    sms: { snsCallerArn: ROLE, externalId: "people", region: "eu-west-1" },
    asIs: {},
  });
});

test("Cognito's own sender needs no word, and no SMS neither", () => {
  const mail = { EmailSendingAccount: "COGNITO_DEFAULT" } as const;
  expect(proposeSenders({ EmailConfiguration: mail })).toEqual({ asIs: {} });
  expect(proposeSenders({})).toEqual({ asIs: {} });
});

test("what the settings can't say stays in the provider's words", () => {
  const mail = { EmailSendingAccount: "COGNITO_DEFAULT", ReplyToEmailAddress: "help@example.com" } as const;
  expect(proposeSenders({ EmailConfiguration: mail, SmsConfiguration: { SnsCallerArn: ROLE } })).toEqual({
    asIs: {
      emailConfiguration: { emailSendingAccount: "COGNITO_DEFAULT", replyToEmailAddress: "help@example.com" },
      smsConfiguration: { snsCallerArn: ROLE },
    },
  });
  expect(proposeSenders({ EmailConfiguration: { ...SES, SourceArn: "arn:aws:ses:odd" } })).toEqual({
    asIs: {
      emailConfiguration: {
        emailSendingAccount: "DEVELOPER",
        sourceArn: "arn:aws:ses:odd",
        fromEmailAddress: SES.From,
        replyToEmailAddress: SES.ReplyToEmailAddress,
        configurationSet: SES.ConfigurationSet,
      },
    },
  });
});
