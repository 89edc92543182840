import type { Settings } from "../../lib/stack/settings.ts";

/** People whom ops decides on: usernames that happen to be addresses, and initial passwords that ops chooses. */
export const config: Settings = {
  stack: "cognito-roster",
  roster: "users.json",
  pool: {
    name: "my-first-user-pool",
    // A plain username: the address in it is an attribute of its own, in users.json too.
    signInWith: "username",
    passwordPolicy: { minimumLength: 8, temporaryPasswordValidityDays: 30 },
  },
  client: {
    name: "my-first-user-pool-client",
    authFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    tokenValidity: { refreshToken: "30 days" },
  },
};
