import type { CognitoClient } from "../cognito/client.ts";
import { listMemberships, type Memberships, type PoolGroup } from "../directory/pool/groups.ts";
import {
  type DirectoryPerson,
  listPeople,
  type NameRules,
  nameKey,
  rosterName,
} from "../directory/pool/people.ts";
import type { DriftedMembership, DriftedSetting, UndeclaredGroup } from "../review/drift.ts";
import { personAt } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import { argumentsOf, blockOf, type Declarations } from "../stack/synth/group-blocks.ts";
import { membershipKey } from "../stack/synth/moved-blocks.ts";
import type { StateInstance } from "../terraform/state.ts";
import {
  type DriftOfPeople,
  driftOfPeople,
  type LetIn,
  type MatchedPeople,
  matchPeople,
} from "./find-drift.ts";

/** A person's membership of a group. */
export interface Membership {
  /** As in the roster. */
  readonly username: string;
  readonly group: string;
}

interface RecordedMembership extends Membership {
  readonly instance: StateInstance;
}

function membershipsIn(state: readonly StateInstance[]): RecordedMembership[] {
  return state.flatMap((instance) => {
    const { username, group_name: group } = instance.attributes;
    return instance.type === "aws_cognito_user_in_group" &&
      typeof username === "string" &&
      typeof group === "string"
      ? [{ username, group, instance }]
      : [];
  });
}

const keyOf = ({ username, group }: Membership) => JSON.stringify([username, group]);

/**
 * The memberships that adopted people already have in the pool, if the roster has them and the state doesn't. Provider
 * 5.100.0 can't import them, so a full plan would claim to create them.
 * @param adopted Cognito's own usernames, by the roster's
 */
export function existingMemberships(
  adopted: ReadonlyMap<string, string>,
  roster: readonly Person[],
  pool: Pick<Memberships, "of">,
  state: readonly StateInstance[],
): Membership[] {
  const recorded = new Set(membershipsIn(state).map(keyOf));
  return roster.flatMap(({ username, groups }) => {
    const own = adopted.get(username);
    const inPool = own === undefined ? [] : (pool.of.get(own) ?? []);
    return groups
      .filter((group) => inPool.includes(group))
      .map((group) => ({ username, group }))
      .filter((membership) => !recorded.has(keyOf(membership)));
  });
}

/**
 * Memberships in the state whose person or group is in neither the state nor the pool. Cognito deleted them with the person
 * or group, but Terraform would assume they still exist after recreating it. Likewise for a name that another account has
 * taken: its groups are unknown.
 * @param present people or groups that the pool has and the state doesn't
 * @param others usernames that other accounts have taken
 */
export function strandedMemberships(
  state: readonly StateInstance[],
  present: { readonly people: ReadonlySet<string>; readonly groups: ReadonlySet<string> },
  others: ReadonlySet<string> = new Set(),
): StateInstance[] {
  const people = new Set(state.flatMap((instance) => personAt(instance)?.username ?? []));
  const groups = new Set(
    state.flatMap(({ type, key }) => (type === "aws_cognito_user_group" ? [String(key)] : [])),
  );
  return membershipsIn(state)
    .filter(
      ({ username, group }) =>
        others.has(username) ||
        !(people.has(username) || present.people.has(username)) ||
        !(groups.has(group) || present.groups.has(group)),
    )
    .map(({ instance }) => instance);
}

/** People who are in the user pool but not in the state. */
export interface UnrecordedPeople {
  /** In the roster, under the same name: a create whose response was lost, or an apply that was killed. To be imported. */
  readonly people: readonly string[];
  /** Their own usernames in Cognito, by the roster's. */
  readonly usernames: ReadonlyMap<string, string>;
  /** Declared by no one: reported, and never touched. */
  readonly strangers: readonly string[];
  /** The strangers who signed up themselves and haven't confirmed. */
  readonly unconfirmed: readonly string[];
}

/** Separates people to adopt from strangers. */
function unrecordedPeople(
  { unknown }: Pick<MatchedPeople, "unknown">,
  roster: readonly Person[],
  rules: NameRules,
): UnrecordedPeople {
  // If the pool treats two spellings as one name, the import uses the roster's.
  const same = nameKey(rules);
  const inRoster = new Map(roster.map(({ username }) => [same(username), username]));
  const usernames = new Map<string, string>();
  const strangers: string[] = [];
  const unconfirmed: string[] = [];
  for (const { name, person } of unknown) {
    const listed = inRoster.get(same(name));
    if (listed !== undefined) usernames.set(listed, person.username);
    else {
      strangers.push(name);
      if (person.status === "UNCONFIRMED") unconfirmed.push(name);
    }
  }
  return { people: [...usernames.keys()], usernames, strangers: strangers.sort(), unconfirmed };
}

