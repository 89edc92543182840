/** What can be required after the password: a code from an authenticator app, or one that Cognito sends. */
export const SECOND_FACTORS = ["totp", "sms", "email"] as const;
export type SecondFactor = (typeof SECOND_FACTORS)[number];

/** What a sign-in may begin with (AuthFactorType): the password, a code that Cognito sends, or a passkey. */
export const FIRST_FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] as const;
export type FirstFactor = (typeof FIRST_FACTORS)[number];

/**
 * Whether newcomers get no password: AdminCreateUser generates none if a code can be the first factor, unless the request has
 * one (API reference, AdminCreateUser, TemporaryPassword). The account is CONFIRMED at once.
 */
export const isPasswordless = (firstFactors: readonly unknown[] = []): boolean =>
  firstFactors.includes("EMAIL_OTP" satisfies FirstFactor) ||
  firstFactors.includes("SMS_OTP" satisfies FirstFactor);

/** Cognito's feature plans, cheapest first; for what each active user costs, see docs/cost.md. */
export const TIERS = ["LITE", "ESSENTIALS", "PLUS"] as const;
export type Tier = (typeof TIERS)[number];

/** How Cognito may verify that a person who has forgotten the password owns the account. */
export const RECOVERIES = ["verified_email", "verified_phone_number"] as const;
export type Recovery = (typeof RECOVERIES)[number];

/** What Cognito's threat protection does with its findings: nothing, logs them, or acts on them. */
export const THREAT_PROTECTIONS = ["off", "audit", "enforced"] as const;
export type ThreatProtection = (typeof THREAT_PROTECTIONS)[number];

/** Passkeys. They are bound to a domain: after a change of domain, those of the old one stop working. */
export interface PasskeySettings {
  /** The domain that passkeys are for, such as "example.com". @default the pool's own domain (Cognito) */
  readonly relyingPartyId?: string;
  /** Whether the device has to ask for a fingerprint, a face or a PIN. @default "preferred" (Cognito) */
  readonly userVerification?: "preferred" | "required";
}

/** Devices that people have signed in from, recognized by keys that an app has to send (`refresh` does). */
export interface DeviceSettings {
  /** Every device, or only those that the person chooses. */
  readonly remember: "always" | "ask";
  /** Whether a second factor is only required on a device that is not remembered. @default false: always */
  readonly challengeOnNewDevice?: boolean;
}
