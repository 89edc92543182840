import type { Person } from "../roster/roster.ts";
import { clientsOf, type DeclaredClient, signsPeopleIn } from "../stack/clients.ts";
import { authFlowsOf, IDENTITY_PROVIDERS_WITH_OAUTH, OAUTH } from "../stack/defaults.ts";
import type { RoleRule } from "../stack/identity-pool.ts";
import type { ClientSettings, GroupSettings, Settings } from "../stack/settings.ts";

/** The settings that decide what a person can do. */
export type AccessSettings = Pick<Settings, "groups" | "client" | "clients" | "identityPool">;

/** What being in a group gives. */
export type GroupGrant = Pick<GroupSettings, "precedence" | "roleArn">;

/** An IAM role that a person can assume. */
export interface RoleGrant {
  readonly arn: string;
  /** The groups that give it, by name; empty if signing in is enough. */
  readonly groups: readonly string[];
  /** The one that tokens name as `cognito:preferred_role`. */
  readonly preferred: boolean;
}

/** An app client, and what its tokens are valid for. */
export interface ClientAccess {
  /** Its place in config.ts: `client`, or `clients.web`. */
  readonly client: string;
  /** The name in the console. */
  readonly name: string;
  /** How people sign in: `pages` are Cognito's own, `api` the app's form, `machine` the client's secret. */
  readonly by: readonly ("pages" | "api" | "machine")[];
  /** Those of the access token. */
  readonly scopes: readonly string[];
}

export type AccessStatus = "active" | "disabled" | "leaving";

/** What one person can do. A disabled or leaving person can do nothing; what they would have is listed all the same. */
export interface PersonAccess {
  readonly username: string;
  readonly status: AccessStatus;
  /** In order of priority: the lowest precedence first. */
  readonly groups: readonly ({ readonly name: string } & GroupGrant)[];
  readonly roles: readonly RoleGrant[];
  readonly clients: readonly ClientAccess[];
}

/** Who can do what. */
export interface Entitlements {
  readonly people: readonly PersonAccess[];
  /** App clients that get tokens without a person (the client_credentials grant). */
  readonly machines: readonly ClientAccess[];
}

/** What the token of a sign-in by the API is valid for, whatever the client's scopes are (developer guide, "Scopes, M2M"). */
const SELF_SERVICE = "aws.cognito.signin.user.admin";

/**
 * Who can do what, by the roster and config.ts alone: AWS isn't called.
 * @param people as they are in the roster, or were in another one
 */
export function entitlementsOf(
  settings: AccessSettings,
  people: readonly Pick<Person, "username" | "groups" | "enabled" | "leaving">[],
): Entitlements {
  const grants = new Map<string, GroupGrant>(Object.entries(settings.groups ?? {}));
  const declared = clientsOf(settings);
  const clients = declared.filter((one) => signsPeopleIn(one.settings)).map(clientAccess);
  const open = clients.filter(({ by }) => by.length > 0);
  const everybodys = signedInRoles(settings).map((arn) => ({ arn, groups: [], preferred: false }));
  return {
    people: people.map(({ username, groups, enabled, leaving }) => ({
      username,
      status: leaving ? "leaving" : enabled ? "active" : "disabled",
      groups: inOrder(groups, grants),
      roles: [...rolesOf(groups, grants), ...everybodys],
      clients: open,
    })),
    machines: declared.filter((one) => !signsPeopleIn(one.settings)).map(clientAccess),
  };
}

/**
 * The IAM role that the identity pool has for everyone who signs in and has no other; `roleNotes` has what is not known.
 */
function signedInRoles({ identityPool }: AccessSettings): readonly string[] {
  return identityPool?.authenticatedRoleArn === undefined ? [] : [identityPool.authenticatedRoleArn];
}

/**
 * What a roster can't answer of the identity pool's roles, in sentences: which one a deploy creates, and which depend on the token.
 * @returns none for settings without an identity pool, or where groups and one known role decide
 */
export function roleNotes({ identityPool }: AccessSettings): string[] {
  if (identityPool === undefined) return [];
  const { authenticatedRoleArn, roleRules, otherwise } = identityPool;
  return [
    ...(authenticatedRoleArn === undefined
      ? [
          "The identity pool's role for everyone who signs in is created by the deploy and has no permissions of its own. Its ARN is not in config.ts: terraform state show aws_iam_role.identity_authenticated",
        ]
      : []),
    ...(roleRules === undefined
      ? []
      : [
          `The identity pool chooses roles by claims of the token, not by the roles of groups. Who gets them depends on the token: ${roleRules.map(ruleWords).join("; ")}`,
        ]),
    ...(otherwise === "deny"
      ? ["The identity pool gives no credentials to people whose role isn't clear from the token"]
      : []),
  ];
}

const ruleWords = ({ claim, match = "Equals", value, roleArn }: RoleRule) =>
  `${roleArn} where ${claim} ${match} ${JSON.stringify(value)}`;