const groupsIn = (state: readonly StateInstance[]) =>
  new Map(
    state.flatMap((instance) =>
      instance.type === "aws_cognito_user_group" ? [[String(instance.key), instance] as const] : [],
    ),
  );

/** The pool's groups and their members, compared with the roster and the state. */
export interface GroupComparison {
  readonly memberships: readonly DriftedMembership[];
  /** Groups that the roster doesn't declare. */
  readonly undeclared: readonly UndeclaredGroup[];
  /** Roles, precedences and descriptions that differ from the state. */
  readonly settings: readonly DriftedSetting[];
  /**
   * Memberships that are in the state but not in the pool. They are removed from the state, so that a plan restores those in
   * the roster. Removing the others again would fail if the group is gone too (AdminRemoveUserFromGroup:
   * ResourceNotFoundException).
   */
  readonly lost: readonly StateInstance[];
  /** Memberships that were added by hand: they are added to the state, so that a plan removes them. */
  readonly given: readonly StateInstance[];
  /** Tainted in the state, but present in the pool. */
  readonly made: readonly StateInstance[];
  /** Groups with a member whom neither roster nor state puts there. */
  readonly inUse: ReadonlySet<string>;
}

interface GroupsToCompare {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly roster: readonly Person[];
  readonly declaredGroups: Declarations;
  readonly matched: MatchedPeople;
  readonly memberships: Memberships;
  readonly rules: NameRules;
}

/**
 * Compares group memberships. People who are gone, or whose name another account has taken, are skipped: they are reported
 * anyway.
 */
function compareGroups(options: GroupsToCompare): GroupComparison {
  const { userPoolId, state, roster, declaredGroups, matched, memberships: pool, rules } = options;
  const same = nameKey(rules);
  const listed = new Map(roster.map((person) => [same(person.username), person]));
  const recordedGroups = groupsIn(state);
  const recorded = new Map(membershipsIn(state).map((one) => [keyOf(one), one]));
  const named = new Map<string, string>([
    ...matched.unknown.map(({ name, person }) => [person.username, name] as const),
    ...matched.recorded.flatMap(({ username, live, elsewhere }) => {
      const there = live ?? elsewhere;
      return there === undefined ? [] : [[there.username, username] as const];
    }),
  ]);
  const drifted: DriftedMembership[] = [];
  const given: StateInstance[] = [];
  const made: StateInstance[] = [];
  const inUse = new Set<string>();
  const members = new Map<string, number>();
  const present = new Set<string>();
  for (const [own, groups] of pool.of) {
    const name = named.get(own);
    // In a group but in no list of people: created during the comparison.
    if (name === undefined) continue;
    const person = listed.get(same(name));
    for (const group of groups) {
      members.set(group, (members.get(group) ?? 0) + 1);
      const membership = { username: person?.username ?? name, group };
      const known = recorded.get(keyOf(membership));
      present.add(keyOf(membership));
      if (known?.instance.tainted) made.push(known.instance);
      if (person?.groups.includes(group) || known !== undefined) continue;
      inUse.add(group);
      if (person === undefined) drifted.push({ ...membership, what: "added", stranger: true });
      else {
        drifted.push({ ...membership, what: "added" });
        given.push(membershipInstance(userPoolId, membership));
      }
    }
  }
  const lost: StateInstance[] = [];
  const standing = new Set(matched.recorded.flatMap(({ username, live }) => (live ? [username] : [])));
  for (const { instance, ...membership } of recorded.values()) {
    const person = listed.get(same(membership.username));
    if (present.has(keyOf(membership)) || !standing.has(membership.username)) continue;
    const wanted = person?.groups.includes(membership.group) ?? false;
    // The missing group is reported, so its members needn't be.
    if (wanted && !pool.groups.some(({ name }) => name === membership.group)) continue;
    lost.push(instance);
    if (wanted && !instance.tainted) drifted.push({ ...membership, what: "removed" });
  }
  const wanted = new Set([...Object.keys(declaredGroups), ...roster.flatMap(({ groups }) => groups)]);
  return {
    memberships: drifted,
    undeclared: pool.groups
      .filter(({ name }) => !wanted.has(name) && !recordedGroups.has(name))
      .map(({ name, roleArn }) => ({ name, members: members.get(name) ?? 0, ...(roleArn && { roleArn }) })),
    settings: pool.groups.flatMap((group) =>
      groupDrift(group, recordedGroups.get(group.name), declaredGroups),
    ),
    lost,
    given,
    made,
    inUse,
  };
}

/** A membership as provider 5.100.0 records it. */
function membershipInstance(userPoolId: string, { username, group }: Membership): StateInstance {
  return {
    type: "aws_cognito_user_in_group",
    name: "memberships",
    key: membershipKey(username, group),
    attributes: {
      id: `${userPoolId}/${group}/${username}`,
      user_pool_id: userPoolId,
      group_name: group,
      username,
    },
  };
}

