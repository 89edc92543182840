import { domainNameOf } from "../stack/domain.ts";
import type { PoolSettings } from "../stack/settings.ts";
import { blockOf } from "../stack/synth/senders.ts";
import { keptTokenTrigger } from "../stack/synth/triggers.ts";
import type { StateInstance } from "../terraform/state.ts";

/**
 * Settings that were removed from config.ts but stay in the pool, in sentences: provider 5.100.0 treats a missing
 * `sms_configuration` as unchanged (optional and computed), and has no value for none.
 * @param state the last deploy's
 */
export function keptNotices(
  pool: Pick<PoolSettings, "sms" | "triggers" | "asIs" | "domain" | "domainPrefix">,
  state: readonly StateInstance[],
): string[] {
  const deployed = state.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  return [...keptSms(pool, deployed), ...keptToken(pool, deployed), ...keptManagedLogin(pool, state)];
}

/** With other triggers present, the provider sends the removed pre-token trigger again: it is optional and computed. */
function keptToken(settings: Pick<PoolSettings, "triggers" | "asIs">, pool: StateInstance | undefined) {
  const kept = keptTokenTrigger(settings, pool?.attributes ?? {});
  if (kept === undefined) return [];
  return [
    `Cognito still calls ${kept} before every token, although config.ts no longer has \`triggers.preTokenGeneration\`: Terraform's provider can't remove it while other triggers remain. To stop it, delete the trigger in the Cognito console (Extensions), then run npm run deploy -- --refresh; until then, put it back.`,
  ];
}

function keptSms({ sms, asIs = {} }: Pick<PoolSettings, "sms" | "asIs">, pool: StateInstance | undefined) {
  const { sns_caller_arn: role } = blockOf(pool?.attributes.sms_configuration);
  // What asIs omits on purpose is left to the pool.
  if (sms !== undefined || "smsConfiguration" in asIs || typeof role !== "string" || role === "") return [];
  return [
    `The pool still sends SMS, although config.ts no longer has \`sms\`: Terraform's provider can't remove it from a pool. To stop it, remove sns:Publish from ${role}; until then, put \`sms\` back.`,
  ];
}

/** An adopted domain has its own pages, which no one asked to change. */
function keptManagedLogin(
  { domain, domainPrefix }: Pick<PoolSettings, "domain" | "domainPrefix">,
  state: readonly StateInstance[],
): string[] {
  const deployed = state.find(({ type }) => type === "aws_cognito_user_pool_domain")?.attributes;
  if (deployed?.managed_login_version !== 2 || domain?.managedLogin !== undefined) return [];
  const name = domainNameOf({ domain, domainPrefix });
  if (name === undefined || name !== deployed.domain) return [];
  return [
    "The sign-in pages stay on managed login, although config.ts doesn't say so: add `managedLogin: 2` to `pool.domain`, or 1 for the classic pages.",
  ];
}
