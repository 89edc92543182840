import { expect, test } from "vitest";
import { keptNotices } from "../../lib/deploy/kept-settings.ts";

const ROLE = "arn:aws:iam::123456789012:role/sms";
const state = (sms: object[]) => [
  { type: "aws_cognito_user_pool", name: "pool", key: null, attributes: { sms_configuration: sms } } as never,
];
const deployed = state([{ sns_caller_arn: ROLE, external_id: "people" }]);

test("a sender of SMS that was taken out of config.ts, and that no deploy can take out, is told with its role", () => {
  expect(keptNotices({}, deployed)).toEqual([expect.stringContaining(`take sns:Publish from ${ROLE}`)]);
});

test("not so where config.ts has it, in either words, or where there is none", () => {
  expect(keptNotices({ sms: { snsCallerArn: ROLE, externalId: "people" } }, deployed)).toEqual([]);
  expect(keptNotices({ asIs: { smsConfiguration: undefined } }, deployed)).toEqual([]);
  expect(keptNotices({}, state([]))).toEqual([]);
  expect(keptNotices({}, [])).toEqual([]);
});
