import type { Settings } from "../../lib/stack/settings.ts";

/** A pool for development: every flow, and sign-in on Cognito's own pages that ends at an app on localhost. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: {
    name: "dev",
    signInWith: "email",
    autoVerify: ["email"],
    selfSignUp: true,
    passwordPolicy: {
      minimumLength: 8,
      requireLowercase: false,
      requireUppercase: false,
      requireNumbers: false,
      requireSymbols: false,
      temporaryPasswordValidityDays: 7,
    },
    tags: { Environment: "development" },
  },
  client: {
    name: "dev",
    authFlows: [
      "ALLOW_USER_SRP_AUTH",
      "ALLOW_REFRESH_TOKEN_AUTH",
      "ALLOW_ADMIN_USER_PASSWORD_AUTH",
      "ALLOW_CUSTOM_AUTH",
      "ALLOW_USER_PASSWORD_AUTH",
    ],
    oauth: {
      // npm run synth warns about "implicit", and that the sign-in pages still need a domain (pool.domainPrefix).
      flows: ["code", "implicit"],
      scopes: ["email", "openid"],
      callbackUrls: ["http://localhost:3333"],
      logoutUrls: ["http://localhost:3333"],
    },
    identityProviders: ["COGNITO"],
  },
};
