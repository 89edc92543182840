import {
  DescribeIdentityProviderCommand,
  DescribeUserPoolDomainCommand,
  type DomainDescriptionType,
  type IdentityProviderType,
  ListIdentityProvidersCommand,
  ListResourceServersCommand,
  type ResourceServerType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { allPages } from "./groups.ts";

export interface ServicesOptions {
  readonly userPoolId: string;
  readonly signal?: AbortSignal | undefined;
}

/** ListResourceServersLimitType: 50, and a pool has 25. ListProvidersLimitType: 60. */
const SERVERS_PAGE = 50;
const PROVIDERS_PAGE = 60;

/** The resource servers of a pool, with their scopes. */
export async function listResourceServers(
  client: CognitoClient,
  { userPoolId: UserPoolId, signal }: ServicesOptions,
): Promise<ResourceServerType[]> {
  return await allPages(async (NextToken) => {
    const command = new ListResourceServersCommand({ UserPoolId, MaxResults: SERVERS_PAGE, NextToken });
    const page = await client.send(command, signal && { abortSignal: signal });
    return { items: page.ResourceServers ?? [], next: page.NextToken };
  });
}

/** The names of the identity providers of a pool. */
export async function listIdentityProviders(
  client: CognitoClient,
  { userPoolId: UserPoolId, signal }: ServicesOptions,
): Promise<string[]> {
  return await allPages(async (NextToken) => {
    const command = new ListIdentityProvidersCommand({ UserPoolId, MaxResults: PROVIDERS_PAGE, NextToken });
    const page = await client.send(command, signal && { abortSignal: signal });
    const items = (page.Providers ?? []).flatMap(({ ProviderName }) => ProviderName ?? []);
    return { items, next: page.NextToken };
  });
}

/** The services beside a pool. */
export interface PoolServices {
  /** A custom domain takes precedence; undefined for a pool without one. */
  readonly domain: DomainDescriptionType | undefined;
  readonly resourceServers: readonly ResourceServerType[];
  /** With their secrets, which are never written to a file. */
  readonly identityProviders: readonly IdentityProviderType[];
}

/**
 * Reads the services beside a pool: one call for each identity provider, and two or three more.
 * @throws what the SDK throws
 */
export async function describeServices(
  client: CognitoClient,
  { Domain, CustomDomain }: UserPoolType,
  options: ServicesOptions,
): Promise<PoolServices> {
  const { userPoolId: UserPoolId, signal } = options;
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const name = CustomDomain ?? Domain;
  const described =
    name === undefined
      ? undefined
      : await client.send(new DescribeUserPoolDomainCommand({ Domain: name }), aborting);
  const resourceServers = await listResourceServers(client, options);
  const identityProviders: IdentityProviderType[] = [];
  for (const ProviderName of await listIdentityProviders(client, options)) {
    const found = await client.send(
      new DescribeIdentityProviderCommand({ UserPoolId, ProviderName }),
      aborting,
    );
    if (found.IdentityProvider !== undefined) identityProviders.push(found.IdentityProvider);
  }
  return { domain: described?.DomainDescription, resourceServers, identityProviders };
}
