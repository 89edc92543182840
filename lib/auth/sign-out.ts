import { GlobalSignOutCommand, RevokeTokenCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { AppClient } from "./app-client.ts";
import type { CognitoClient } from "./client.ts";
import { explainFailure } from "./failure.ts";

export interface SignOutOptions extends AppClient {
  readonly username: string;
}

/**
 * Revokes a refresh token, and with it every access token that came from it. Other devices stay signed in.
 * @throws UserError in words for everything that a person can mend
 */
export async function revokeToken(
  client: CognitoClient,
  options: SignOutOptions & { readonly refreshToken: string },
): Promise<void> {
  try {
    await client.send(
      new RevokeTokenCommand({
        Token: options.refreshToken,
        ClientId: options.clientId,
        ...(options.clientSecret === undefined ? {} : { ClientSecret: options.clientSecret }),
      }),
    );
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-out" });
  }
}

/**
 * Revokes all of the person's refresh and access tokens, on every device. Id tokens stay valid until they end by themselves.
 * @throws UserError in words for everything that a person can mend
 */
export async function signOutEverywhere(
  client: CognitoClient,
  options: SignOutOptions & { readonly accessToken: string },
): Promise<void> {
  try {
    await client.send(new GlobalSignOutCommand({ AccessToken: options.accessToken }));
  } catch (error) {
    throw explainFailure(error, { ...options, command: "sign-out" });
  }
}
