import {
  GetTokensFromRefreshTokenCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../cognito/client.ts";
import { cannotAnswer } from "./challenges.ts";
import { isRefreshFlowRefused } from "./classify-error.ts";
import { explainFailure } from "./explain-error.ts";
import { stepOf } from "./flows.ts";
import { type AppClient, secretHash } from "./secret-hash.ts";
import { type Tokens, tokensOf } from "./tokens.ts";

export interface RefreshOptions extends AppClient {
  readonly username: string;
  readonly refreshToken: string;
  /** Cognito's own username, which a secret hash needs: the sub where people sign in by e-mail. @default username */
  readonly ownUsername?: string | undefined;
  /** Key of the token's device, in a user pool that tracks devices. @default none */
  readonly deviceKey?: string | undefined;
}

export interface RefreshResult {
  /** With the refresh token to use from now on: the same one, unless it was rotated. */
  readonly tokens: Tokens;
  /** The app client rotates refresh tokens: the given one ends, at once or after its grace period. */
  readonly rotated: boolean;
}

/**
 * Exchanges a refresh token for new tokens: by REFRESH_TOKEN_AUTH or, where rotation forbids it, GetTokensFromRefreshToken.
 * @throws UserError for everything the user can fix
 */
export async function refresh(client: CognitoClient, options: RefreshOptions): Promise<RefreshResult> {
  const { refreshToken, deviceKey } = options;
  try {
    const tokens = await byAuthFlow(client, options).catch((error: unknown) => {
      if (!isRefreshFlowRefused(error)) throw error;
      return byOperation(client, options);
    });
    const rotated = tokens.refreshToken !== undefined && tokens.refreshToken !== refreshToken;
    return {
      tokens: { refreshToken, ...(deviceKey === undefined ? {} : { deviceKey }), ...tokens },
      rotated,
    };
  } catch (error) {
    throw explainFailure(error, { ...options, command: "refresh" });
  }
}

async function byAuthFlow(client: CognitoClient, options: RefreshOptions): Promise<Tokens> {
  const { clientId, username, ownUsername = username, refreshToken, deviceKey } = options;
  const step = stepOf(
    await client.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: {
          REFRESH_TOKEN: refreshToken,
          ...(deviceKey === undefined ? {} : { DEVICE_KEY: deviceKey }),
          ...secretHash(options, ownUsername),
        },
      }),
    ),
  );
  if ("challenge" in step) throw cannotAnswer(step.challenge);
  return step.tokens;
}

async function byOperation(client: CognitoClient, options: RefreshOptions): Promise<Tokens> {
  const { AuthenticationResult } = await client.send(
    new GetTokensFromRefreshTokenCommand({
      ClientId: options.clientId,
      RefreshToken: options.refreshToken,
      ...(options.deviceKey === undefined ? {} : { DeviceKey: options.deviceKey }),
      ...(options.clientSecret === undefined ? {} : { ClientSecret: options.clientSecret }),
    }),
  );
  return tokensOf(AuthenticationResult);
}

export interface SignOutOptions extends AppClient {
  readonly username: string;
}

/**
 * Revokes a refresh token and every access token issued from it. Other devices stay signed in.
 * @throws UserError for everything the user can fix
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
 * Revokes all of the person's refresh and access tokens, on every device. Id tokens stay valid until they expire.
 * @throws UserError for everything the user can fix
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
