import { describe, expect, test } from "vitest";
import { checkSettings } from "../../../lib/stack/rules/check.ts";
import { type ClientSettings, type PoolSettings, rosterRules } from "../../../lib/stack/settings.ts";
import type { TriggerSettings } from "../../../lib/stack/triggers.ts";
import { told, usable } from "./usable.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:people";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const CUSTOM = { defineAuthChallenge: ARN, createAuthChallenge: ARN, verifyAuthChallengeResponse: ARN };
const about = (
  triggers: TriggerSettings,
  pool: Partial<PoolSettings> = {},
  client: Partial<ClientSettings> = {},
) => told({ ...usable({ triggers, ...pool }, client), region: "eu-west-1" });

describe("functions that Cognito calls", () => {
  test.each<[string, TriggerSettings]>([
    ["none", {}],
    ["by its ARN", { preSignUp: ARN }],
    ["with a version", { preAuthentication: `${ARN}:7` }],
    ["with an alias", { postAuthentication: `${ARN}:live` }],
    ["its latest version", { userMigration: `${ARN}:$LATEST` }],
    ["a function of the same app", { postConfirmation: "$".concat("{TfToken[TOKEN.1]}") }],
    ["before a token, of each version", { preTokenGeneration: { arn: ARN, version: "V3_0" } }],
    ["both senders with their key", { customEmailSender: ARN, customSmsSender: ARN, kmsKeyArn: KEY }],
  ])("%s", (_, triggers) => {
    expect(about(triggers)).toEqual([]);
  });

  test.each<[TriggerSettings, string]>([
    [{ preSignUp: "people" }, 'error pool.triggers.preSignUp: "people" is not the ARN of a Lambda function'],
    [{ customMessage: `${ARN}:a:b` }, "is not the ARN of a Lambda function"],
    [
      { preTokenGeneration: { arn: "x", version: "V1_0" } },
      'error pool.triggers.preTokenGeneration.arn: "x" is not the ARN of a Lambda function',
    ],
    [
      { preSignUp: ARN.replace("eu-west-1", "us-east-1") },
      "error pool.triggers.preSignUp: the function is in us-east-1, and the pool in eu-west-1",
    ],
    [
      { customEmailSender: ARN },
      "error pool.triggers.kmsKeyArn: customEmailSender needs a KMS key, and there is none",
    ],
    [
      { customEmailSender: ARN, customSmsSender: ARN },
      "error pool.triggers.kmsKeyArn: customEmailSender and customSmsSender need a KMS key, and there is none",
    ],
    [
      { customSmsSender: ARN, kmsKeyArn: "alias/x" },
      'error pool.triggers.kmsKeyArn: "alias/x" is not the ARN',
    ],
    [
      { customSmsSender: ARN, kmsKeyArn: KEY.replace("eu-west-1", "us-east-1") },
      "error pool.triggers.kmsKeyArn: the key is in us-east-1, and the pool in eu-west-1",
    ],
    [{ kmsKeyArn: KEY }, "warning pool.triggers.kmsKeyArn: there is a KMS key, but no sender function"],
    [
      { defineAuthChallenge: ARN },
      "error pool.triggers: createAuthChallenge and verifyAuthChallengeResponse are missing beside the other one",
    ],
    [
      { defineAuthChallenge: ARN, createAuthChallenge: ARN },
      "error pool.triggers: verifyAuthChallengeResponse is missing beside the other two",
    ],
    [CUSTOM, "warning client.authFlows: ALLOW_CUSTOM_AUTH is missing,"],
    [{ preSignup: ARN } as TriggerSettings, "error pool.triggers.preSignup: unknown setting"],
    [{ preSignUp: 1 } as never, "error pool.triggers.preSignUp: it must be a text"],
    [{ preTokenGeneration: ARN } as never, "error pool.triggers.preTokenGeneration: it must be an object"],
    [
      { preTokenGeneration: { arn: ARN, version: "V4_0" } } as never,
      'error pool.triggers.preTokenGeneration.version: "V4_0" is not an allowed value',
    ],
  ])("%j is told", (triggers, problem) => {
    expect(about(triggers)).toEqual([expect.stringContaining(problem)]);
  });

  test("by challenges of the team's own, where an app may use them", () => {
    expect(
      about(
        CUSTOM,
        {},
        { authFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
      ),
    ).toEqual([]);
  });

  test("V2_0 and V3_0 need another tier than LITE; V1_0 does not", () => {
    const of = (version: "V1_0" | "V2_0") =>
      about({ preTokenGeneration: { arn: ARN, version } }, { tier: "LITE" });
    expect(of("V2_0")).toEqual([
      'error pool.triggers.preTokenGeneration.version: "V2_0" isn\'t available in the tier LITE',
    ]);
    expect(of("V1_0")).toEqual([]);
  });

  test("beside asIs.lambdaConfig, which holds, none of them would be called", () => {
    expect(about({ preSignUp: ARN }, { asIs: { lambdaConfig: { preSignUp: ARN } } })).toContainEqual(
      "error pool.asIs.lambdaConfig: pool.triggers is set, too",
    );
  });

  test("asIs.lambdaConfig has a word", () => {
    expect(told(usable({ asIs: { lambdaConfig: { preSignUp: ARN } } }))).toEqual([
      "warning pool.asIs.lambdaConfig: it has a setting of its own: pool.triggers",
    ]);
  });

  test("a region that no setting says is compared with none", () => {
    expect(checkSettings(usable({ triggers: { preSignUp: ARN } }))).toEqual([]);
  });
});

test("a function that sends e-mail has no limit of 50 a day: codes by e-mail may begin a sign-in", () => {
  const authFlows = ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] as const;
  const firstFactors = ["PASSWORD", "EMAIL_OTP"] as const;
  expect(about({}, { firstFactors }, { authFlows })).toHaveLength(1);
  expect(about({ customEmailSender: ARN, kmsKeyArn: KEY }, { firstFactors }, { authFlows })).toEqual([]);
});

test("a function that sends SMS is a sender: the roster may invite by SMS", () => {
  expect(rosterRules(usable({ triggers: { customSmsSender: ARN } })).sendsSms).toBe(true);
});
