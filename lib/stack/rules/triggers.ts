import { z } from "zod";
import { quote } from "../../roster/redact.ts";
import type { PoolSettings } from "../settings.ts";
import { isReference } from "../terraform-text.ts";
import {
  functionOf,
  TOKEN_EVENTS,
  type TokenEvent,
  type TokenTrigger,
  TRIGGERS,
  type TriggerSettings,
} from "../triggers.ts";
import { tierOf } from "./factors.ts";
import { doubtful, refused, type SettingProblem, wrong } from "./problem.ts";

/** LambdaConfigType: ArnType. A function's, with its version or alias if there is one (Lambda, AddPermission: FunctionName). */
const FUNCTION_ARN =
  /^arn:aws(?:-[a-z0-9-]+)?:lambda:([a-z0-9-]+):\d{12}:function:[\w-]{1,64}(?::(?:\$LATEST|[\w-]{1,128}))?$/;

/** LambdaConfigType.KMSKeyID */
const KEY_ARN = /^arn:aws(?:-[a-z0-9-]+)?:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[\w/-]{1,256}$/;

const CHALLENGES = ["defineAuthChallenge", "createAuthChallenge", "verifyAuthChallengeResponse"] as const;

type Fields = { readonly [Key in keyof TriggerSettings]-?: z.ZodType<Required<TriggerSettings>[Key]> };
const arn = z.string();
const FIELDS: Fields = {
  preSignUp: arn,
  postConfirmation: arn,
  preAuthentication: arn,
  postAuthentication: arn,
  userMigration: arn,
  preTokenGeneration: z.strictObject({
    arn,
    version: z.enum(TOKEN_EVENTS),
  }) satisfies z.ZodType<TokenTrigger>,
  customMessage: arn,
  defineAuthChallenge: arn,
  createAuthChallenge: arn,
  verifyAuthChallengeResponse: arn,
  customEmailSender: arn,
  customSmsSender: arn,
  kmsKeyArn: arn,
};

/** The shape of `pool.triggers` (rules/shape.ts). */
export const TRIGGERS_SHAPE = z.strictObject(
  Object.fromEntries(Object.entries<z.ZodType>(FIELDS).map(([name, type]) => [name, type.exactOptional()])),
) as unknown as z.ZodType<TriggerSettings>;

/** What is wrong or doubtful about the functions that Cognito calls, judging by the pool alone. */
export function* triggerProblems(pool: PoolSettings): Generator<SettingProblem> {
  const { triggers, asIs } = pool;
  if (triggers === undefined) return;
  if (asIs?.lambdaConfig !== undefined) {
    yield wrong({
      setting: "pool.asIs.lambdaConfig",
      message: "pool.triggers is set, too",
      why: "asIs wins: Cognito would ignore the functions in pool.triggers.",
      next: "Move all of them to pool.triggers, and delete it here.",
    });
  }
  yield* arnProblems(triggers);
  yield* senderProblems(triggers);
  yield* challengeProblems(triggers);
  const { version } = triggers.preTokenGeneration ?? {};
  if (version !== undefined && version !== ("V1_0" satisfies TokenEvent) && tierOf(pool) === "LITE") {
    yield wrong({
      setting: "pool.triggers.preTokenGeneration.version",
      message: `${quote(version)} isn't available in the tier LITE`,
      why: refused("UpdateUserPool, FeatureUnavailableInTierException"),
      next: 'Write tier: "ESSENTIALS" or "PLUS", which cost more for each active user; or version: "V1_0".',
    });
  }
}

function* arnProblems(triggers: TriggerSettings): Generator<SettingProblem> {
  for (const trigger of TRIGGERS) {
    const said = functionOf(triggers, trigger);
    if (said === undefined || isReference(said) || FUNCTION_ARN.test(said)) continue;
    yield wrong({
      setting: settingOf(trigger.setting),
      message: `${quote(said)} is not the ARN of a Lambda function`,
      why: refused("UpdateUserPool"),
      next: "Write arn:aws:lambda:REGION:ACCOUNT:function:NAME, followed by :VERSION or :ALIAS if you like, as `aws lambda get-function` prints it.",
    });
  }
}

