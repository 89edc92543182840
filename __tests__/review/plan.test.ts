import { expect, test } from "vitest";
import { calledAt, parseAddress, personAt } from "../../lib/review/plan.ts";

test.each([
  ['aws_cognito_user.users["a@example.com"]', "a@example.com", false],
  ['aws_cognito_user.leaving["a@example.com"]', "a@example.com", true],
  [
    'aws_cognito_user.users["quote \\" back \\\\ dollar $${x} percent %%{y}"]',
    'quote " back \\ dollar ${x} percent %{y}',
    false,
  ],
  ['aws_cognito_user.users["山田"]', "山田", false],
])("%s is %s", (address, username, leaving) => {
  const place = parseAddress(address);
  expect(place && personAt(place)).toEqual({ username, leaving });
});

test.each([
  ["aws_cognito_user_pool.pool"],
  ['aws_cognito_user.admins["a@example.com"]'],
  ["aws_cognito_user.users[0]"],
  ['module.other.aws_cognito_user.users["a@example.com"]'],
])("%s is nobody", (address) => {
  const place = parseAddress(address);
  expect(place && personAt(place)).toBeUndefined();
});

test.each([
  ['aws_cognito_user.users["a@example.com"]', "a@example.com"],
  ['aws_cognito_user_in_group.memberships["a@example.com in ops"]', "a@example.com in ops"],
  ["aws_cognito_user_pool.pool", "aws_cognito_user_pool.pool"],
])("people read %s as %s", (address, called) => {
  expect(calledAt(address)).toBe(called);
});
