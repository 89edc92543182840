import type { CognitoClient } from "../cognito/client.ts";
import { listGroups, listMemberships, type Memberships } from "../directory/pool/groups.ts";
import { listPeople, type NameRules, nameKey } from "../directory/pool/people.ts";
import { personAt } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import { type DriftOfPeople, driftOfPeople, type MatchedPeople, matchPeople } from "./find-drift.ts";

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

/** The groups that are declared or named by the roster, and that the state does not have: to be imported where the pool has them. */
function unrecordedGroups(
  state: readonly StateInstance[],
  roster: readonly Person[],
  declared: readonly string[],
): Set<string> {
  const recorded = new Set(
    state.flatMap(({ type, key }) => (type === "aws_cognito_user_group" ? [String(key)] : [])),
  );
  const wanted = [...declared, ...roster.flatMap(({ groups }) => groups)];
  return new Set(wanted.filter((group) => !recorded.has(group)));
}

export interface ComparePoolOptions extends NameRules {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly people: readonly Person[];
  /** The groups that config.ts declares. @default those that the roster names are all there are */
  readonly declared?: readonly string[];
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
}

/** Before the first deploy there is no pool to look at. */
export const NO_POOL: PoolComparison = {
  unrecorded: { people: [], groups: [] },
  memberships: [],
  strangers: [],
  drift: { people: [], outdated: [], readdressed: [] },
};

/**
 * Compares the user pool with the state and the roster by one pass of ListUsers: 60 people a call, and nobody becomes a monthly
 * active user by it. ListGroups only when a group is to be created, ListUsersInGroup only when somebody with groups is adopted.
 * @throws what the SDK throws; `explainPoolFailure` (lib/cognito/explain-error.ts) has the words
 */
export async function comparePool(
  client: CognitoClient,
  options: ComparePoolOptions,
): Promise<PoolComparison> {
  const { userPoolId, state, people, declared = [], signal, onProgress } = options;
  const aborting = signal === undefined ? {} : { signal };
  const found = await listPeople(client, {
    userPoolId,
    onProgress: (count) => onProgress?.(`${count} people`),
    ...aborting,
  });
  const matched = matchPeople(state, found, options);
  const { people: adopted, usernames, strangers } = unrecordedPeople(matched, people, options);

  const wanted = unrecordedGroups(state, people, declared);
  const inGroups = people.some(({ username, groups }) => usernames.has(username) && groups.length > 0);
  const groups = inGroups
    ? await listMemberships(client, { userPoolId, onProgress: (group) => onProgress?.(group), ...aborting })
    : {
        of: new Map<string, readonly string[]>(),
        groups:
          wanted.size === 0
            ? []
            : await listGroups(client, { userPoolId, ...(signal && { abortSignal: signal }) }),
      };
  return {
    unrecorded: {
      people: adopted,
      groups: groups.groups.flatMap(({ name }) => (wanted.has(name) ? name : [])),
    },
    memberships: existingMemberships(usernames, people, groups, state),
    strangers,
    drift: driftOfPeople(matched.recorded, people),
  };
}
