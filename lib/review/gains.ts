import type { Person } from "../roster/roster.ts";
import { clientKeyAt } from "../stack/clients.ts";
import { argumentsOf } from "../stack/synth/group-blocks.ts";
import { counted } from "../text/words.ts";
import { block, textIn } from "./differences.ts";
import { type ClientAccess, type GroupGrant, rolesOf, tokenAccess } from "./entitlements.ts";
import { personIn } from "./person.ts";
import { type Plan, parseAddress, type ResourceChange } from "./plan.ts";

/** One thing that a person can do. */
export interface Grant {
  /** `preferred role`: the one of several that tokens name as `cognito:preferred_role`. */
  readonly what: "role" | "preferred role" | "sign-in" | "scope";
  /** The role's ARN, the client's place in config.ts, or the scope. */
  readonly name: string;
  /** Of a scope: the client whose tokens have it, as config.ts names it. */
  readonly client?: string;
}

/** What the same people can do after the plan and could not before, and the other way round. */
export interface AccessChange {
  /** Sorted. */
  readonly people: readonly string[];
  readonly gains: readonly Grant[];
  readonly loses: readonly Grant[];
}

/** Of the roster, the people whom a plan of a part leaves out: they are as they were deployed. */
export interface Beside {
  readonly people: readonly Pick<Person, "username" | "groups" | "enabled" | "leaving">[];
  /** Whether the plan is of a part. @default it has everyone */
  readonly partial?: boolean;
}

/** The plan's `before` is what the state has, its `after` what the deploy leaves. */
type When = "before" | "after";

/**
 * What a plan changes of what people can do: IAM roles by groups and by signing in, app clients and their scopes. Only of people who can sign
 * in before and after it: of the others the review says that they join, leave, return or are disabled. Groups themselves stand in the
 * review as memberships.
 *
 * A client whose flows or scopes are only known after the deploy is left out, on both sides.
 * @param plan with what stays as it is, which a plan has
 * @returns those with the same change together, the fewest people first; none where nothing changes
 */
export function accessChanges(
  { resource_changes: all }: Plan,
  beside: Beside = { people: [] },
): AccessChange[] {
  const managed = all.filter(({ mode }) => mode === "managed");
  const unclear = new Set(managed.filter(isUnclear).map(({ address }) => address));
  const before = sideOf("before", managed, beside, unclear);
  const after = sideOf("after", managed, beside, unclear);
  const found = new Map<string, { people: string[]; gains: Grant[]; loses: Grant[] }>();
  for (const username of [...after.active].sort()) {
    if (!before.active.has(username)) continue;
    const [had, has] = [grantsOf(before, username), grantsOf(after, username)];
    const gains = missingIn(had, has).filter(
      ({ what }, _, gained) => what !== "preferred role" || rolesAmong(has) > 1 || !gained.some(isRole),
    );
    const lost = missingIn(has, had);
    const loses = lost.filter(
      ({ what, name }) => what !== "preferred role" || !lost.some((one) => isRole(one) && one.name === name),
    );
    if (gains.length + loses.length === 0) continue;
    const key = JSON.stringify([gains, loses]);
    const same = found.get(key) ?? { people: [], gains, loses };
    same.people.push(username);
    found.set(key, same);
  }
  return [...found.values()].sort((a, b) => a.people.length - b.people.length);
}

const isRole = ({ what }: Grant) => what === "role";
const rolesAmong = (grants: ReadonlyMap<string, Grant>) => [...grants.values()].filter(isRole).length;
const missingIn = (one: ReadonlyMap<string, Grant>, other: ReadonlyMap<string, Grant>) =>
  [...other].flatMap(([key, grant]) => (one.has(key) ? [] : grant));

/** What decides access, before or after. */
interface Side {
  /** People who can sign in. */
  readonly active: ReadonlySet<string>;
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
  readonly grants: ReadonlyMap<string, GroupGrant>;
  /** The identity pool's role of everyone who signs in. */
  readonly everyones: readonly string[];
  readonly clients: readonly ClientAccess[];
}

function sideOf(
  when: When,
  managed: readonly ResourceChange[],
  { people, partial = false }: Beside,
  unclear: ReadonlySet<string>,
): Side {
  const active = new Set<string>();
  const groupsOf = new Map<string, string[]>();
  const grants = new Map<string, GroupGrant>();
  const everyones: string[] = [];
  const clients: ClientAccess[] = [];
  const planned = new Set<string>();
  const join = (username: string, group: string) =>
    groupsOf.set(username, [...(groupsOf.get(username) ?? []), group]);
  for (const one of managed) {
    const { type, change } = one;
    const values = change[when];
    const person = personIn(one);
    if (person !== undefined) planned.add(person.username);
    if (type === MEMBERSHIP) planned.add(pairOf(change.after ?? change.before));
    if (values == null) continue;
    if (person !== undefined && values.enabled !== false) active.add(person.username);
    if (type === MEMBERSHIP) join(textIn(values, "username") ?? "", textIn(values, "group_name") ?? "");
    if (type === "aws_cognito_user_group") grants.set(textIn(values, "name") ?? "", grantOf(when, one));
    if (type === "aws_cognito_identity_pool_roles_attachment") {
      const role = textIn(values.roles, "authenticated");
      const unknown = when === "after" && isUnknown(change.after_unknown?.roles, "authenticated");
      if (role !== undefined || unknown) everyones.push(role ?? LATER);
    }
    const client = unclear.has(one.address) ? undefined : clientOf(when, one);
    if (client !== undefined) clients.push(client);
  }
  for (const { username, groups, enabled, leaving } of people) {
    // Memberships that exist already are left out of an adopting plan as well.
    for (const group of groups) {
      if (!planned.has(JSON.stringify([username, group]))) join(username, group);
    }
    if (partial && !planned.has(username) && enabled && !leaving) active.add(username);
  }
  return { active, groupsOf, grants, everyones, clients };
}

