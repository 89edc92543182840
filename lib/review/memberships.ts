import type { Memberships } from "../directory/list-groups.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./addresses.ts";

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
