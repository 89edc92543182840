import type { Settings } from "../../lib/stack/settings.ts";

/** Sign-in by e-mail address with a sign-in page's domain, and a password policy that only asks for a length. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: {
    name: "cognito-demo-pool",
    signInWith: "email",
    caseSensitive: true,
    autoVerify: ["email"],
    selfSignUp: true,
    mfa: "off",
    passwordPolicy: {
      minimumLength: 8,
      requireLowercase: false,
      requireUppercase: false,
      requireNumbers: false,
      requireSymbols: false,
      temporaryPasswordValidityDays: 7,
    },
    // Yours has to be another: it is unique in its region.
    domainPrefix: "roster-demo-pool",
  },
  client: {
    name: "cognito-demo-pool-client",
    authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  },
};
