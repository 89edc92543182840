import type { LambdaConfigType, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { triggerProblems } from "../../stack/rules/triggers.ts";
import type { PoolArguments, PoolSettings } from "../../stack/settings.ts";
import { TOKEN_EVENTS, type TokenEvent, TRIGGERS, type TriggerSettings } from "../../stack/triggers.ts";
import { block } from "../pool/schema.ts";

/** The functions that a pool calls; as the provider's arguments where no setting exists. */
export function proposeTriggers({
  Name: name = "",
  LambdaConfig: config,
  UserPoolTier: tier,
}: UserPoolType): Pick<PoolSettings, "triggers"> & { readonly asIs: PoolArguments } {
  const triggers = config && triggersOf(config);
  const said =
    triggers !== undefined &&
    Object.keys(triggers).length > 0 &&
    ![...triggerProblems({ name, triggers, ...(tier && { tier }) })].some(
      ({ severity }) => severity === "error",
    );
  return said ? { triggers, asIs: {} } : { asIs: block("lambdaConfig", config) };
}

/** Undefined if the settings can't express all of it. */
function triggersOf({
  PreTokenGeneration: token,
  PreTokenGenerationConfig: tokenConfig,
  CustomEmailSender: email,
  CustomSMSSender: sms,
  KMSKeyID: kmsKeyArn,
  ...others
}: LambdaConfigType): TriggerSettings | undefined {
  const { LambdaArn: arn = token, LambdaVersion: version = TOKEN_EVENTS[0] } = tokenConfig ?? {};
  const known: Readonly<Record<string, string>> = Object.fromEntries(
    TRIGGERS.map(({ setting }) => [setting.charAt(0).toUpperCase() + setting.slice(1), setting]),
  );
  const plain = Object.entries(others).filter(([, said]) => said !== undefined);
  const sayable =
    plain.every(([field]) => known[field] !== undefined) &&
    (TOKEN_EVENTS as readonly string[]).includes(version) &&
    [email, sms].every((sender) => (sender?.LambdaVersion ?? "V1_0") === "V1_0");
  if (!sayable) return undefined;
  return {
    ...Object.fromEntries(plain.map(([field, said]) => [known[field], said])),
    ...(arn !== undefined && { preTokenGeneration: { arn, version: version as TokenEvent } }),
    ...(email?.LambdaArn !== undefined && { customEmailSender: email.LambdaArn }),
    ...(sms?.LambdaArn !== undefined && { customSmsSender: sms.LambdaArn }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  };
}