/** Groups without a precedence come last, as in Cognito (API reference, CreateGroup). */
function inOrder(groups: readonly string[], grants: ReadonlyMap<string, GroupGrant>): PersonAccess["groups"] {
  return groups
    .map((name) => {
      const { precedence, roleArn } = grants.get(name) ?? {};
      return {
        name,
        ...(precedence !== undefined && { precedence }),
        ...(roleArn !== undefined && { roleArn }),
      };
    })
    .sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

const place = ({ precedence = Number.POSITIVE_INFINITY }: GroupGrant) => precedence;

/**
 * The IAM roles that these groups give, each once. The preferred one is the role with the lowest precedence. If two groups with
 * the same precedence give two roles, tokens name none (API reference, GroupType).
 */
export function rolesOf(groups: readonly string[], grants: ReadonlyMap<string, GroupGrant>): RoleGrant[] {
  const giving = inOrder(groups, grants).filter(({ roleArn }) => roleArn !== undefined);
  const byRole = new Map<string, string[]>();
  for (const { name, roleArn = "" } of giving) byRole.set(roleArn, [...(byRole.get(roleArn) ?? []), name]);
  const [first] = giving;
  const lowest = giving.filter((one) => first !== undefined && place(one) === place(first));
  const isOne = new Set(lowest.map(({ roleArn }) => roleArn)).size === 1;
  return [...byRole].map(([arn, names]) => ({
    arn,
    groups: names,
    preferred: isOne && arn === first?.roleArn,
  }));
}

/** How an app client lets people in, and with which scopes. `asIs` wins, as in a deploy. */
function clientAccess({ section, settings }: DeclaredClient): ClientAccess {
  const { name, oauth, clientCredentials, asIs = {} } = settings;
  const scopes = scopesOf(settings);
  if (clientCredentials !== undefined) return { client: section, name, by: ["machine"], scopes };
  const flows = asIs.explicitAuthFlows ?? authFlowsOf(settings);
  const providers =
    asIs.supportedIdentityProviders ?? settings.identityProviders ?? IDENTITY_PROVIDERS_WITH_OAUTH;
  const onPages = (oauth !== undefined || scopes.length > 0) && providers.includes("COGNITO");
  return { client: section, name, ...tokenAccess({ onPages, flows, scopes }) };
}

/**
 * How people get in through a client, and what their tokens are good for.
 * @param client.flows the client's `ExplicitAuthFlows`
 * @param client.scopes those that it may ask for, on the pages
 */
export function tokenAccess({
  onPages,
  flows,
  scopes,
}: {
  readonly onPages: boolean;
  readonly flows: readonly string[];
  readonly scopes: readonly string[];
}): Pick<ClientAccess, "by" | "scopes"> {
  // Leaving COGNITO out of the providers only closes the pages, not the API (API reference, CreateUserPoolClient).
  const byApi = flows.some((flow) => !flow.endsWith("REFRESH_TOKEN_AUTH"));
  return {
    by: [...(onPages ? (["pages"] as const) : []), ...(byApi ? (["api"] as const) : [])],
    scopes: [...new Set([...(onPages ? scopes : []), ...(byApi ? [SELF_SERVICE] : [])])],
  };
}

/** The question: at most one of them. */
export interface AccessQuery {
  readonly person?: string | undefined;
  readonly group?: string | undefined;
  readonly role?: string | undefined;
  readonly scope?: string | undefined;
}

/** The part that answers a question: the people who have it and, for a scope, the machines. */
export function answering(all: Entitlements, { person, group, role, scope }: AccessQuery): Entitlements {
  const people = all.people.filter(
    (one) =>
      (person === undefined || one.username === person) &&
      (group === undefined || one.groups.some(({ name }) => name === group)) &&
      (role === undefined || one.roles.some(({ arn }) => arn === role)) &&
      (scope === undefined || one.clients.some(({ scopes }) => scopes.includes(scope))),
  );
  const asked = person ?? group ?? role;
  const machines = all.machines.filter(
    ({ scopes }) => asked === undefined && (scope === undefined || scopes.includes(scope)),
  );
  return { people, machines };
}

/** Every name that can be asked about. */
export function knownNames(
  { people, machines }: Entitlements,
  settings: AccessSettings,
): Readonly<Record<keyof AccessQuery, readonly string[]>> {
  const groups = settings.groups ?? {};
  const clients = [...clientsOf(settings).map(clientAccess), ...machines];
  return {
    person: people.map(({ username }) => username),
    group: [
      ...new Set([...Object.keys(groups), ...people.flatMap((one) => one.groups.map(({ name }) => name))]),
    ],
    role: [
      ...new Set([
        ...Object.values(groups).flatMap(({ roleArn }) => roleArn ?? []),
        ...signedInRoles(settings),
        // Who gets these is in no roster, but asking for one is no mistake.
        ...(settings.identityPool?.roleRules ?? []).map(({ roleArn }) => roleArn),
      ]),
    ],
    scope: [...new Set(clients.flatMap(({ scopes }) => scopes))],
  };
}

/** The scopes of each app client as Cognito stores them: without the one that the API always gives. */
export function declaredScopes(
  settings: AccessSettings,
): { readonly name: string; readonly scopes: readonly string[] }[] {
  return clientsOf(settings).map(({ settings: client }) => ({ name: client.name, scopes: scopesOf(client) }));
}

function scopesOf({ oauth, clientCredentials, asIs = {} }: ClientSettings): readonly string[] {
  const said = asIs.allowedOauthScopes ?? clientCredentials?.scopes;
  return said ?? (oauth === undefined ? [] : (oauth.scopes ?? OAUTH.scopes));
}