const GROUP_SETTINGS = [
  ["description", "description"],
  ["precedence", "precedence"],
  ["role_arn", "roleArn"],
] as const;

/** Which settings a deploy restores and which it leaves. The state writes "" and 0 for unset values. */
function groupDrift(
  group: PoolGroup,
  recorded: StateInstance | undefined,
  declared: Declarations,
): DriftedSetting[] {
  if (recorded === undefined) return [];
  const settings = GROUP_SETTINGS.flatMap(([name, own]) => {
    const [from, to] = [recorded.attributes[name] || undefined, group[own] || undefined];
    return from === to
      ? []
      : [
          {
            name,
            from: from === undefined ? "none" : String(from),
            to: to === undefined ? "none" : String(to),
          },
        ];
  });
  const set: readonly string[] = argumentsOf(blockOf(group.name, declared)) ?? [];
  const thing = { about: "group", label: group.name } as const;
  return [
    { ...thing, settings: settings.filter(({ name }) => set.includes(name)) },
    { ...thing, settings: settings.filter(({ name }) => !set.includes(name)), held: true as const },
  ].filter(({ settings }) => settings.length > 0);
}

export interface ComparePoolOptions extends NameRules {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly people: readonly Person[];
  /** Groups that config.ts declares, whether or not the roster names them. @default none */
  readonly declaredGroups?: Declarations;
  /** People whom a deploy may give access again. @default no one */
  readonly letIn?: LetIn;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of people so far, then with the group being read. */
  readonly onProgress?: (detail: string) => void;
}

/** The pool's people, compared with the state and the roster. */
export interface PoolComparison {
  /** In the pool and the roster but not in the state: to be imported. */
  readonly unrecorded: { readonly people: readonly string[]; readonly groups: readonly string[] };
  /** The groups that the people to be imported are already in. */
  readonly memberships: readonly Membership[];
  /** In the pool but declared by no one: reported, and never touched. */
  readonly strangers: readonly string[];
  /** The strangers who signed up themselves and haven't confirmed. @default none */
  readonly unconfirmed?: readonly string[];
  readonly drift: DriftOfPeople;
  readonly groups: GroupComparison;
  /** The account with this name of the roster, if there is one. */
  readonly accountOf: (username: string) => DirectoryPerson | undefined;
  readonly members: Memberships;
}

/** The comparison before the first deploy, when there is no pool. */
export const NO_POOL: PoolComparison = {
  unrecorded: { people: [], groups: [] },
  memberships: [],
  strangers: [],
  drift: { people: [], outdated: [], readdressed: [], gone: new Set() },
  groups: {
    memberships: [],
    undeclared: [],
    settings: [],
    lost: [],
    given: [],
    made: [],
    inUse: new Set(),
  },
  accountOf: () => undefined,
  members: { groups: [], of: new Map() },
};

/**
 * Compares the user pool with the state and the roster: ListUsers, 60 people a call; ListGroups; and ListUsersInGroup, 60
 * members of each group a call. None of these makes anyone a monthly active user ("Understanding user pool costs": people
 * count when they sign in, sign up, or are read or changed individually).
 * @throws what the SDK throws; `explainPoolFailure` (lib/cognito/explain-error.ts) explains it
 */
export async function comparePool(
  client: CognitoClient,
  options: ComparePoolOptions,
): Promise<PoolComparison> {
  const { userPoolId, state, people, declaredGroups = {}, letIn, signal, onProgress } = options;
  const aborting = signal === undefined ? {} : { signal };
  const found = await listPeople(client, {
    userPoolId,
    onProgress: (count) => onProgress?.(`${count} people`),
    ...aborting,
  });
  const matched = matchPeople(state, found, options);
  const { people: adopted, usernames, strangers, unconfirmed } = unrecordedPeople(matched, people, options);

  const memberships = await listMemberships(client, {
    userPoolId,
    onProgress: (group) => onProgress?.(`group ${group}`),
    ...aborting,
  });
  const same = nameKey(options);
  const accounts = new Map(found.map((person) => [same(rosterName(person, options.signInWith)), person]));
  const recordedGroups = groupsIn(state);
  const wanted = new Set([...Object.keys(declaredGroups), ...people.flatMap(({ groups }) => groups)]);
  return {
    unrecorded: {
      people: adopted,
      groups: memberships.groups.flatMap(({ name }) =>
        wanted.has(name) && !recordedGroups.has(name) ? [name] : [],
      ),
    },
    memberships: existingMemberships(usernames, people, memberships, state),
    strangers,
    ...(unconfirmed.length > 0 && { unconfirmed }),
    drift: driftOfPeople(matched.recorded, people, letIn),
    groups: compareGroups({
      userPoolId,
      state,
      roster: people,
      declaredGroups,
      matched,
      memberships,
      rules: options,
    }),
    accountOf: (username) => accounts.get(same(username)),
    members: memberships,
  };
}
