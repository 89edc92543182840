/** What can be asked for after the password: a code from an authenticator app, or one that Cognito sends. */
export const SECOND_FACTORS = ["totp", "sms", "email"] as const;
export type SecondFactor = (typeof SECOND_FACTORS)[number];

/** With what a sign-in may begin (AuthFactorType): the password, a code that Cognito sends, or a passkey. */
export const FIRST_FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] as const;
export type FirstFactor = (typeof FIRST_FACTORS)[number];

/** Cognito's feature plans, from the cheapest; what each active user costs: docs/cost.md. */
export const TIERS = ["LITE", "ESSENTIALS", "PLUS"] as const;
export type Tier = (typeof TIERS)[number];

/** How Cognito may prove that somebody who has forgotten the password owns the account. */
export const RECOVERIES = ["verified_email", "verified_phone_number"] as const;
export type Recovery = (typeof RECOVERIES)[number];

/** What Cognito's threat protection does with what it finds: nothing, logs it, or acts on it. */
export const THREAT_PROTECTIONS = ["off", "audit", "enforced"] as const;
export type ThreatProtection = (typeof THREAT_PROTECTIONS)[number];

/** The passkeys of people. They belong to a domain: those of another one can't be used any more. */
export interface PasskeySettings {
  /** The domain that passkeys are for, such as "example.com". @default the pool's own domain (Cognito) */
  readonly relyingPartyId?: string;
  /** Whether the device has to ask for a fingerprint, a face or a PIN. @default "preferred" (Cognito) */
  readonly userVerification?: "preferred" | "required";
}

/** Devices from which somebody has signed in, by keys that an app has to send (`refresh` does). */
export interface DeviceSettings {
  /** Every device, or those of which the person says so. */
  readonly remember: "always" | "ask";
  /** Whether a second factor is only asked for on a device that is not remembered. @default false: always */
  readonly challengeOnNewDevice?: boolean;
}
