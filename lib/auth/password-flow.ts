import type { AppClient } from "./app-client.ts";
import type { CognitoClient } from "./client.ts";
import { conversation } from "./conversation.ts";
import type { Flow } from "./flow.ts";

/** USER_PASSWORD_AUTH: the password goes to Cognito itself, over TLS. The app client must allow the flow. */
export function passwordFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = conversation(client, app, username);
  return { begin: (password) => initiate("USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}

/**
 * ADMIN_USER_PASSWORD_AUTH: as above, but signed with AWS credentials that may cognito-idp:AdminInitiateAuth and
 * cognito-idp:AdminRespondToAuthChallenge. For servers, and for app clients that people cannot use by themselves.
 */
export function adminFlow(client: CognitoClient, app: AppClient, username: string): Flow {
  const { initiate, respond } = conversation(client, app, username, "administrator");
  return { begin: (password) => initiate("ADMIN_USER_PASSWORD_AUTH", { PASSWORD: password }), respond };
}
