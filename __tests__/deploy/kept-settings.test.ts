import { expect, test } from "vitest";
import { keptNotices } from "../../lib/deploy/kept-settings.ts";

const ROLE = "arn:aws:iam::123456789012:role/sms";
const state = (sms: object[]) => [
  { type: "aws_cognito_user_pool", name: "pool", key: null, attributes: { sms_configuration: sms } } as never,
];
const deployed = state([{ sns_caller_arn: ROLE, external_id: "people" }]);

test("a sender of SMS that was taken out of config.ts, and that no deploy can take out, is told with its role", () => {
  expect(keptNotices({}, deployed)).toEqual([expect.stringContaining(`remove sns:Publish from ${ROLE}`)]);
});

test("a function before a token that was taken out beside others, which no deploy can take out, is told with its ARN", () => {
  const config = { pre_sign_up: "arn:u", pre_token_generation: "arn:t", pre_token_generation_config: [] };
  const pool = {
    type: "aws_cognito_user_pool",
    name: "pool",
    key: null,
    attributes: { lambda_config: [config] },
  };
  const told = (triggers: object, asIs = {}) => keptNotices({ triggers, asIs }, [pool as never]);
  expect(told({ preSignUp: "arn:u" })).toEqual([expect.stringContaining("still calls arn:t before")]);
  expect(told({ preSignUp: "arn:u", preTokenGeneration: { arn: "arn:t", version: "V1_0" } })).toEqual([]);
  // With the last of them the whole block goes, which the provider does take out.
  expect(told({})).toEqual([]);
  expect(told({ preSignUp: "arn:u" }, { lambdaConfig: {} })).toEqual([]);
});

test("not so where config.ts has it, in either words, or where there is none", () => {
  expect(keptNotices({ sms: { snsCallerArn: ROLE, externalId: "people" } }, deployed)).toEqual([]);
  expect(keptNotices({ asIs: { smsConfiguration: undefined } }, deployed)).toEqual([]);
  expect(keptNotices({}, state([]))).toEqual([]);
  expect(keptNotices({}, [])).toEqual([]);
});

test("managed login that config.ts does not say, and that stays, is told; not of another domain, nor where it is said", () => {
  const domain = (name: string, managed_login_version: number) => [
    {
      type: "aws_cognito_user_pool_domain",
      name: "domain",
      key: null,
      attributes: { domain: name, managed_login_version },
    } as never,
  ];
  const said = { domainPrefix: "acme" };
  expect(keptNotices(said, domain("acme", 2))).toEqual([expect.stringContaining("add `managedLogin: 2` to")]);
  expect(keptNotices(said, domain("acme", 1))).toEqual([]);
  expect(keptNotices(said, domain("other", 2))).toEqual([]);
  expect(keptNotices({ domain: { prefix: "acme", managedLogin: 1 } }, domain("acme", 2))).toEqual([]);
});
