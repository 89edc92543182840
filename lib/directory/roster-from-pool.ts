import { fold } from "../roster/formats.ts";
import type { RosterRules } from "../roster/roster.ts";
import type { Memberships } from "./list-groups.ts";
import type { DirectoryPerson } from "./list-people.ts";
import { rosterName } from "./names.ts";
import { type LeftOut, type NamedEntry, type RosterEntry, writeRoster } from "./roster-text.ts";

export interface PoolRoster {
  /** users.json */
  readonly text: string;
  /** Their names in the roster, sorted. */
  readonly people: readonly string[];
  /** Groups with somebody of the roster in it, sorted. */
  readonly groups: readonly string[];
  /** How many memberships the roster holds. */
  readonly memberships: number;
  readonly leftOut: readonly LeftOut[];
  /** Whose phone number counts as not verified now: the roster has no word for that, and a deploy verifies it. */
  readonly unverifiedPhones: readonly string[];
  /** Of whom the pool does not say whether the address is verified: the roster does. */
  readonly unsaidEmails: readonly string[];
}

/** Writes the people of a pool as a roster. Whom it can't hold is left out, with the reason; the pool keeps them untouched. */
export function rosterFromPool(
  people: readonly DirectoryPerson[],
  memberships: Pick<Memberships, "of">,
  rules: RosterRules,
): PoolRoster {
  const sameName = new Map<string, number>();
  for (const person of people) {
    const name = fold(rosterName(person, rules.signInWith));
    sameName.set(name, (sameName.get(name) ?? 0) + 1);
  }
  const refused: LeftOut[] = [];
  const accepted: NamedEntry[] = [];
  for (const person of people) {
    const { username } = person;
    const name = rosterName(person, rules.signInWith);
    const reason = whyNot(person, rules, sameName.get(fold(name)) ?? 1);
    if (reason !== undefined) refused.push({ username, name, reason });
    else accepted.push({ username, name, entry: entryOf(person, rules, memberships.of.get(username)) });
  }
  const { text, written, leftOut } = writeRoster(accepted, rules);

  const inRoster = new Map(written.map(({ username, name }) => [username, name]));
  const namesOf = (which: (attributes: DirectoryPerson["attributes"]) => boolean) =>
    people.flatMap(({ username, attributes }) => {
      const name = inRoster.get(username);
      return name !== undefined && which(attributes) ? [name] : [];
    });
  const groups = written.flatMap(({ entry }) => entry.groups ?? []);
  return {
    text,
    people: written.map(({ name }) => name),
    groups: [...new Set(groups)].sort(),
    memberships: groups.length,
    leftOut: [...refused, ...leftOut],
    unverifiedPhones: namesOf((has) => Boolean(has.phone_number) && has.phone_number_verified !== "true"),
    unsaidEmails: namesOf((has) => Boolean(has.email) && has.email_verified === undefined),
  };
}

function whyNot(person: DirectoryPerson, rules: RosterRules, sameName: number): string | undefined {
  const { status, attributes } = person;
  if (status === "EXTERNAL_PROVIDER") {
    return "signs in through an external identity provider: Cognito creates such accounts by itself";
  }
  if (rules.signInWith === "email" && !attributes.email) {
    return "has no e-mail address, which is the username in this pool";
  }
  if (sameName > 1) {
    const others = sameName === 2 ? "another person" : `${sameName - 1} other people`;
    return `shares the ${rules.signInWith === "email" ? "e-mail address" : "username, but for its letter case,"} with ${others}`;
  }
  return undefined;
}

/** Attributes that are fields of the person in a roster. */
const FIELDS = new Set(["email", "email_verified", "phone_number", "phone_number_verified"]);

function entryOf(
  { attributes, enabled }: DirectoryPerson,
  { signInWith }: RosterRules,
  groups: readonly string[] = [],
): RosterEntry {
  const others = Object.entries(attributes)
    // Cognito takes an empty one for none.
    .filter(([name, value]) => !FIELDS.has(name) && value !== "")
    .map(([name, value]) => [name.replace(/^custom:/, ""), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { email, phone_number: phone } = attributes;
  const byUsername = signInWith === "username";
  return {
    ...(others.length > 0 && { attributes: Object.fromEntries(others) }),
    ...(byUsername && email && { email }),
    ...(phone && { phone }),
    ...(email && attributes.email_verified !== "true" && { emailVerified: false }),
    ...(groups.length > 0 && { groups }),
    ...(!enabled && { enabled: false }),
    // The rules ask for it; it says nothing to somebody who exists already.
    ...(byUsername && !email && { invite: "none" as const }),
  };
}
