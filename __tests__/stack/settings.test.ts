import { expect, test } from "vitest";
import { privilegedGroups, rosterRules } from "../../lib/stack/settings.ts";
import { usable } from "./rules/usable.ts";

test("the rules of a roster are the pool's, and the declared groups where there are any", () => {
  const pool = usable({ signInWith: "username", customAttributes: ["team"], mfa: "optional" });
  expect(rosterRules(pool)).toEqual({
    signInWith: "username",
    customAttributes: ["team"],
    sendsSms: false,
  });
  const level = { type: "number", max: 5 } as const;
  const schema = [{ name: "badge", attributeDataType: "String", mutable: false }];
  expect(rosterRules(usable({ customAttributes: { level }, asIs: { schema } }))).toEqual({
    sendsSms: false,
    customAttributes: ["level"],
    attributeTypes: { level, badge: { type: "string", immutable: true } },
  });
  expect(rosterRules({ ...usable(), groups: { ops: {}, admins: { precedence: 1 } } })).toEqual({
    sendsSms: false,
    groups: ["ops", "admins"],
  });
  expect(rosterRules({ ...usable(), groups: {} })).toEqual({ sendsSms: false, groups: [] });
});

test("who sends SMS, and what people sign in with beside their username, is said in asIs", () => {
  const role = { snsCallerArn: "arn:aws:iam::123456789012:role/sms", externalId: "people" };
  expect(rosterRules(usable({ asIs: { smsConfiguration: role } })).sendsSms).toBe(true);
  const customSmsSender = {
    lambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:sms",
    lambdaVersion: "V1_0",
  };
  expect(rosterRules(usable({ asIs: { lambdaConfig: { customSmsSender } } })).sendsSms).toBe(true);
  const asIs = { aliasAttributes: ["email"], usernameAttributes: ["phone_number"] };
  expect(rosterRules(usable({ signInWith: "username", asIs })).aliases).toEqual(["email", "phone_number"]);
});

test("privileged are the groups that say so", () => {
  expect(privilegedGroups(usable())).toEqual([]);
  expect(privilegedGroups({ groups: { admins: { privileged: true }, ops: {} } })).toEqual(["admins"]);
});
