import type { CognitoClient } from "../auth/client.ts";
import { listGroups, listMemberships } from "../directory/list-groups.ts";
import { listPeople } from "../directory/list-people.ts";
import type { NameRules } from "../directory/names.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import { type DriftOfPeople, driftOfPeople } from "./drift-of-people.ts";
import { matchPeople } from "./match-people.ts";
import { existingMemberships, type Membership } from "./memberships.ts";
import { unrecordedGroups, unrecordedPeople } from "./unrecorded.ts";

export interface LookOptions extends NameRules {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly people: readonly Person[];
  readonly signal?: AbortSignal | undefined;
  /** Told how many people are known so far, then which group is read. */
  readonly onProgress?: (detail: string) => void;
}

/** The people of the user pool, beside those of the state and of the roster. */
export interface Look {
  /** What exists, is in the roster, and is not in the state: to be imported. */
  readonly unrecorded: { readonly people: readonly string[]; readonly groups: readonly string[] };
  /** Of the people to be imported: the groups that they are in already. */
  readonly memberships: readonly Membership[];
  /** In the pool, and nobody declared them: reported, and never touched. */
  readonly strangers: readonly string[];
  readonly drift: DriftOfPeople;
}

/** Before the first deploy there is no pool to look at. */
export const NOTHING_SEEN: Look = {
  unrecorded: { people: [], groups: [] },
  memberships: [],
  strangers: [],
  drift: { people: [], outdated: [], readdressed: [] },
};

/**
 * Compares the user pool with the state and the roster by one pass of ListUsers: 60 people a call, and nobody becomes a monthly
 * active user by it. ListGroups only when a group is to be created, ListUsersInGroup only when somebody with groups is adopted.
 * @throws what the SDK throws; `explainPoolFailure` (lib/directory/failure.ts) has the words
 */
export async function lookAtPool(client: CognitoClient, options: LookOptions): Promise<Look> {
  const { userPoolId, state, people, signal, onProgress } = options;
  const aborting = signal === undefined ? {} : { signal };
  const found = await listPeople(client, {
    userPoolId,
    onProgress: (count) => onProgress?.(`${count} people`),
    ...aborting,
  });
  const matched = matchPeople(state, found, options);
  const { people: adopted, usernames, strangers } = unrecordedPeople(matched, people, options);

  const wanted = unrecordedGroups(state, people);
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
    unrecorded: { people: adopted, groups: groups.groups.filter((group) => wanted.has(group)) },
    memberships: existingMemberships(usernames, people, groups, state),
    strangers,
    drift: driftOfPeople(matched.recorded, people),
  };
}
