import { config as predefinedUsers } from "../../examples/000-predefined-users/config.ts";
import { config as totpRequired } from "../../examples/001-totp-required/config.ts";
import { config as emailSignIn } from "../../examples/002-email-sign-in/config.ts";
import { config as hostedSignIn } from "../../examples/003-hosted-sign-in/config.ts";
import type { Settings } from "../../lib/stack/settings.ts";

/** A setting in the article's words, where the SDK reads it back, and the value. */
type Setting = readonly [setting: string, path: string, value: unknown];

export interface Example {
  readonly directory: string;
  readonly config: Settings;
  readonly temporaryPasswords?: Readonly<Record<string, string>>;
  /** All that the article configures, save for `differs`. */
  readonly article: readonly Setting[];
  /** What the example does differently on purpose; its README says why. */
  readonly differs: readonly Setting[];
}

const relaxed: Setting[] = [
  ["minimum_length", "pool.Policies.PasswordPolicy.MinimumLength", 8],
  ["require_lowercase", "pool.Policies.PasswordPolicy.RequireLowercase", false],
  ["require_uppercase", "pool.Policies.PasswordPolicy.RequireUppercase", false],
  ["require_numbers", "pool.Policies.PasswordPolicy.RequireNumbers", false],
  ["require_symbols", "pool.Policies.PasswordPolicy.RequireSymbols", false],
  ["temporary_password_validity_days", "pool.Policies.PasswordPolicy.TemporaryPasswordValidityDays", 7],
];
const eightOfEveryKind: Setting[] = [
  ["MinimumLength", "pool.Policies.PasswordPolicy.MinimumLength", 8],
  ["RequireUppercase", "pool.Policies.PasswordPolicy.RequireUppercase", true],
  ["RequireLowercase", "pool.Policies.PasswordPolicy.RequireLowercase", true],
  ["RequireNumbers", "pool.Policies.PasswordPolicy.RequireNumbers", true],
  ["RequireSymbols", "pool.Policies.PasswordPolicy.RequireSymbols", true],
];
const recoveryByEmail: Setting = [
  "recovery_mechanism",
  "pool.AccountRecoverySetting.RecoveryMechanisms",
  [{ Name: "verified_email", Priority: 1 }],
];
const selfSignUp: Setting = [
  "allow_admin_create_user_only",
  "pool.AdminCreateUserConfig.AllowAdminCreateUserOnly",
  false,
];
const adminOnly: Setting = [selfSignUp[0], selfSignUp[1], true];
const byEmail: Setting = ["username_attributes", "pool.UsernameAttributes", ["email"]];
const byUsername: Setting = ["no username_attributes", "pool.UsernameAttributes", undefined];
const verifiesEmail: Setting = ["auto_verified_attributes", "pool.AutoVerifiedAttributes", ["email"]];
const foldsCase: Setting = ["case_sensitive", "pool.UsernameConfiguration.CaseSensitive", false];
const noSecret: Setting = ["generate_secret", "client.ClientSecret", undefined];
const hidesNames: Setting = ["prevent_user_existence_errors", "client.PreventUserExistenceErrors", "ENABLED"];
const protectedPool: Setting = ["deletion_protection", "pool.DeletionProtection", "ACTIVE"];
const thirtyDays: Setting[] = [
  ["refresh_token_validity", "client.RefreshTokenValidity", 30],
  ["its unit", "client.TokenValidityUnits.RefreshToken", "days"],
];
const invited: Setting[] = [
  ["email_verified", "users[0].email_verified", "true"],
  ["status", "users[0].status", "FORCE_CHANGE_PASSWORD"],
];

