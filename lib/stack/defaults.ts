import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import type { SignInWith } from "../roster/sign-in-names.ts";
import type { SecondFactor } from "./factors.ts";
import type {
  AuthFlow,
  ClientSettings,
  MessageTemplate,
  OAuthSettings,
  PasswordPolicy,
  PoolSettings,
  RefreshTokenRotation,
  TokenValidity,
} from "./settings.ts";

/**
 * What the client finally allows. With refresh-token rotation, the default has no ALLOW_REFRESH_TOKEN_AUTH, since Cognito
 * doesn't accept both.
 */
export function authFlowsOf({
  authFlows,
  refreshTokenRotation,
  clientCredentials,
}: ClientSettings): readonly AuthFlow[] {
  if (authFlows !== undefined) return authFlows;
  if (clientCredentials !== undefined) return MACHINE_AUTH_FLOWS;
  return refreshTokenRotation === undefined
    ? AUTH_FLOWS
    : AUTH_FLOWS.filter((flow) => flow !== "ALLOW_REFRESH_TOKEN_AUTH");
}

/**
 * The one table of defaults. Values that equal Cognito's own are still written where the provider or a server would otherwise
 * return a different one and plan a change in every run, or where a reviewer should see them.
 */

export const PASSWORD_POLICY: PasswordPolicy = {
  // Cognito's default is 8.
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
  // Explicit, since some servers return 0 for a missing one: a difference in every plan.
  temporaryPasswordValidityDays: 7,
};

export const POOL = {
  // An address is unique, everyone knows their own, and Cognito needs one anyway for invitations and recovery.
  signInWith: "email",
  // Hanako@ and hanako@ are one person. The provider's default is case-sensitive when the block is missing.
  caseSensitive: false,
  // People who change their address have to verify it; the roster's own addresses are created verified.
  autoVerify: ["email"],
  // The roster decides who has an account, so no one signs up on their own.
  selfSignUp: false,
  // The provider writes OFF when it is required: a reviewer should see it.
  mfa: "off",
  // Everything else needs your own SMS or e-mail sender. Only written if `mfa` is on.
  mfaFactors: ["totp"] as readonly SecondFactor[],
  // No domain, messages or tags: Cognito's own texts are sufficient, and a public sign-in page is a decision.
} satisfies Partial<PoolSettings>;

/**
 * If people sign in by phone, they may have no e-mail address; and without an SMS sender, no code is delivered.
 * @param sends whether the pool can send SMS
 */
export function poolDefaults(signInWith: SignInWith = POOL.signInWith, sends = true) {
  if (signInWith !== "phone") return { autoVerify: POOL.autoVerify, recovery: ["verified_email"] } as const;
  return sends
    ? ({ autoVerify: ["phone_number"], recovery: ["verified_phone_number"] } as const)
    : ({ autoVerify: [], recovery: "admin_only" } as const);
}

/** Pool arguments that no setting changes. */
export const POOL_ALWAYS = {
  // Not by SMS: it costs money, and a phone number can be hijacked.
  accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
  // userPoolTier is only written if `tier` is set: Cognito's own default for new pools (ESSENTIALS) applies otherwise.
} satisfies Partial<CognitoUserPoolConfig>;

// The password itself is sent in USER_PASSWORD_AUTH, but every example, script and emulator supports it.
export const AUTH_FLOWS = [
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
] satisfies AuthFlow[];

// No one signs in through a machine's client. An empty list would mean Cognito's default, which lets people in.
const MACHINE_AUTH_FLOWS = ["ALLOW_REFRESH_TOKEN_AUTH"] satisfies AuthFlow[];

// Cognito's own values. They and their units are explicit, since with a server that leaves out the units the provider fails
// after apply.
export const TOKEN_VALIDITY = {
  accessToken: "60 minutes",
  idToken: "60 minutes",
  refreshToken: "30 days",
} satisfies Required<TokenValidity>;

export const REFRESH_TOKEN_ROTATION = {
  // With 0, an app that loses one response, on a train, loses its session.
  gracePeriodSeconds: 10,
} satisfies Required<RefreshTokenRotation>;

export const OAUTH = {
  // The only flow that keeps tokens out of URLs, histories and logs.
  flows: ["code"],
  // Without openid there is no ID token.
  scopes: ["openid"],
  logoutUrls: [],
} satisfies Partial<OAuthSettings>;

// A client with OAuth and no provider would show a sign-in page that no one can sign in on.
export const IDENTITY_PROVIDERS_WITH_OAUTH = ["COGNITO"];

/** App client arguments, besides the sets above, that are the same for everyone or left out. */
export const CLIENT_ALWAYS = {
  // An unknown name and a wrong password get the same response, so that names can't be probed.
  preventUserExistenceErrors: "ENABLED",
  // Without it a stolen refresh token can't be revoked.
  enableTokenRevocation: true,
  // authSessionValidity is only written if it is set: with a server that doesn't return it, the provider fails after apply.
  // Otherwise Cognito's default applies, 3 minutes to answer a challenge.
} satisfies Partial<CognitoUserPoolClientConfig>;

/**
 * What an app client gets where config.ts sets nothing. If it is left out, the provider keeps the old value (5.100.0: optional
 * and computed) and plans nothing: an address removed from config.ts, or added by hand, would stay allowed.
 */
export const CLIENT_UNSAID = {
  allowedOauthFlows: [],
  allowedOauthScopes: [],
  callbackUrls: [],
  logoutUrls: [],
  supportedIdentityProviders: [],
} satisfies Partial<CognitoUserPoolClientConfig>;

/** Likewise, once it had another value: Cognito's own, which is only written then (see above). */
export const SESSION_VALIDITY_UNSAID = 3;

/** Likewise: written as long as the state has one, since the provider can't remove the block. */
export const ROTATION_UNSAID = { feature: "DISABLED", retryGracePeriodSeconds: 0 };

/** Likewise for the pool: Cognito's own texts, once there were others. */
export const VERIFICATION_UNSAID = {
  defaultEmailOption: "CONFIRM_WITH_CODE",
  emailSubject: "Your verification code",
  emailMessage: "Your verification code is {####}. ",
  smsMessage: "Your verification code is {####}. ",
};

/** Likewise: the provider suppresses the difference if the block is missing. This is Cognito's own sender. */
export const EMAIL_UNSAID = { emailSendingAccount: "COGNITO_DEFAULT" };

/** Likewise: once more than the password was allowed. */
export const FIRST_FACTORS_UNSAID = ["PASSWORD"] as const;

/** Likewise: as long as the state has the block, which Cognito may return in every response. */
export const THREAT_PROTECTION_UNSAID = "off";

/** What Cognito writes with a code: provider 5.100.0 treats a block without texts as none. */
export const EMAIL_MFA = {
  subject: "Your authentication code",
  message: "Your authentication code is {####}. ",
};

/**
 * What Cognito writes to newcomers if not all three texts are set. The provider sends a missing one as "", which CreateUserPool
 * refuses (SMSMessage: at least 6 characters).
 */
export const INVITATION = {
  emailSubject: "Your temporary password",
  emailMessage: "Your username is {username} and temporary password is {####}. ",
  smsMessage: "Your username is {username} and temporary password is {####}. ",
} satisfies MessageTemplate;

// Scripts and browsers can't keep a secret.
export const CLIENT_SECRET = false;
