import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { PoolSettings } from "../settings.ts";
import { isReference, plainText, writtenOut } from "../terraform-text.ts";
import { functionOf, permissionName, TRIGGERS, type Trigger, type TriggerSettings } from "../triggers.ts";
import { blockOf } from "./senders.ts";

const SENDER_EVENT = "V1_0";

/** The triggers that are set, with their functions. */
function calledBy(triggers: TriggerSettings): readonly (readonly [Trigger, string])[] {
  return TRIGGERS.flatMap((trigger) => {
    const arn = functionOf(triggers, trigger);
    return arn === undefined ? [] : [[trigger, arn] as const];
  });
}

/**
 * Which functions Cognito calls. If there are none, no block is written: the provider (5.100.0) then removes those that the
 * pool has, while an empty block would keep them.
 */
export function lambdaConfig({
  triggers = {},
}: Pick<PoolSettings, "triggers">): Pick<CognitoUserPoolConfig, "lambdaConfig"> {
  if (calledBy(triggers).length === 0) return {};
  const { preTokenGeneration: token, customEmailSender, customSmsSender, kmsKeyArn, ...plain } = triggers;
  const sender = (lambdaArn: string) => ({ lambdaArn, lambdaVersion: SENDER_EVENT });
  return {
    lambdaConfig: writtenOut({
      ...plain,
      ...(token && {
        // Both, since Cognito has both, and the provider would send the state's old function for the one that is left out.
        preTokenGeneration: token.arn,
        preTokenGenerationConfig: { lambdaArn: token.arn, lambdaVersion: token.version },
      }),
      ...(customEmailSender && { customEmailSender: sender(customEmailSender) }),
      ...(customSmsSender && { customSmsSender: sender(customSmsSender) }),
      ...(kmsKeyArn && { kmsKeyId: kmsKeyArn }),
    }),
  };
}

/**
 * The function that Cognito keeps calling before it issues a token although `triggers` no longer has it: beside other triggers,
 * the provider (5.100.0) sends it again (optional and computed).
 * @param deployed what the state has of the pool
 */
export function keptTokenTrigger(
  { triggers = {}, asIs = {} }: Pick<PoolSettings, "triggers" | "asIs">,
  deployed: Readonly<Record<string, unknown>>,
): string | undefined {
  const said = triggers.preTokenGeneration !== undefined || "lambdaConfig" in asIs;
  if (said || calledBy(triggers).length === 0) return undefined;
  const { pre_token_generation: arn, pre_token_generation_config: config } = blockOf(deployed.lambda_config);
  const kept = arn || blockOf(config).lambda_arn;
  return typeof kept === "string" && kept !== "" ? kept : undefined;
}

export interface TriggerPermissionsProps extends Pick<PoolSettings, "triggers" | "asIs"> {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  readonly deployed: Readonly<Record<string, unknown>>;
}

/** `aws_lambda_permission.trigger_pre_sign_up`, …: each lets this pool call one function. */
export class TriggerPermissions extends Construct {
  /** People have to be created after these: Cognito calls functions for that, too. */
  readonly permissions: readonly LambdaPermission[];

  constructor(scope: Construct, id: string, props: TriggerPermissionsProps) {
    super(scope, id);
    const { triggers = {}, userPoolId, userPoolArn, deployed } = props;
    const kept = keptTokenTrigger(props, deployed);
    const called = [
      ...calledBy(triggers),
      // Without the permission every sign-in would fail.
      ...(kept === undefined
        ? []
        : TRIGGERS.filter(({ setting }) => setting === "preTokenGeneration").map(
            (one) => [one, kept] as const,
          )),
    ];
    this.permissions = called.map(([trigger, arn]) => {
      const name = permissionName(trigger);
      const permission = new LambdaPermission(this, name, {
        // Includes the pool, since pools of several stages may call the same function.
        statementId: `${userPoolId}-${trigger.argument}`,
        action: "lambda:InvokeFunction",
        principal: "cognito-idp.amazonaws.com",
        sourceArn: userPoolArn,
        ...functionAndQualifier(arn),
      });
      permission.overrideLogicalId(name);
      return permission;
    });
  }
}

/**
 * The provider compares both separately (permission.go): a version or an alias left in the name would replace it in every plan.
 */
function functionAndQualifier(arn: string) {
  if (isReference(arn)) {
    const parts = Fn.split(":", arn);
    return {
      functionName: Fn.join(":", Fn.slice(parts, 0, 7)),
      // Null if there is none.
      qualifier: Fn.one(Fn.slice(parts, 7, Fn.lengthOf(parts))),
    };
  }
  const parts = arn.split(":");
  const [functionName, qualifier] = [parts.slice(0, 7).join(":"), parts[7]];
  return {
    functionName: plainText(functionName),
    ...(qualifier !== undefined && { qualifier: plainText(qualifier) }),
  };
}
