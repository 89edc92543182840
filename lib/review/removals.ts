import { fold } from "../roster/formats.ts";
import type { Person } from "../roster/roster.ts";
import { attributesOf, type Former } from "./former.ts";

/** Someone whose line is gone, without having left. */
export interface Removal {
  readonly former: Former;
  /** The newcomer who seems to be the same person, under another key. */
  readonly renamed?: {
    readonly to: Person;
    /** spelling: Cognito takes the two names for one. attributes: the same address, number, or the same of everything. */
    readonly by: "spelling" | "attributes";
  };
}

export interface Departures {
  /** Lines that went although the person was active: Terraform would refuse to delete them. */
  readonly removed: readonly Removal[];
  /** People who were leaving and whose line is gone: they are deleted. `renamed` when they seem to come again. */
  readonly left: readonly Removal[];
}

/** Who was there before and is not in the roster any more, each beside the newcomer who may be the same person. */
export function departures(before: readonly Former[], people: readonly Person[]): Departures {
  const now = new Set(people.map(({ username }) => username));
  const known = new Set(before.map(({ username }) => username));
  const gone = before.filter(({ username }) => !now.has(username));
  const newcomers = indexed(people.filter(({ username }) => !known.has(username)));
  const removals = gone.map((former) => ({ former, ...renamedTo(former, newcomers) }));
  return {
    removed: removals.filter(({ former }) => !former.leaving),
    left: removals.filter(({ former }) => former.leaving),
  };
}

interface Newcomers {
  readonly bySpelling: ReadonlyMap<string, Person>;
  /** undefined where several have the same: then nobody can be meant by it. */
  readonly byTrait: ReadonlyMap<string, Person | undefined>;
}

function indexed(people: readonly Person[]): Newcomers {
  const byTrait = new Map<string, Person | undefined>();
  for (const person of people)
    for (const trait of traits(attributesOf(person)))
      byTrait.set(trait, byTrait.has(trait) ? undefined : person);
  return { bySpelling: new Map(people.map((person) => [fold(person.username), person])), byTrait };
}

function renamedTo(former: Former, { bySpelling, byTrait }: Newcomers): Pick<Removal, "renamed"> {
  const same = bySpelling.get(fold(former.username));
  if (same !== undefined) return { renamed: { to: same, by: "spelling" } };
  const alike = traits(former.attributes).flatMap((trait) => byTrait.get(trait) ?? []);
  return alike[0] === undefined ? {} : { renamed: { to: alike[0], by: "attributes" } };
}

/** What tells a person from others: the address, the number, and the rest together when a name is among it. */
function traits(attributes: Readonly<Record<string, string>>): string[] {
  const {
    email,
    phone_number: phone,
    email_verified: _,
    phone_number_verified: __,
    sub: ___,
    ...rest
  } = attributes;
  const bare = Object.entries(rest)
    .map(([name, value]) => `${name.replace(/^custom:/, "")}=${value}`)
    .sort();
  const named = ["name", "given_name", "family_name", "nickname"].some((name) => rest[name] !== undefined);
  return [
    ...(email === undefined ? [] : [`email ${fold(email)}`]),
    ...(phone === undefined ? [] : [`phone ${phone}`]),
    ...(named ? [`rest ${JSON.stringify(bare)}`] : []),
  ];
}
