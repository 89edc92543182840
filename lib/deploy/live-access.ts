import type { CognitoClient } from "../cognito/client.ts";
import { describeClients, listClients } from "../directory/pool/clients.ts";
import type { PoolGroup } from "../directory/pool/groups.ts";
import { type NameRules, nameKey, readPeople, rosterName } from "../directory/pool/people.ts";
import type { ClientAccess, Entitlements } from "../review/entitlements.ts";
import { quote } from "../roster/redact.ts";
import type { GroupSettings } from "../stack/settings.ts";

/** The parts of a pool that determine access. */
export interface LiveAccess {
  readonly people: readonly {
    /** As the roster would name them. */
    readonly username: string;
    readonly enabled: boolean;
    readonly groups: readonly string[];
  }[];
  readonly groups: readonly PoolGroup[];
  readonly clients: readonly { readonly name: string; readonly scopes: readonly string[] }[];
}

export interface LiveAccessOptions {
  readonly userPoolId: string;
  readonly names: NameRules;
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads the access that the user pool grants: one request for every 60 people and members of a group, and one for each app
 * client. Changes nothing and makes no one a monthly active user.
 * @throws what the SDK throws; `explainPoolFailure` explains it
 */
export async function readLiveAccess(
  client: CognitoClient,
  { userPoolId, names, onProgress, signal }: LiveAccessOptions,
): Promise<LiveAccess> {
  const aborting = signal === undefined ? {} : { signal };
  const { people, memberships } = await readPeople(client, { userPoolId, onProgress, ...aborting });
  onProgress("Reading app clients");
  const listed = await listClients(client, { userPoolId, ...aborting });
  const ids = listed.map(({ id }) => id);
  const clients = await describeClients(client, ids, { userPoolId, ...aborting });
  return {
    people: people.map((person) => ({
      username: rosterName(person, names.signInWith),
      enabled: person.enabled,
      groups: memberships.of.get(person.username) ?? [],
    })),
    groups: memberships.groups,
    clients: clients.map(({ ClientName = "", AllowedOAuthScopes = [] }) => ({
      name: ClientName,
      scopes: AllowedOAuthScopes,
    })),
  };
}

/**
 * How the pool's access differs from roster and config.ts, one sentence each: people first, then groups and app clients.
 * @param declared everyone, even if only one person is asked about
 * @param groups `groups` of config.ts. @default only the roster names groups, and their roles are unknown
 * @param scopes of each app client, as config.ts has them
 * @param only limits people to this one. @default everyone
 */
export function liveDifferences(
  declared: Entitlements,
  live: LiveAccess,
  { groups, scopes, names, only }: DeclaredAccess,
): string[] {
  const key = nameKey(names);
  const found = new Map(live.people.map((person) => [key(person.username), person]));
  const expected = new Set(declared.people.map(({ username }) => key(username)));
  const isAsked = (username: string) => only === undefined || key(username) === key(only);
  const listed = (all: readonly string[]) => all.map((one) => quote(one)).join(", ");
  return [
    ...declared.people.flatMap(({ username, status, groups: wanted }) => {
      if (!isAsked(username)) return [];
      const person = found.get(key(username));
      const who = quote(username);
      if (person === undefined) return [`${who} is in the roster, and not in the pool`];
      const has = new Set(person.groups);
      const [more, less] = [
        person.groups.filter((group) => !wanted.some(({ name }) => name === group)),
        wanted.flatMap(({ name }) => (has.has(name) ? [] : [name])),
      ];
      return [
        ...(person.enabled && status !== "active"
          ? [`${who} is ${status} in the roster, and enabled in the pool`]
          : []),
        ...(!person.enabled && status === "active"
          ? [`${who} is disabled in the pool, and not in the roster`]
          : []),
        ...(more.length > 0 ? [`${who} is in ${listed(more)} in the pool, and not in the roster`] : []),
        ...(less.length > 0 ? [`${who} is in ${listed(less)} in the roster, and not in the pool`] : []),
      ];
    }),
    ...live.people
      .filter(({ username }) => !expected.has(key(username)) && isAsked(username))
      .map(({ username, enabled, groups: has }) => {
        const state = enabled ? "" : ", disabled";
        return `${quote(username)} is in the pool, and not in the roster${state}${has.length > 0 ? `: in ${listed(has)}` : ""}`;
      }),
    ...(groups === undefined ? [] : groupDifferences(groups, live.groups)),
    ...clientDifferences(scopes, live.clients),
  ];
}

export interface DeclaredAccess {
  readonly groups?: Readonly<Record<string, GroupSettings>> | undefined;
  readonly scopes: readonly Pick<ClientAccess, "name" | "scopes">[];
  readonly names: NameRules;
  readonly only?: string | undefined;
}

function groupDifferences(
  declared: Readonly<Record<string, GroupSettings>>,
  live: readonly PoolGroup[],
): string[] {
  return live.flatMap(({ name, roleArn, precedence }) => {
    const who = `the group ${quote(name)}`;
    if (!Object.hasOwn(declared, name)) {
      return [
        `${who} is in the pool, and not in config.ts${roleArn === undefined ? "" : `: it gives the role ${roleArn}`}`,
      ];
    }
    const said = declared[name] ?? {};
    return [
      ...(roleArn === said.roleArn
        ? []
        : [`${who} gives ${roleWords(roleArn)} in the pool, and ${roleWords(said.roleArn)} in config.ts`]),
      ...(precedence === said.precedence
        ? []
        : [`${who} has ${order(precedence)} in the pool, and ${order(said.precedence)} in config.ts`]),
    ];
  });
}

const roleWords = (arn: string | undefined) => (arn === undefined ? "no role" : `the role ${arn}`);
const order = (precedence: number | undefined) =>
  precedence === undefined ? "no precedence" : `the precedence ${precedence}`;

function clientDifferences(declared: DeclaredAccess["scopes"], live: LiveAccess["clients"]): string[] {
  return live.flatMap(({ name, scopes }) => {
    const own = declared.find((one) => one.name === name);
    const who = `the app client ${quote(name)}`;
    if (own === undefined) {
      return [
        `${who} is in the pool, and not in config.ts${scopes.length > 0 ? `: its scopes are ${scopes.join(" ")}` : ""}`,
      ];
    }
    const [more, less] = [without(scopes, own.scopes), without(own.scopes, scopes)];
    return [
      ...(more.length > 0 ? [`${who} has ${more.join(" ")} in the pool, and not in config.ts`] : []),
      ...(less.length > 0 ? [`${who} has ${less.join(" ")} in config.ts, and not in the pool`] : []),
    ];
  });
}

const without = (all: readonly string[], others: readonly string[]) =>
  all.filter((one) => !others.includes(one));