const settingOf = (name: string) => `pool.triggers.${name}${name === "preTokenGeneration" ? ".arn" : ""}`;

function* senderProblems({
  customEmailSender,
  customSmsSender,
  kmsKeyArn: key,
}: TriggerSettings): Generator<SettingProblem> {
  const setting = "pool.triggers.kmsKeyArn";
  const senders = [
    ...(customEmailSender === undefined ? [] : ["customEmailSender"]),
    ...(customSmsSender === undefined ? [] : ["customSmsSender"]),
  ];
  if (key === undefined && senders.length > 0) {
    yield wrong({
      setting,
      message: `${senders.join(" and ")} ${senders.length === 1 ? "needs" : "need"} a KMS key, and there is none`,
      why: "Cognito passes each code encrypted, and requires the key for such functions.",
      next: 'Write kmsKeyArn: "arn:aws:kms:REGION:ACCOUNT:key/ID", a symmetric key that the function may decrypt with.',
    });
  }
  if (key !== undefined && senders.length === 0) {
    yield doubtful({
      setting,
      message: "there is a KMS key, but no sender function",
      why: "Cognito only encrypts codes for customEmailSender and customSmsSender.",
      next: "Write the function, or delete the key.",
    });
  }
  if (key !== undefined && !isReference(key) && !KEY_ARN.test(key)) {
    yield wrong({
      setting,
      message: `${quote(key)} is not the ARN of a KMS key`,
      why: refused("UpdateUserPool"),
      next: "Write arn:aws:kms:REGION:ACCOUNT:key/ID, as `aws kms describe-key` prints it.",
    });
  }
}

function* challengeProblems(triggers: TriggerSettings): Generator<SettingProblem> {
  const missing = CHALLENGES.filter((name) => triggers[name] === undefined);
  if (missing.length === 0 || missing.length === CHALLENGES.length) return;
  yield wrong({
    setting: "pool.triggers",
    message: `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing beside the other ${missing.length === 1 ? "two" : "one"}`,
    why: "Cognito calls all three in turn, and without any one of them every CUSTOM_AUTH sign-in fails.",
    next: `Write all of ${CHALLENGES.join(", ")}, or none.`,
  });
}

/**
 * What the functions need besides the pool.
 * @param region that of the settings, if set
 * @param client the setting of an app client, for the problem
 * @param flows of any client of the pool
 */
export function* triggerSurroundings(
  { triggers }: Pick<PoolSettings, "triggers">,
  region: string | undefined,
  client: string,
  flows: readonly string[],
): Generator<SettingProblem> {
  if (triggers === undefined) return;
  for (const trigger of TRIGGERS) {
    const there = FUNCTION_ARN.exec(functionOf(triggers, trigger) ?? "")?.[1];
    if (there !== undefined) yield* elsewhere(settingOf(trigger.setting), "the function", there, region);
  }
  const there = KEY_ARN.exec(triggers.kmsKeyArn ?? "")?.[1];
  if (there !== undefined) yield* elsewhere("pool.triggers.kmsKeyArn", "the key", there, region);
  if (CHALLENGES.every((name) => triggers[name] !== undefined) && !flows.includes("ALLOW_CUSTOM_AUTH")) {
    yield doubtful({
      setting: `${client}.authFlows`,
      message: "ALLOW_CUSTOM_AUTH is missing, but pool.triggers has functions for it",
      why: "No one could sign in by CUSTOM_AUTH: Cognito would never call them.",
      next: 'Add it to the others: authFlows: ["ALLOW_CUSTOM_AUTH", …].',
    });
  }
}

function* elsewhere(
  setting: string,
  what: string,
  there: string,
  region: string | undefined,
): Generator<SettingProblem> {
  if (region === undefined || there === region) return;
  yield wrong({
    setting,
    message: `${what} is in ${there}, and the pool in ${region}`,
    why: `Cognito only accepts its own region. ${refused("UpdateUserPool")}`,
    next: `Write the ARN of one in ${region}.`,
  });
}
