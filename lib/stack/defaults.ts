import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import type { PasswordPolicy } from "./password-policy.ts";

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

/** Pool settings that no setting of a team changes yet. */
export const POOL = {
  // Hanako@ and hanako@ are one person. The provider's default is case-sensitive when the block is missing.
  usernameConfiguration: { caseSensitive: false },
  // A person who changes their address has to prove it; the roster's own addresses come verified.
  autoVerifiedAttributes: ["email"],
  // The roster decides who exists: nobody signs up by themselves.
  adminCreateUserConfig: { allowAdminCreateUserOnly: true },
  // Not by SMS: it costs, and a phone number can be taken over.
  accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
  mfaConfiguration: "OFF",
  // userPoolTier is left out on purpose: Cognito's own default for new pools (ESSENTIALS) stays in charge.
} satisfies Partial<CognitoUserPoolConfig>;

/** App client settings that no setting of a team changes yet. */
export const CLIENT = {
  // Scripts and browsers can't keep a secret.
  generateSecret: false,
  explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  // An unknown name and a wrong password get the same answer, so that names can't be probed.
  preventUserExistenceErrors: "ENABLED",
  // Without it a stolen refresh token can't be taken back.
  enableTokenRevocation: true,
  // The units are explicit, since a server that leaves them out makes the provider fail after apply.
  accessTokenValidity: 60,
  idTokenValidity: 60,
  refreshTokenValidity: 30,
  tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes", refreshToken: "days" }],
  // authSessionValidity is left out on purpose: a server that doesn't answer with it makes the provider fail after apply.
  // Cognito's default, 3 minutes to answer a challenge, stays.
} satisfies Partial<CognitoUserPoolClientConfig>;