const MEMBERSHIP = "aws_cognito_user_in_group";

const pairOf = (values: unknown) =>
  JSON.stringify([textIn(values, "username") ?? "", textIn(values, "group_name") ?? ""]);

const LATER = "(known after the deploy)";

const isUnknown = (mark: unknown, name: string) => mark === true || block(mark)?.[name] === true;

/** A precedence of 0 that no setting declares is how a state may have none. */
function grantOf(
  when: When,
  { name: place, previous_address: previous, change }: ResourceChange,
): GroupGrant {
  const values = change[when];
  const stood = when === "before" && previous !== undefined ? parseAddress(previous)?.name : undefined;
  const isDeclared = argumentsOf(stood ?? place)?.includes("precedence") ?? true;
  const { precedence } = values ?? {};
  const role = textIn(values, "role_arn");
  const isLater = when === "after" && change.after_unknown?.role_arn === true;
  return {
    ...(typeof precedence === "number" && (precedence > 0 || isDeclared) && { precedence }),
    ...((role !== undefined || isLater) && { roleArn: role ?? LATER }),
  };
}

const CLIENT = "aws_cognito_user_pool_client";

/** Of a client that is planned, what decides how people get in and with which scopes. */
const DECIDING = [
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
  "allowed_oauth_scopes",
  "explicit_auth_flows",
  "supported_identity_providers",
];

const isUnclear = ({ type, change }: ResourceChange) =>
  // A list may have one scope that is only known later.
  type === CLIENT &&
  DECIDING.some((name) => JSON.stringify(change.after_unknown?.[name] ?? false).includes("true"));

/** @returns undefined for what is no client of config.ts, or a machine's */
function clientOf(when: When, { address, previous_address: previous, change }: ResourceChange) {
  const section = sectionAt(address) ?? sectionAt(previous ?? "");
  const values = change[when];
  if (section === undefined || values == null) return undefined;
  const list = (name: string) => (Array.isArray(values[name]) ? (values[name] as string[]) : []);
  const flows = list("allowed_oauth_flows");
  if (flows.includes("client_credentials")) return undefined;
  const hasPages = values.allowed_oauth_flows_user_pool_client === true && flows.length > 0;
  return {
    client: section,
    name: textIn(values, "name") ?? "",
    ...tokenAccess({
      onPages: hasPages && list("supported_identity_providers").includes("COGNITO"),
      flows: list("explicit_auth_flows"),
      scopes: list("allowed_oauth_scopes"),
    }),
  };
}

function sectionAt(address: string): string | undefined {
  const key = clientKeyAt(address);
  return key === null ? undefined : key === undefined ? "client" : `clients.${key}`;
}

/** By a text that identifies each. */
function grantsOf(side: Side, username: string): Map<string, Grant> {
  const roles = rolesOf(side.groupsOf.get(username) ?? [], side.grants);
  const grants: Grant[] = [
    ...[...roles.map(({ arn }) => arn), ...side.everyones].map((name) => ({ what: "role" as const, name })),
    ...roles.flatMap(({ arn, preferred }) =>
      preferred ? [{ what: "preferred role" as const, name: arn }] : [],
    ),
    ...side.clients.flatMap(({ client, by, scopes }): Grant[] =>
      by.length === 0
        ? []
        : [
            { what: "sign-in", name: client },
            ...scopes.map((name) => ({ what: "scope" as const, name, client })),
          ],
    ),
  ];
  return new Map(grants.map((grant) => [JSON.stringify(Object.values(grant)), grant]));
}

/** So many sentences are shown; more people than these are named by their first ones. */
const SHOWN = 10;
const NAMED = 3;

/** The same in sentences: "hanako@example.com gains: role X, scope Y; loses: scope Z". */
export function accessSentences(changes: readonly AccessChange[]): string[] {
  const count = changes.reduce((sum, { people }) => sum + people.length, 0);
  const each =
    count <= SHOWN
      ? changes.flatMap(({ people, ...change }) => people.map((one) => ({ people: [one], ...change })))
      : changes;
  const left = each.slice(SHOWN).reduce((sum, { people }) => sum + people.length, 0);
  return [
    ...each.slice(0, SHOWN).map(sentence),
    ...(left > 0
      ? [
          `${counted(left, "more person gains or loses", "more people gain or lose")} access: --json lists them`,
        ]
      : []),
  ];
}

function sentence({ people, gains, loses }: AccessChange): string {
  const isOne = people.length === 1;
  const more = people.length - NAMED;
  const names = people.slice(0, NAMED).join(", ");
  const who = more > 0 ? `${names} and ${counted(more, "more person", "more people")}` : names;
  return `${who} ${[
    ...(gains.length > 0 ? [`${isOne ? "gains" : "gain"}: ${gains.map(words).join(", ")}`] : []),
    ...(loses.length > 0 ? [`${isOne ? "loses" : "lose"}: ${loses.map(words).join(", ")}`] : []),
  ].join("; ")}`;
}

function words({ what, name, client }: Grant): string {
  if (what === "sign-in") return `sign-in through ${name}`;
  if (what === "preferred role") return `${name} as the preferred role`;
  return what === "role" ? `role ${name}` : `scope ${name}${client === "client" ? "" : ` in ${client}`}`;
}
