import { expect, test } from "vitest";
import { TRIGGERS } from "../../../lib/stack/triggers.ts";
import { poolOf, resources } from "./synth.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:people";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";
const ALL = {
  preSignUp: ARN,
  postConfirmation: ARN,
  preAuthentication: ARN,
  postAuthentication: ARN,
  userMigration: ARN,
  preTokenGeneration: { arn: `${ARN}:live`, version: "V2_0" },
  customMessage: ARN,
  defineAuthChallenge: ARN,
  createAuthChallenge: ARN,
  verifyAuthChallengeResponse: ARN,
  customEmailSender: `${ARN}-mail`,
  customSmsSender: `${ARN}-sms`,
  kmsKeyArn: KEY,
} as const;
const deployed = (config: object) => ({ lambda_config: [config] });

test("each function that is named is called, in the provider's words", () => {
  const sender = (of: string) => ({ lambda_arn: `${ARN}-${of}`, lambda_version: "V1_0" });
  expect(poolOf({ triggers: ALL }).lambda_config).toEqual({
    ...Object.fromEntries(TRIGGERS.map(({ argument }) => [argument, ARN])),
    pre_token_generation: `${ARN}:live`,
    pre_token_generation_config: { lambda_arn: `${ARN}:live`, lambda_version: "V2_0" },
    custom_email_sender: sender("mail"),
    custom_sms_sender: sender("sms"),
    kms_key_id: KEY,
  });
});

test("each has a permission, for this pool alone, under a name that no other pool's permission has", () => {
  const { aws_lambda_permission: permissions } = resources({ triggers: ALL });
  expect(Object.keys(permissions).sort()).toEqual(
    TRIGGERS.map(({ argument }) => `trigger_${argument}`).sort(),
  );
  expect(permissions.trigger_pre_sign_up).toMatchObject({
    statement_id: "${aws_cognito_user_pool.pool.id}-pre_sign_up",
    action: "lambda:InvokeFunction",
    principal: "cognito-idp.amazonaws.com",
    source_arn: "${aws_cognito_user_pool.pool.arn}",
    function_name: ARN,
  });
  expect(permissions.trigger_pre_token_generation).toMatchObject({ function_name: ARN, qualifier: "live" });
});

test("people are created after the permissions: Cognito calls functions for that, too", () => {
  const { aws_cognito_user: users } = resources({ triggers: { preSignUp: ARN } });
  expect(users.users.depends_on).toEqual(["aws_lambda_permission.trigger_pre_sign_up"]);
  expect(users.leaving.depends_on).toEqual(["aws_lambda_permission.trigger_pre_sign_up"]);
  expect(resources({}).aws_cognito_user.users).not.toHaveProperty("depends_on");
});

test.each([{}, { triggers: {} }, { triggers: { kmsKeyArn: KEY } }])(
  "without one there is no block, so that the provider takes out those of before: %j",
  (pool) => {
    const of = resources(pool, deployed({ pre_sign_up: ARN, pre_token_generation: ARN }));
    expect(of.aws_cognito_user_pool.pool).not.toHaveProperty("lambda_config");
    expect(of).not.toHaveProperty("aws_lambda_permission");
  },
);

test("a function before the token that the provider keeps beside others may be called as before", () => {
  const triggers = { preSignUp: ARN };
  const permission = { function_name: `${ARN}-token` };
  const name = "trigger_pre_token_generation";
  for (const config of [
    { pre_token_generation: `${ARN}-token` },
    { pre_token_generation_config: [{ lambda_arn: `${ARN}-token` }] },
  ]) {
    expect(resources({ triggers }, deployed(config)).aws_lambda_permission[name]).toMatchObject(permission);
  }
  expect(resources({ triggers }, deployed({})).aws_lambda_permission).not.toHaveProperty(name);
  expect(
    resources({ asIs: { lambdaConfig: triggers } }, deployed({ pre_token_generation: ARN })),
  ).not.toHaveProperty("aws_lambda_permission");
});
