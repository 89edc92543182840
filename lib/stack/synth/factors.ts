import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { EMAIL_MFA, FIRST_FACTORS_UNSAID, POOL, THREAT_PROTECTION_UNSAID } from "../defaults.ts";
import { isOnlyEmail } from "../rules/factors.ts";
import { SettingsError, wrong } from "../rules/problem.ts";
import type { PoolSettings } from "../settings.ts";
import { blockOf } from "./senders.ts";

type Deployed = Readonly<Record<string, unknown>>;

const THREATS = { off: "OFF", audit: "AUDIT", enforced: "ENFORCED" } as const;

/**
 * What people prove their identity with. If nothing is set, nothing is written, unless the provider would keep the old setting
 * (5.100.0: `sign_in_policy` is optional and computed, and so is a response with threat protection OFF).
 * @param deployed what the state has of the pool; empty for a new one
 * @throws SettingsError (exit 2) for what this deploy can't do yet
 */
export function factorArguments(pool: PoolSettings, deployed: Deployed): Partial<CognitoUserPoolConfig> {
  const { recovery, passkeys, firstFactors, tier, threatProtection, devices } = pool;
  const names = recovery === "admin_only" ? [recovery] : recovery;
  const factors = firstFactors ?? (beganOtherwise(deployed) ? FIRST_FACTORS_UNSAID : undefined);
  const threats =
    threatProtection ?? (hasBlock(deployed.user_pool_add_ons) ? THREAT_PROTECTION_UNSAID : undefined);
  const { mfa = POOL.mfa, mfaFactors = POOL.mfaFactors } = pool;
  const byEmail = mfa !== "off" && mfaFactors.includes("email");
  if (byEmail) refuseEmailTooEarly(deployed);
  return {
    ...(names && {
      accountRecoverySetting: {
        recoveryMechanism: names.map((name, index) => ({ name, priority: index + 1 })),
      },
    }),
    ...(byEmail && { emailMfaConfiguration: EMAIL_MFA }),
    ...(passkeys && { webAuthnConfiguration: { ...passkeys } }),
    ...(factors && { signInPolicy: { allowedFirstAuthFactors: [...factors] } }),
    ...(tier && { userPoolTier: tier }),
    ...(threats && { userPoolAddOns: { advancedSecurityMode: THREATS[threats] } }),
    ...(devices && {
      deviceConfiguration: {
        deviceOnlyRememberedOnUserPrompt: devices.remember === "ask",
        challengeRequiredOnNewDevice: devices.challengeOnNewDevice ?? false,
      },
    }),
  };
}

const hasBlock = (list: unknown) => Array.isArray(list) && list.length > 0;

const texts = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);

function beganOtherwise({ sign_in_policy: policy }: Deployed): boolean {
  return texts(blockOf(policy).allowed_first_auth_factors).some((factor) => factor !== "PASSWORD");
}

/**
 * The provider (5.100.0, user_pool.go, resourceUserPoolUpdate; its issue 41049) turns factors on before it changes sender,
 * recovery and tier: Cognito would refuse e-mail as a factor for a pool without them.
 */
function refuseEmailTooEarly(deployed: Deployed): void {
  if (deployed.id === undefined || hasBlock(deployed.email_mfa_configuration)) return;
  const mechanisms = texts(blockOf(deployed.account_recovery_setting).recovery_mechanism);
  const missing = [
    ...(blockOf(deployed.email_configuration).email_sending_account === "DEVELOPER" ? [] : ["email"]),
    ...(isOnlyEmail(mechanisms.map((one) => String(Object(one).name))) ? ["recovery"] : []),
    ...(deployed.user_pool_tier === "LITE" ? ["tier"] : []),
  ];
  if (missing.length === 0) return;
  const settings = missing.map((name) => `pool.${name}`).join(" and ");
  throw new SettingsError([
    wrong({
      setting: "pool.mfaFactors",
      message: `"email" needs an earlier deploy: the deployed pool doesn't have ${settings} as config.ts says`,
      why: "Terraform's provider turns the factor on before the rest, so Cognito would refuse it halfway through the deploy (SetUserPoolMfaConfig).",
      next: `Deploy ${settings} first, then "email".`,
    }),
  ]);
}
