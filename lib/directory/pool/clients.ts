import {
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  type UserPoolClientType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";

export interface PoolClients {
  readonly userPoolId: string;
  readonly signal?: AbortSignal | undefined;
}

/** The API's limit (ListUserPoolClients, MaxResults). */
const PAGE = 60;

export interface ListedClient {
  readonly id: string;
  readonly name: string;
}

/** The app clients of a pool: one call for every 60. */
export async function listClients(
  client: CognitoClient,
  { userPoolId: UserPoolId, signal }: PoolClients,
): Promise<ListedClient[]> {
  const found: ListedClient[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListUserPoolClientsCommand({ UserPoolId, MaxResults: PAGE, NextToken }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    for (const { ClientId: id, ClientName: name = "" } of page.UserPoolClients ?? [])
      if (id !== undefined) found.push({ id, name });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** One call for each client. */
export async function describeClients(
  client: CognitoClient,
  ids: readonly string[],
  { userPoolId: UserPoolId, signal }: PoolClients,
): Promise<UserPoolClientType[]> {
  const found: UserPoolClientType[] = [];
  for (const ClientId of ids) {
    const { UserPoolClient } = await client.send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    if (UserPoolClient !== undefined) found.push(UserPoolClient);
  }
  return found;
}
