import { isDeepStrictEqual } from "node:util";
import type { GetUserPoolMfaConfigResponse, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { EMAIL_MFA, poolDefaults } from "../../stack/defaults.ts";
import type { FirstFactor, SecondFactor, Tier } from "../../stack/factors.ts";
import { recoveryOf } from "../../stack/rules/arguments.ts";
import { factorProblems } from "../../stack/rules/factors.ts";
import type { PoolArguments, PoolSettings } from "../../stack/settings.ts";
import { asArguments, block } from "../pool/schema.ts";

/** A pool's setting as one of ours. */
interface Candidate {
  readonly settings: Partial<PoolSettings>;
  /** The same as a provider's argument, where the setting can't express it. @default none */
  readonly instead?: PoolArguments;
  /** What no setting can express in any case. @default none */
  readonly beside?: PoolArguments;
}

const NONE: Candidate = { settings: {} };

const RECOVERY_UNSAID = poolDefaults().recovery;

/**
 * How a pool's people prove who they are: named settings where these can express it together, otherwise `asIs`.
 * @param said the pool's settings proposed so far
 * @param unsaid how people recover accounts if config.ts doesn't say
 */
export function proposeFactors(
  pool: UserPoolType,
  mfa: GetUserPoolMfaConfigResponse,
  said: PoolSettings,
  unsaid: PoolSettings["recovery"] = RECOVERY_UNSAID,
): { readonly settings: Partial<PoolSettings>; readonly asIs: PoolArguments } {
  const candidates = [
    tierOf(pool),
    secondFactors(mfa),
    recovery(pool, unsaid),
    devices(pool),
    firstFactors(pool),
    passkeys(mfa),
    threatProtection(pool),
  ];
  const whole: PoolSettings = Object.assign({ ...said }, ...candidates.map(({ settings }) => settings));
  const errors = factorProblems(whole).filter(({ severity }) => severity === "error");
  const sayable = ({ settings }: Candidate) =>
    Object.keys(settings).length > 0 &&
    !Object.keys(settings).some((name) =>
      errors.some(({ setting }) => RegExp(`^pool\\.${name}\\b`).test(setting)),
    );
  return {
    settings: Object.assign({}, ...candidates.filter(sayable).map(({ settings }) => settings)),
    asIs: Object.assign(
      {},
      ...candidates.map((one) => (sayable(one) ? one.beside : { ...one.instead, ...one.beside })),
    ),
  };
}

function tierOf({ UserPoolTier: tier }: UserPoolType): Candidate {
  return tier && tier !== "ESSENTIALS" ? { settings: { tier: tier as Tier } } : NONE;
}

function secondFactors(mfa: GetUserPoolMfaConfigResponse): Candidate {
  const { SoftwareTokenMfaConfiguration: totp, SmsMfaConfiguration: sms, EmailMfaConfiguration: email } = mfa;
  const off = (mfa.MfaConfiguration ?? "OFF") === "OFF";
  const byEmail = email !== undefined && Object.keys(email).length > 0;
  const factors: SecondFactor[] = off
    ? []
    : [
        ...(totp?.Enabled ? (["totp"] as const) : []),
        ...(sms?.SmsConfiguration ? (["sms"] as const) : []),
        ...(byEmail ? (["email"] as const) : []),
      ];
  const named = factors.length > 0 && factors.join() !== "totp";
  const now = totp && { enabled: totp.Enabled ?? false };
  // Custom texts have no setting.
  const texts = block("emailMfaConfiguration", email);
  const then = off ? undefined : { enabled: named ? factors.includes("totp") : true };
  return {
    settings: named ? { mfaFactors: factors } : {},
    instead: texts,
    beside: {
      ...(isDeepStrictEqual(now, then) ? {} : { softwareTokenMfaConfiguration: now }),
      ...(isDeepStrictEqual(texts, { emailMfaConfiguration: EMAIL_MFA }) ? {} : texts),
    },
  };
}

function recovery(
  { AccountRecoverySetting: setting }: UserPoolType,
  unsaid: PoolSettings["recovery"],
): Candidate {
  const written = asArguments(setting, { RecoveryMechanisms: "recoveryMechanism" }) as
    | { readonly recoveryMechanism?: unknown }
    | undefined;
  const ways = recoveryOf(written?.recoveryMechanism);
  if (ways !== undefined && isDeepStrictEqual(ways, unsaid)) return NONE;
  return {
    settings: ways === undefined ? {} : { recovery: ways },
    instead: { accountRecoverySetting: written as PoolArguments["accountRecoverySetting"] },
  };
}

function devices({ DeviceConfiguration: now }: UserPoolType): Candidate {
  if (now === undefined || Object.keys(now).length === 0) return NONE;
  const { ChallengeRequiredOnNewDevice: challenge, DeviceOnlyRememberedOnUserPrompt: ask } = now;
  return {
    settings: {
      devices: { remember: ask ? "ask" : "always", ...(challenge && { challengeOnNewDevice: true }) },
    },
  };
}

function firstFactors({ Policies }: UserPoolType): Candidate {
  const now = Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
  if (now.length === 0 || now.join() === "PASSWORD") return NONE;
  return {
    settings: { firstFactors: now as FirstFactor[] },
    instead: block("signInPolicy", Policies?.SignInPolicy),
  };
}

function passkeys({ WebAuthnConfiguration: now }: GetUserPoolMfaConfigResponse): Candidate {
  if (now === undefined || Object.keys(now).length === 0) return NONE;
  return {
    settings: {
      passkeys: {
        ...(now.RelyingPartyId && { relyingPartyId: now.RelyingPartyId }),
        ...(now.UserVerification && { userVerification: now.UserVerification }),
      },
    },
    instead: block("webAuthnConfiguration", now),
  };
}

function threatProtection({ UserPoolAddOns: now }: UserPoolType): Candidate {
  const instead = block("userPoolAddOns", now);
  const { AdvancedSecurityMode: mode, ...more } = now ?? {};
  if (mode === undefined || Object.keys(more).length > 0) return { settings: {}, instead };
  const words = { OFF: "off", AUDIT: "audit", ENFORCED: "enforced" } as const;
  return { settings: { threatProtection: words[mode] }, instead };
}
