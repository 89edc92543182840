import { describe, expect, test } from "vitest";
import { poolOf, resources } from "./synth.ts";

const SES = {
  sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  from: "${x} <people@example.com>",
};

describe("e-mail", () => {
  test("goes through Amazon SES; a text stays a text", () => {
    const ses = { ...SES, replyTo: "help@example.com", configurationSet: "people" };
    expect(poolOf({ email: { ses } }).email_configuration).toEqual({
      email_sending_account: "DEVELOPER",
      source_arn: SES.sourceArn,
      from_email_address: '${"$"}{x} <people@example.com>',
      reply_to_email_address: "help@example.com",
      configuration_set: "people",
    });
  });

  test("without a word goes through Cognito's own sender, which is only written where another one was", () => {
    const block = (account: string) => ({ email_configuration: [{ email_sending_account: account }] });
    expect(poolOf({}, block("DEVELOPER")).email_configuration).toEqual({
      email_sending_account: "COGNITO_DEFAULT",
    });
    expect(poolOf({}, block("COGNITO_DEFAULT"))).not.toHaveProperty("email_configuration");
    expect(poolOf({})).not.toHaveProperty("email_configuration");
    const asIs = { emailConfiguration: undefined };
    expect(poolOf({ asIs }, block("DEVELOPER"))).not.toHaveProperty("email_configuration");
  });
});

describe("SMS", () => {
  const role = "arn:aws:iam::123456789012:role/team/sms";

  test("goes through a role that there is", () => {
    const of = resources({ sms: { snsCallerArn: role, externalId: "people", region: "eu-west-1" } });
    expect(of.aws_cognito_user_pool.pool.sms_configuration).toEqual({
      sns_caller_arn: role,
      external_id: "people",
      sns_region: "eu-west-1",
    });
    expect(of).not.toHaveProperty("aws_iam_role");
  });

  test("or through one of its own, which Cognito alone can assume, and which can do nothing else", () => {
    const of = resources({ sms: { createRole: true, externalId: "people" } });
    const { pool } = of.aws_cognito_user_pool;
    expect(pool.sms_configuration).toEqual({
      sns_caller_arn: "${aws_iam_role.sms.arn}",
      external_id: "people",
    });
    expect(pool.depends_on).toEqual(["aws_iam_role_policy.sms"]);
    expect(of.aws_iam_role.sms.path).toBe("/cognito-roster/");
    expect(JSON.parse(of.aws_iam_role.sms.assume_role_policy).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "cognito-idp.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "people" } },
      },
    ]);
    expect(JSON.parse(of.aws_iam_role_policy.sms.policy).Statement).toEqual([
      { Effect: "Allow", Action: "sns:Publish", Resource: "*" },
    ]);
  });

  test("a role of ours stays while the pool names it: Cognito refuses changes of a pool whose role is gone", () => {
    const named = (arn: string) => ({ sms_configuration: [{ sns_caller_arn: arn, external_id: "people" }] });
    const ours = named("arn:aws:iam::123456789012:role/cognito-roster/cognito-sms-1");
    expect(resources({}, ours).aws_iam_role.sms.assume_role_policy).toContain('"people"');
    expect(poolOf({}, ours)).not.toHaveProperty("sms_configuration");
    expect(resources({}, named(role))).not.toHaveProperty("aws_iam_role");
    const moved = { sms: { snsCallerArn: role, externalId: "people" } };
    expect(resources(moved, ours)).not.toHaveProperty("aws_iam_role");
  });
});
