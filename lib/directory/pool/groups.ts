import {
  type GroupType,
  ListGroupsCommand,
  ListUsersInGroupCommand,
  UpdateGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";

/** A group in the pool; unset values are absent. */
export interface PoolGroup {
  readonly name: string;
  readonly description?: string;
  /** Of several groups with a role, the lowest determines a person's role. 0 is valid too. */
  readonly precedence?: number;
  /** The IAM role that its members can assume through an identity pool. */
  readonly roleArn?: string;
}

export interface Memberships {
  /** Every group of the pool, including empty ones, sorted by name. */
  readonly groups: readonly PoolGroup[];
  /** The groups of each person, by Cognito's own username; people in no group are absent. */
  readonly of: ReadonlyMap<string, readonly string[]>;
}

export interface ListMembershipsOptions {
  readonly userPoolId: string;
  /** Called before each group, with its name. */
  readonly onProgress?: (group: string) => void;
  readonly signal?: AbortSignal;
}

/** Both operations return no more (API reference, QueryLimitType). */
const PAGE = 60;

/** Every group of the pool, sorted by name. ListGroups returns every detail, without a call for each. */
export async function listGroups(
  client: CognitoClient,
  { userPoolId, ...options }: { readonly userPoolId: string; readonly abortSignal?: AbortSignal },
): Promise<PoolGroup[]> {
  const groups = await allPages(async (NextToken) => {
    const command = new ListGroupsCommand({ UserPoolId: userPoolId, Limit: PAGE, NextToken });
    const page = await client.send(command, options);
    return { items: page.Groups ?? [], next: page.NextToken };
  });
  return groups.map(groupOf).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function groupOf({ GroupName: name = "", Description, Precedence, RoleArn }: GroupType): PoolGroup {
  return {
    name,
    ...(Description && { description: Description }),
    // The SDK returns null if a server sends it.
    ...(Precedence != null && { precedence: Precedence }),
    ...(RoleArn && { roleArn: RoleArn }),
  };
}

/**
 * Sets these groups' precedence to 0 if it differs: provider 5.100.0 treats 0 as "not set" and doesn't send it when it
 * creates a group, so the group that should come first would come last. Changes no other setting of theirs.
 * @param groups their names; those not in the pool are skipped
 * @returns the names of those that had to be changed
 * @throws what the SDK throws; `explainPoolFailure` explains it
 */
export async function putGroupsFirst(
  client: CognitoClient,
  { userPoolId, groups, signal }: PutGroupsFirstOptions,
): Promise<string[]> {
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const all = await listGroups(client, { userPoolId, ...aborting });
  const others = all.filter(({ name, precedence }) => groups.includes(name) && precedence !== 0);
  for (const { name, description, roleArn } of others) {
    const command = new UpdateGroupCommand({
      UserPoolId: userPoolId,
      GroupName: name,
      Precedence: 0,
      ...(description !== undefined && { Description: description }),
      ...(roleArn !== undefined && { RoleArn: roleArn }),
    });
    await client.send(command, aborting);
  }
  return others.map(({ name }) => name);
}

export interface PutGroupsFirstOptions {
  readonly userPoolId: string;
  readonly groups: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The members of each group: one request for every 60 of them, where asking by person (AdminListGroupsForUser) would take one
 * for each person.
 * @throws what the SDK throws; `explainPoolFailure` explains it
 */
export async function listMemberships(
  client: CognitoClient,
  { userPoolId, onProgress, signal }: ListMembershipsOptions,
): Promise<Memberships> {
  const aborting = signal === undefined ? {} : { abortSignal: signal };
  const groups = await listGroups(client, { userPoolId, ...aborting });
  const of = new Map<string, string[]>();
  for (const { name: GroupName } of groups) {
    onProgress?.(GroupName);
    const members = await allPages(async (NextToken) => {
      const page = await client.send(
        new ListUsersInGroupCommand({ UserPoolId: userPoolId, GroupName, Limit: PAGE, NextToken }),
        aborting,
      );
      return { items: page.Users ?? [], next: page.NextToken };
    });
    for (const { Username = "" } of members) of.set(Username, [...(of.get(Username) ?? []), GroupName]);
  }
  return { groups, of };
}

/** All pages of an operation that returns a pagination token. */
export async function allPages<Item>(
  page: (token: string | undefined) => Promise<{ items: readonly Item[]; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...items);
    token = next;
  } while (token);
  return all;
}
