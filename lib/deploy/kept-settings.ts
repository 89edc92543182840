import type { PoolSettings } from "../stack/settings.ts";
import { blockOf } from "../stack/synth/senders.ts";
import type { StateInstance } from "../terraform/state.ts";

/**
 * What was taken out of config.ts, and stays in the pool all the same, in sentences: provider 5.100.0 takes a missing
 * `sms_configuration` for no change (optional and computed), and has no value for none.
 * @param state the last deploy's
 */
export function keptNotices(
  { sms, asIs = {} }: Pick<PoolSettings, "sms" | "asIs">,
  state: readonly StateInstance[],
): string[] {
  const pool = state.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const { sns_caller_arn: role } = blockOf(pool?.attributes.sms_configuration);
  // What asIs leaves out on purpose is left to the pool.
  if (sms !== undefined || "smsConfiguration" in asIs || typeof role !== "string" || role === "") return [];
  return [
    `The pool goes on sending SMS, although config.ts has no \`sms\` any more: Terraform's provider can't take it out of a pool. To stop it, take sns:Publish from ${role}; until then, write \`sms\` back as it was.`,
  ];
}
