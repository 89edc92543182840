import { describe, expect, test } from "vitest";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import type { SesSender, SmsSettings } from "../../../lib/stack/senders.ts";
import { type PoolSettings, rosterRules } from "../../../lib/stack/settings.ts";
import { told, usable } from "./usable.ts";

const SES = {
  sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  from: "Team <people@example.com>",
};
const ROLE = "arn:aws:iam::123456789012:role/cognito-sms";
const byMail = (more: Partial<SesSender>) => told(usable({ email: { ses: { ...SES, ...more } } }));
const bySms = (sms: Partial<SmsSettings>) => told(usable({ sms: { externalId: "people", ...sms } }));

describe("Amazon SES", () => {
  test.each<[string, Partial<SesSender>]>([
    ["a domain", {}],
    ["an address", { sourceArn: SES.sourceArn.replace("example.com", "people@example.com") }],
    ["a domain below it", { from: "people@mail.example.com" }],
    ["another partition", { sourceArn: SES.sourceArn.replace("aws:", "aws-us-gov:") }],
    ["all of it", { replyTo: "help@example.com", configurationSet: "people_1" }],
    ["an identity of the same app", { sourceArn: "$".concat("{TfToken[TOKEN.1]}") }],
  ])("sends: %s", (_, more) => {
    expect(byMail(more)).toEqual([]);
  });

  test.each<[Partial<SesSender>, string]>([
    [
      { sourceArn: "example.com" },
      'error pool.email.ses.sourceArn: "example.com" is not the ARN of an SES identity',
    ],
    [{ from: "Team" }, 'error pool.email.ses.from: "Team" has no e-mail address'],
    [{ from: "Team <people@example.com" }, "has no e-mail address"],
    [{ replyTo: "help" }, 'error pool.email.ses.replyTo: "help" is not an e-mail address'],
    [
      { configurationSet: "arn:aws:ses:eu-west-1:1:configuration-set/a" },
      "is not the name of a configuration set",
    ],
    [
      { from: "people@example.org" },
      'warning pool.email.ses.from: "people@example.org" doesn\'t belong to the identity "example.com"',
    ],
    [{ from: "people@badexample.com" }, "doesn't belong to the identity"],
  ])("%j is told", (more, problem) => {
    expect(byMail(more)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    [{}, "pool.email.ses: it is required"],
    [{ ses: { from: SES.from } }, "pool.email.ses.sourceArn: it is required"],
    [{ ses: { ...SES, replyTO: "a@b.example" } }, "pool.email.ses.replyTO: unknown setting"],
  ])("%j is no sender", (email, problem) => {
    expect(told(usable({ email } as Partial<PoolSettings>))).toEqual([`error ${problem}`]);
  });
});

describe("SMS", () => {
  test.each<[string, Partial<SmsSettings>]>([
    ["a role that there is", { snsCallerArn: ROLE }],
    ["one that is created, another region's SNS", { createRole: true, region: "us-gov-west-1" }],
  ])("goes through %s", (_, sms) => {
    expect(bySms(sms)).toEqual([]);
  });

  test.each<[Partial<SmsSettings>, string]>([
    [{}, "error pool.sms: it names no role"],
    [{ snsCallerArn: ROLE, createRole: true }, "error pool.sms.createRole: snsCallerArn names a role too"],
    [{ snsCallerArn: "cognito-sms" }, 'error pool.sms.snsCallerArn: "cognito-sms" is not the ARN'],
    [{ createRole: true, externalId: "a b" }, 'error pool.sms.externalId: "a b" is not an external id'],
    [{ createRole: true, externalId: "x" }, "is not an external id"],
    [{ createRole: true, region: "Ireland" }, 'error pool.sms.region: "Ireland" is not a region'],
  ])("%j is told", (sms, problem) => {
    expect(bySms(sms)).toEqual([expect.stringContaining(problem)]);
  });

  test("with it, phone numbers can be verified, and the roster may invite by SMS", () => {
    const pool = { name: "people", sms: { snsCallerArn: ROLE, externalId: "people" } };
    const invited = '{"users":{"a@example.com":{"phone":"+819012345678","invite":"sms"}}}';
    const problems = (of: PoolSettings) =>
      parseRoster(invited, "users.json", rosterRules({ pool: of })).problems.map(({ message }) => message);
    expect(told(usable({ ...pool, autoVerify: ["phone_number"] }))).toEqual([]);
    expect(problems(pool)).toEqual([]);
    expect(problems({ name: "people" })).toEqual([expect.stringContaining("sets up no SMS sender")]);
  });
});

test("a word of Terraform's beside our own is told, as it holds over it", () => {
  const emailConfiguration = {
    emailSendingAccount: "DEVELOPER",
    sourceArn: SES.sourceArn,
    fromEmailAddress: SES.from,
  };
  const problems = checkSettings(usable({ email: { ses: SES }, asIs: { emailConfiguration } }));
  expect(problems.map(({ next }) => next)).toEqual(["Use pool.email, and delete it here."]);
});
