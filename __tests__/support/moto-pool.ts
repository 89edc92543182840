import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
} from "@aws-sdk/client-cognito-identity-provider";
import { startMoto } from "./moto.ts";

export const TEMPORARY = "Temporary-pass-1!";
export const NEW = "Correct-horse-77!";
export const WEAK = "weak-and-short";

export interface MotoPool {
  readonly endpoint: string;
  readonly userPoolId: string;
  readonly clientId: string;
  /** Empty where the client has none. */
  readonly clientSecret: string;
  /** All that a command needs to speak to this pool; no AWS credentials, for a person signing in has none. */
  readonly env: Record<string, string>;
  readonly admin: CognitoIdentityProviderClient;
  invite(username: string): Promise<void>;
  statusOf(username: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

/**
 * A pool with the strict policy and a public client on a moto of its own. moto refuses what Cognito refuses (wrong passwords,
 * weak passwords, foreign sessions); cognito-local accepts them.
 * @param settings of the pool and of the client, beyond these
 */
export async function startMotoPool(
  settings: {
    pool?: Partial<CreateUserPoolCommandInput>;
    client?: Partial<CreateUserPoolClientCommandInput>;
  } = {},
): Promise<MotoPool> {
  const { endpoint, stop } = await startMoto();
  const admin = new CognitoIdentityProviderClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { UserPool } = await admin.send(
    new CreateUserPoolCommand({
      PoolName: "people",
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        },
      },
      ...settings.pool,
    }),
  );
  const userPoolId = UserPool?.Id ?? "";
  const { UserPoolClient } = await admin.send(
    new CreateUserPoolClientCommand({
      UserPoolId: userPoolId,
      ClientName: "app",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      ...settings.client,
    }),
  );
  const clientId = UserPoolClient?.ClientId ?? "";
  const clientSecret = UserPoolClient?.ClientSecret ?? "";
  return {
    endpoint,
    userPoolId,
    clientId,
    clientSecret,
    admin,
    stop,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: "/nonexistent",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
      COGNITO_USER_POOL_ID: userPoolId,
      COGNITO_CLIENT_ID: clientId,
    },
    async invite(username) {
      const command = { UserPoolId: userPoolId, Username: username, TemporaryPassword: TEMPORARY };
      await admin.send(new AdminCreateUserCommand({ ...command, MessageAction: "SUPPRESS" }));
    },
    async statusOf(username) {
      return (await admin.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username })))
        .UserStatus;
    },
  };
}
