import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  ListUserPoolClientsCommand,
  type UserPoolClientType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";
import { UserError } from "../errors.ts";

/** A pool's settings, as Cognito has them. */
export interface PoolDescription {
  readonly pool: UserPoolType;
  readonly mfa: GetUserPoolMfaConfigResponse;
  /** Undefined for a pool without any. */
  readonly client: UserPoolClientType | undefined;
}

export interface DescribePoolOptions {
  readonly userPoolId: string;
  /** @default the pool's only client */
  readonly clientId?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Reads the settings of a pool and of one of its app clients.
 * @throws UserError (exit 2) when the pool has several clients and none is named; what the SDK throws
 */
export async function describePool(
  client: CognitoClient,
  { userPoolId: UserPoolId, clientId, signal }: DescribePoolOptions,
): Promise<PoolDescription> {
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }), aborting);
  const mfa = await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId }), aborting);
  const ClientId = clientId ?? (await onlyClient());
  const described =
    ClientId === undefined
      ? undefined
      : await client.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }), aborting);
  return { pool: UserPool ?? {}, mfa, client: described?.UserPoolClient };

  async function onlyClient(): Promise<string | undefined> {
    const { UserPoolClients: found = [] } = await client.send(
      new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 60 }),
      aborting,
    );
    if (found.length <= 1) return found[0]?.ClientId;
    throw new UserError(`The user pool ${UserPoolId} has several app clients`, {
      why: "This package looks after one; the others stay as they are.",
      next: found.map(({ ClientId: id, ClientName: name }) => `--client-id ${id}   (${name})`),
      exitCode: 2,
    });
  }
}
