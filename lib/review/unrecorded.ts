import { type NameRules, nameKey } from "../directory/names.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import type { MatchedPeople } from "./match-people.ts";

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
export function unrecordedPeople(
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

/** The groups that the roster names and the state does not have: to be imported where the pool has them. */
export function unrecordedGroups(state: readonly StateInstance[], roster: readonly Person[]): Set<string> {
  const recorded = new Set(
    state.flatMap(({ type, key }) => (type === "aws_cognito_user_group" ? [String(key)] : [])),
  );
  return new Set(roster.flatMap(({ groups }) => groups).filter((group) => !recorded.has(group)));
}
