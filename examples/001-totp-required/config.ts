import type { Settings } from "../../lib/stack/settings.ts";

/** Everybody needs an authenticator app, and Cognito sends nothing: ops hands the temporary password over. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: {
    name: "create-user-pool-at-lambda",
    signInWith: "username",
    mfa: "required",
    mfaFactors: ["totp"],
    selfSignUp: true,
    passwordPolicy: { minimumLength: 8, temporaryPasswordValidityDays: 7 },
  },
  client: {
    name: "create-user-pool-at-lambda-client",
    // The password never leaves the person's machine.
    authFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    tokenValidity: { refreshToken: "30 days" },
  },
};