export const examples: readonly Example[] = [
  {
    directory: "000-predefined-users",
    config: predefinedUsers,
    temporaryPasswords: {
      "user1@example.com": "TemporaryPassword1!",
      "user2@example.com": "TemporaryPassword2!",
    },
    article: [
      ["name", "pool.Name", "my-first-user-pool"],
      byUsername,
      ...eightOfEveryKind,
      ["temporary_password_validity_days", "pool.Policies.PasswordPolicy.TemporaryPasswordValidityDays", 30],
      recoveryByEmail,
      ["client name", "client.ClientName", "my-first-user-pool-client"],
      [
        "explicit_auth_flows",
        "client.ExplicitAuthFlows",
        ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
      ],
      ...thirtyDays,
      noSecret,
      hidesNames,
      ["username = each.key", "users[0].username", "user1@example.com"],
      ["email = each.key", "users[0].email", "user1@example.com"],
      ["the second user", "users[1].username", "user2@example.com"],
      ...invited,
    ],
    differs: [adminOnly, foldsCase, verifiesEmail, protectedPool],
  },
  {
    directory: "001-totp-required",
    config: totpRequired,
    temporaryPasswords: { "test-user": "TemporaryPassword1!" },
    article: [
      ["PoolName", "pool.Name", "create-user-pool-at-lambda"],
      byUsername,
      ...eightOfEveryKind,
      ["UnusedAccountValidityDays", "pool.Policies.PasswordPolicy.TemporaryPasswordValidityDays", 7],
      selfSignUp,
      ["MfaConfiguration", "mfa.MfaConfiguration", "ON"],
      ["SoftwareTokenMfaConfiguration.Enabled", "mfa.SoftwareTokenMfaConfiguration.Enabled", true],
      ["no SmsMfaConfiguration", "mfa.SmsMfaConfiguration", undefined],
      ["ClientName", "client.ClientName", "create-user-pool-at-lambda-client"],
      ...thirtyDays,
      noSecret,
      ["Username", "users[0].username", "test-user"],
      ["TemporaryPassword", "users[0].status", "FORCE_CHANGE_PASSWORD"],
    ],
    differs: [
      ["ExplicitAuthFlows", "client.ExplicitAuthFlows", ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]],
      hidesNames,
      foldsCase,
      verifiesEmail,
      recoveryByEmail,
      protectedPool,
    ],
  },
  {
    directory: "002-email-sign-in",
    config: emailSignIn,
    article: [
      ["name", "pool.Name", "cognito-demo-pool"],
      byEmail,
      ["case_sensitive", "pool.UsernameConfiguration.CaseSensitive", true],
      verifiesEmail,
      ...relaxed,
      ["mfa_configuration", "mfa.MfaConfiguration", "OFF"],
      selfSignUp,
      recoveryByEmail,
      ["client name", "client.ClientName", "cognito-demo-pool-client"],
      noSecret,
      [
        "explicit_auth_flows",
        "client.ExplicitAuthFlows",
        ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
      ],
      hidesNames,
      ["Username", "users[0].email", "hanako@example.com"],
      ...invited,
    ],
    differs: [["domain", "domain.Domain", "roster-demo-pool"], protectedPool],
  },
  {
    directory: "003-hosted-sign-in",
    config: hostedSignIn,
    article: [
      ["name", "pool.Name", "dev"],
      byEmail,
      verifiesEmail,
      selfSignUp,
      ...relaxed,
      recoveryByEmail,
      ["tags", "pool.UserPoolTags", { Environment: "development" }],
      ["client name", "client.ClientName", "dev"],
      noSecret,
      [
        "explicit_auth_flows",
        "client.ExplicitAuthFlows",
        [
          "ALLOW_ADMIN_USER_PASSWORD_AUTH",
          "ALLOW_CUSTOM_AUTH",
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
          "ALLOW_USER_SRP_AUTH",
        ],
      ],
      ["callback_urls", "client.CallbackURLs", ["http://localhost:3333"]],
      ["logout_urls", "client.LogoutURLs", ["http://localhost:3333"]],
      ["allowed_oauth_flows_user_pool_client", "client.AllowedOAuthFlowsUserPoolClient", true],
      ["allowed_oauth_flows", "client.AllowedOAuthFlows", ["code", "implicit"]],
      ["allowed_oauth_scopes", "client.AllowedOAuthScopes", ["email", "openid"]],
      ["supported_identity_providers", "client.SupportedIdentityProviders", ["COGNITO"]],
      ["no domain", "pool.Domain", undefined],
      ["Username", "users[0].email", "developer@example.com"],
      ...invited,
    ],
    differs: [hidesNames, foldsCase, protectedPool],
  },
];
