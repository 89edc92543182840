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
  /** Cognito's own name for the person, which a secret hash needs: the sub where people sign in by e-mail. @default username */
  readonly ownUsername?: string | undefined;
  /** Of the device that the token belongs to, in a user pool that tracks devices. @default none */
  readonly deviceKey?: string | undefined;
}

export interface RefreshResult {
  /** With the refresh token that is good from now on: the same one, unless it was replaced. */
  readonly tokens: Tokens;
  /** The app client rotates refresh tokens: the one that was given ends, at once or after its grace period. */
  readonly rotated: boolean;
}

/**
 * New tokens for a refresh token: by REFRESH_TOKEN_AUTH, or, where rotation forbids that, GetTokensFromRefreshToken.
 * @throws UserError in words for everything that a person can mend
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
