import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
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
 * What the client allows in the end. With refresh-token rotation the default has no ALLOW_REFRESH_TOKEN_AUTH, since
 * Cognito takes only one of both.
 */
export function authFlowsOf({ authFlows, refreshTokenRotation }: ClientSettings): readonly AuthFlow[] {
  if (authFlows !== undefined) return authFlows;
  return refreshTokenRotation === undefined
    ? AUTH_FLOWS
    : AUTH_FLOWS.filter((flow) => flow !== "ALLOW_REFRESH_TOKEN_AUTH");
}

/**
 * The one table of defaults. Values that equal Cognito's own are still written down where the provider or a server
 * would otherwise answer with a different one and plan a change for ever, or where a reviewer should see them.
 */

export const PASSWORD_POLICY: PasswordPolicy = {
  // Cognito's default is 8.
  minimumLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: true,
  // Explicit, since some servers answer 0 for a missing one: a difference in every plan.
  temporaryPasswordValidityDays: 7,
};

export const POOL = {
  // An address is unique, everybody knows their own, and Cognito needs one anyway for invitations and recovery.
  signInWith: "email",
  // Hanako@ and hanako@ are one person. The provider's default is case-sensitive when the block is missing.
  caseSensitive: false,
  // A person who changes their address has to prove it; the roster's own addresses come verified.
  autoVerify: ["email"],
  // The roster decides who exists: nobody signs up by themselves.
  selfSignUp: false,
  // The provider writes OFF when it is missing: a reviewer should see it.
  mfa: "off",
  // Nothing else works without an SMS or e-mail sender of the team's own; it is only written where `mfa` is on.
  mfaFactors: ["totp"] as readonly SecondFactor[],
  // No domain, messages or tags: Cognito's own texts say what is needed, and a public sign-in page is a decision.
} satisfies Partial<PoolSettings>;

/** Pool arguments that no setting of a team changes. */
export const POOL_ALWAYS = {
  // Not by SMS: it costs, and a phone number can be taken over.
  accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
  // userPoolTier is only written where a team says `tier`: Cognito's own default for new pools (ESSENTIALS) stays in charge.
} satisfies Partial<CognitoUserPoolConfig>;

// The password itself travels in USER_PASSWORD_AUTH, but every example, script and emulator can speak it.
export const AUTH_FLOWS = [
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
] satisfies AuthFlow[];

// Cognito's own values. They and their units are explicit, since a server that leaves the units out makes the provider
// fail after apply.
export const TOKEN_VALIDITY = {
  accessToken: "60 minutes",
  idToken: "60 minutes",
  refreshToken: "30 days",
} satisfies Required<TokenValidity>;

export const REFRESH_TOKEN_ROTATION = {
  // With 0 an app that loses one answer, on a train, loses its session.
  gracePeriodSeconds: 10,
} satisfies Required<RefreshTokenRotation>;

export const OAUTH = {
  // The only flow that keeps tokens out of addresses, histories and logs.
  flows: ["code"],
  // Without openid there is no ID token.
  scopes: ["openid"],
  logoutUrls: [],
} satisfies Partial<OAuthSettings>;

// A client with OAuth and no provider would show a sign-in page on which nobody can sign in.
export const IDENTITY_PROVIDERS_WITH_OAUTH = ["COGNITO"];

/** App client arguments, save for the sets above, that are the same for every team or left out. */
export const CLIENT_ALWAYS = {
  // An unknown name and a wrong password get the same answer, so that names can't be probed.
  preventUserExistenceErrors: "ENABLED",
  // Without it a stolen refresh token can't be taken back.
  enableTokenRevocation: true,
  // authSessionValidity is only written when a team sets it: a server that doesn't answer with it makes the provider fail
  // after apply. Cognito's default, 3 minutes to answer a challenge, stays.
} satisfies Partial<CognitoUserPoolClientConfig>;

/**
 * What an app client has of which config.ts says nothing. The provider keeps what was there where it is left out (5.100.0:
 * optional and computed) and plans nothing: an address that was taken out of config.ts, or put in by hand, would stay allowed.
 */
export const CLIENT_UNSAID = {
  allowedOauthFlows: [],
  allowedOauthScopes: [],
  callbackUrls: [],
  logoutUrls: [],
  supportedIdentityProviders: [],
} satisfies Partial<CognitoUserPoolClientConfig>;

/** Likewise, once it was something else: Cognito's own value, which is only written then (see above). */
export const SESSION_VALIDITY_UNSAID = 3;

/** Likewise: written for as long as the state has one, since the provider can't take the block away. */
export const ROTATION_UNSAID = { feature: "DISABLED", retryGracePeriodSeconds: 0 };

/** Likewise, of the pool: Cognito's own texts, once others were there. */
export const VERIFICATION_UNSAID = {
  defaultEmailOption: "CONFIRM_WITH_CODE",
  emailSubject: "Your verification code",
  emailMessage: "Your verification code is {####}. ",
  smsMessage: "Your verification code is {####}. ",
};

/** Likewise: the provider suppresses the difference where the block is missing. Nobody's but Cognito's own sender. */
export const EMAIL_UNSAID = { emailSendingAccount: "COGNITO_DEFAULT" };

/** Likewise: once something else than the password was allowed. */
export const FIRST_FACTORS_UNSAID = ["PASSWORD"] as const;

/** Likewise: for as long as the state has the block, which Cognito may answer with for ever. */
export const THREAT_PROTECTION_UNSAID = "off";

/** What Cognito writes with a code: provider 5.100.0 takes a block without texts for none. */
export const EMAIL_MFA = {
  subject: "Your authentication code",
  message: "Your authentication code is {####}. ",
};

/**
 * What Cognito writes to newcomers where a team has not said all three texts. A missing one is sent as "" by the provider, and
 * CreateUserPool refuses that (SMSMessage: 6 characters at least).
 */
export const INVITATION = {
  emailSubject: "Your temporary password",
  emailMessage: "Your username is {username} and temporary password is {####}. ",
  smsMessage: "Your username is {username} and temporary password is {####}. ",
} satisfies MessageTemplate;

// Scripts and browsers can't keep a secret.
export const CLIENT_SECRET = false;
