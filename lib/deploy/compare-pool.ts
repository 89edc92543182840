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

/** That somebody is in a group. */
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
 * The memberships that people who are adopted have in the pool already, as far as the roster says them and the state does not.
 * Provider 5.100.0 can't import them: a plan of the whole would say that they are to be created.
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
 * Memberships of the state whose person, or whose group, is neither in the state nor in the pool. They went with them, and
 * Terraform does not know: with the person or the group created anew, it would think that they are there. The same goes for
 * somebody whose name is another account's by now: of its groups, nothing is known.
 * @param present who or what the pool has that the state has not
 * @param others usernames that are other accounts' by now
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

/** People whom the user pool has and the state does not. */
export interface UnrecordedPeople {
  /** In the roster, and named as there: a create whose answer was lost, or an apply that was killed. To be imported. */
  readonly people: readonly string[];
  /** Cognito's own usernames of these, by the roster's. */
  readonly usernames: ReadonlyMap<string, string>;
  /** Nobody declared them: reported, and never touched. */
  readonly strangers: readonly string[];
}

/** Tells who is to be adopted from who is a stranger. */
function unrecordedPeople(
  { unknown }: Pick<MatchedPeople, "unknown">,
  roster: readonly Person[],
  rules: NameRules,
): UnrecordedPeople {
  // Where the pool takes two spellings for one name, the import uses the roster's.
  const same = nameKey(rules);
  const inRoster = new Map(roster.map(({ username }) => [same(username), username]));
  const usernames = new Map<string, string>();
  const strangers: string[] = [];
  for (const { name, person } of unknown) {
    const listed = inRoster.get(same(name));
    if (listed === undefined) strangers.push(name);
    else usernames.set(listed, person.username);
  }
  return { people: [...usernames.keys()], usernames, strangers: strangers.sort() };
}

const groupsIn = (state: readonly StateInstance[]) =>
  new Map(
    state.flatMap((instance) =>
      instance.type === "aws_cognito_user_group" ? [[String(instance.key), instance] as const] : [],
    ),
  );

/** Who is in the groups of the pool, beside what the roster and the state say. */
export interface GroupComparison {
  readonly memberships: readonly DriftedMembership[];
  /** That nobody declared. */
  readonly undeclared: readonly UndeclaredGroup[];
  /** Role, precedence and description, where they are not as recorded. */
  readonly settings: readonly DriftedSetting[];
  /**
   * Memberships of the state that the pool has not: they leave the state, so that a plan puts back whom a line names. Taking out
   * the rest a second time would fail where the group is gone, too (AdminRemoveUserFromGroup: ResourceNotFoundException).
   */
  readonly lost: readonly StateInstance[];
  /** Memberships that were given by hand: they come into the state, so that a plan takes them back. */
  readonly given: readonly StateInstance[];
  /** Half-made, and there. */
  readonly made: readonly StateInstance[];
  /** Groups with members whom nobody declared. */
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

/** Compares who is in which group. People who are another account by now, or gone, are passed over: they are told anyway. */
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
    // In a group, and in no list of people: created while we were looking.
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
    // With a group that is missing, whoever is to be in it is told by the group.
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

/** As provider 5.100.0 records one. */
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

/** What a deploy puts back, and what it leaves. The state writes "" and 0 for what is not set. */
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
  /** What config.ts declares, whether or not the roster names it. @default none */
  readonly declaredGroups?: Declarations;
  /** Whom a deploy may let in again. @default nobody */
  readonly letIn?: LetIn;
  readonly signal?: AbortSignal | undefined;
  /** Called with how many people are known so far, then with the group that is read. */
  readonly onProgress?: (detail: string) => void;
}

/** The people of the user pool, beside those of the state and of the roster. */
export interface PoolComparison {
  /** What exists, is in the roster, and is not in the state: to be imported. */
  readonly unrecorded: { readonly people: readonly string[]; readonly groups: readonly string[] };
  /** Of the people to be imported: the groups that they are in already. */
  readonly memberships: readonly Membership[];
  /** In the pool, and nobody declared them: reported, and never touched. */
  readonly strangers: readonly string[];
  readonly drift: DriftOfPeople;
  readonly groups: GroupComparison;
  /** The account that has a name of the roster, as far as there is one. */
  readonly accountOf: (username: string) => DirectoryPerson | undefined;
  readonly members: Memberships;
}

/** Before the first deploy there is no pool to look at. */
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
 * members of each group a call. Nobody becomes a monthly active user by any of them ("Understanding user pool costs": who
 * signs in, signs up, or is read or changed one by one).
 * @throws what the SDK throws; `explainPoolFailure` (lib/cognito/explain-error.ts) has the words
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
  const { people: adopted, usernames, strangers } = unrecordedPeople(matched, people, options);

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
