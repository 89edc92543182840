import type { CognitoClient } from "../cognito/client.ts";
import { describeClients, listClients } from "../directory/pool/clients.ts";
import type { UndeclaredClient } from "../review/drift.ts";
import type { StateInstance } from "../terraform/state.ts";

/** The pool's undeclared app clients. */
export interface ClientsFound {
  readonly clients: readonly UndeclaredClient[];
  /** Lookups that weren't permitted, in sentences. */
  readonly notices: readonly string[];
}

export const NO_CLIENTS: ClientsFound = { clients: [], notices: [] };

/** Beyond this number, clients are named but not read: each takes a call, and Cognito allows five a second. */
const DESCRIBED = 20;

export interface UndeclaredClientsOptions {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * App clients of the pool that aren't in the state: people can sign in through them, and no config.ts describes them. One
 * call for every 60 clients, and one for each undeclared one.
 * @throws what the SDK throws, unless the permission is missing, or an emulator lacks the call
 */
export async function undeclaredClients(
  client: CognitoClient,
  { userPoolId, state, signal }: UndeclaredClientsOptions,
): Promise<ClientsFound> {
  const known = new Set(
    state.flatMap(({ type, attributes: { id } }) =>
      type === "aws_cognito_user_pool_client" ? [String(id)] : [],
    ),
  );
  try {
    const found = (await listClients(client, { userPoolId, signal })).filter(({ id }) => !known.has(id));
    const clients: UndeclaredClient[] = [];
    for (const [index, one] of found.entries()) {
      clients.push(index < DESCRIBED ? await describe(one) : { ...one, allows: [] });
    }
    return { clients: clients.sort((a, b) => (a.name < b.name ? -1 : 1)), notices: [] };
  } catch (error) {
    const { name } = error as Error;
    if (name === "AccessDeniedException")
      return {
        clients: [],
        notices: [
          "Could not check for app clients that config.ts doesn't declare: the permission cognito-idp:ListUserPoolClients or cognito-idp:DescribeUserPoolClient is missing (docs/iam).",
        ],
      };
    if (name === "Unsupported") return NO_CLIENTS; // Only cognito-local responds so.
    throw error;
  }

  async function describe(one: { readonly id: string; readonly name: string }): Promise<UndeclaredClient> {
    const [found = {}] = await describeClients(client, [one.id], { userPoolId, signal });
    const flows = [...(found.ExplicitAuthFlows ?? []), ...(found.AllowedOAuthFlows ?? [])];
    return { ...one, allows: [...flows, ...(found.CallbackURLs ?? [])] };
  }
}
