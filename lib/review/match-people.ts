import type { DirectoryPerson } from "../directory/list-people.ts";
import { type NameRules, nameKey, rosterName } from "../directory/names.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./addresses.ts";

/** Someone of the state. */
export interface RecordedPerson {
  readonly username: string;
  /** At the address of people who are on their way out. */
  readonly leaving: boolean;
  readonly instance: StateInstance;
  /** Whom the pool has under that name. */
  readonly live?: DirectoryPerson;
  /** Whom the pool has with that `sub` under another name: the e-mail address was changed, and with it the name. */
  readonly elsewhere?: DirectoryPerson;
}

export interface MatchedPeople {
  readonly recorded: readonly RecordedPerson[];
  /** People of the pool whom the state does not know, by the names that a roster has for them. */
  readonly unknown: readonly { readonly name: string; readonly person: DirectoryPerson }[];
}

/** Who of the state is who in the pool: by name, for that is what Terraform asks for, else by `sub`. */
export function matchPeople(
  state: readonly StateInstance[],
  pool: readonly DirectoryPerson[],
  rules: NameRules,
): MatchedPeople {
  const same = nameKey(rules);
  const named = pool.map((person) => ({ name: rosterName(person, rules.signInWith), person }));
  const byName = new Map(named.map(({ name, person }) => [same(name), person]));
  const bySub = new Map(pool.map((person) => [person.sub, person]));
  const known = new Set<DirectoryPerson>();
  const recorded = state.flatMap((instance): RecordedPerson[] => {
    const person = personAt(instance);
    if (person === undefined) return [];
    const live = byName.get(same(person.username));
    const elsewhere = live === undefined ? bySub.get(String(instance.attributes.sub ?? "")) : undefined;
    for (const one of [live, elsewhere]) if (one !== undefined) known.add(one);
    return [{ ...person, instance, ...(live && { live }), ...(elsewhere && { elsewhere }) }];
  });
  return { recorded, unknown: named.filter(({ person }) => !known.has(person)) };
}
