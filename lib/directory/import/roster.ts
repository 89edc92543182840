import { UserError } from "../../errors.ts";
import { spaced } from "../../roster/edit-json.ts";
import { fold } from "../../roster/formats.ts";
import { explainGroup } from "../../roster/names.ts";
import { parseRoster } from "../../roster/parse.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { ATTRIBUTE_WORDS, nameAttribute } from "../../roster/sign-in-names.ts";
import type { Memberships } from "../pool/groups.ts";
import { type DirectoryPerson, rosterName } from "../pool/people.ts";

/** A person as in users.json; defaults are omitted. */
export interface RosterEntry {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly email?: string;
  readonly phone?: string;
  readonly emailVerified?: false;
  readonly phoneVerified?: false;
  readonly groups?: readonly string[];
  readonly enabled?: false;
  readonly invite?: "none";
}

/** A person whom a roster can't hold, and why. */
export interface LeftOut {
  /** Cognito's own username. */
  readonly username: string;
  /** The person's name in a roster. */
  readonly name: string;
  readonly reason: string;
}

export interface NamedEntry {
  /** The person's key in the roster. */
  readonly name: string;
  /** Cognito's own username. */
  readonly username: string;
  readonly entry: RosterEntry;
}

/**
 * Writes a roster that `npm run check` accepts, one person a line, sorted by name so that rosters can be compared. People
 * whom the rules refuse are left out, with the rule's message.
 */
function writeRoster(
  entries: readonly NamedEntry[],
  rules: RosterRules,
): { readonly text: string; readonly written: readonly NamedEntry[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  let left = entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (;;) {
    const text = textOf(left);
    const problems = left.length === 0 ? [] : parseRoster(text, "users.json", rules).problems;
    if (problems.length === 0) return { text, written: left, leftOut };
    const reasons = new Map<NamedEntry | undefined, string>();
    for (const { location, message } of problems) {
      const entry = left[(location.line ?? 0) - FIRST_LINE];
      if (!reasons.has(entry)) reasons.set(entry, message);
    }
    const refused = left.filter((entry) => reasons.has(entry));
    // A problem that belongs to no person would recur forever: a bug of ours.
    if (refused.length === 0) throw new Error(`The imported roster is not valid: ${problems[0]?.message}`);
    for (const entry of refused) {
      const { username, name } = entry;
      leftOut.push({ username, name, reason: reasons.get(entry) ?? "" });
    }
    left = left.filter((entry) => !reasons.has(entry));
  }
}

/** The line of the first person. */
const FIRST_LINE = 4;

function textOf(entries: readonly NamedEntry[]): string {
  const people = entries.map(({ name, entry }) => `    ${JSON.stringify(name)}: ${spaced(entry)}`);
  return `{\n  "$schema": "./users.schema.json",\n  "users": {\n${people.join(",\n")}\n  }\n}\n`;
}

export interface PoolRoster {
  /** users.json */
  readonly text: string;
  /** Their names in the roster, sorted. */
  readonly people: readonly string[];
  /** Groups with members in the roster, sorted. */
  readonly groups: readonly string[];
  /** How many memberships the roster holds. */
  readonly memberships: number;
  readonly leftOut: readonly LeftOut[];
  /** Groups with members that no roster can name, sorted; they stay in the pool with their members. */
  readonly leftOutGroups: readonly string[];
  /** People whose number counts as not verified, because the pool doesn't say. */
  readonly unsaidPhones: readonly string[];
  /** People whose address counts as not verified, because the pool doesn't say. */
  readonly unsaidEmails: readonly string[];
}

/** Writes a pool's people as a roster. People it can't hold are left out, with the reason; the pool keeps them unchanged. */
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
  const everyGroup = new Set([...memberships.of.values()].flat());
  const unnameable = new Set([...everyGroup].filter((group) => explainGroup(group) !== undefined));
  const refused: LeftOut[] = [];
  const accepted: NamedEntry[] = [];
  for (const person of people) {
    const { username } = person;
    const name = rosterName(person, rules.signInWith);
    const reason = whyLeftOut(person, rules, sameName.get(fold(name)) ?? 1);
    if (reason !== undefined) refused.push({ username, name, reason });
    else {
      // A group that no roster can name is no reason to leave its members out.
      const named = (memberships.of.get(username) ?? []).filter((group) => !unnameable.has(group));
      accepted.push({ username, name, entry: entryOf(person, rules, named) });
    }
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
    leftOutGroups: [...unnameable].sort(),
    unsaidPhones: namesOf((has) => Boolean(has.phone_number) && has.phone_number_verified === undefined),
    unsaidEmails: namesOf((has) => Boolean(has.email) && has.email_verified === undefined),
  };
}

/**
 * Why a roster can't hold this person, judging by the account alone; undefined if it can.
 * @param sameName how many people in the pool have the name. @default 1
 */
export function whyLeftOut(person: DirectoryPerson, rules: RosterRules, sameName = 1): string | undefined {
  const { status, attributes } = person;
  if (status === "EXTERNAL_PROVIDER") {
    return "signs in through an external identity provider: Cognito creates such accounts itself";
  }
  const attribute = nameAttribute(rules.signInWith);
  if (attribute !== undefined && !attributes[attribute]) {
    return `has no ${ATTRIBUTE_WORDS[attribute]}, which is the username in this pool`;
  }
  if (sameName > 1) {
    const others = sameName === 2 ? "another person" : `${sameName - 1} other people`;
    return `shares the ${attribute === undefined ? "username, but for its letter case," : ATTRIBUTE_WORDS[attribute]} with ${others}`;
  }
  return undefined;
}

/** Attributes that are separate fields in a roster. */
const FIELDS = new Set(["email", "email_verified", "phone_number", "phone_number_verified"]);

/** A person of the pool as a roster entry. */
export function entryOf(
  { attributes, enabled }: DirectoryPerson,
  { signInWith, sendsSms }: RosterRules,
  groups: readonly string[],
): RosterEntry {
  const others = Object.entries(attributes)
    // Cognito treats an empty value as unset.
    .filter(([name, value]) => !FIELDS.has(name) && value !== "")
    .map(([name, value]) => [name.replace(/^custom:/, ""), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { email, phone_number: phone } = attributes;
  // The rules require it; it has no effect on an existing account.
  const uninvited = signInWith === "phone" ? sendsSms === false : signInWith === "username" && !email;
  return {
    ...(others.length > 0 && { attributes: Object.fromEntries(others) }),
    ...(signInWith !== "email" && email && { email }),
    ...(signInWith !== "phone" && phone && { phone }),
    ...(email && attributes.email_verified !== "true" && { emailVerified: false }),
    ...(phone && attributes.phone_number_verified !== "true" && { phoneVerified: false as const }),
    ...(groups.length > 0 && { groups }),
    ...(!enabled && { enabled: false }),
    ...(uninvited && { invite: "none" as const }),
  };
}

/**
 * @param next what to do instead
 * @throws UserError for an empty roster, which no command accepts: deploying it would delete everyone
 */
export function refuseNobody({ people, leftOut }: PoolRoster, next: readonly string[]): void {
  if (people.length > 0) return;
  const [first] = leftOut;
  throw new UserError("No one in the pool can be put into a roster", {
    ...(first && { why: `${leftOut.length} left out; the first, ${first.name}, ${first.reason}.` }),
    next,
  });
}
