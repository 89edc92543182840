import { UserError } from "../../errors.ts";
import { fold } from "../../roster/formats.ts";
import { explainGroup } from "../../roster/names.ts";
import { parseRoster } from "../../roster/parse.ts";
import type { RosterRules } from "../../roster/roster.ts";
import type { Memberships } from "../pool/groups.ts";
import { type DirectoryPerson, rosterName } from "../pool/people.ts";

/** A person as users.json has them; what equals the default is left out. */
export interface RosterEntry {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly email?: string;
  readonly phone?: string;
  readonly emailVerified?: false;
  readonly groups?: readonly string[];
  readonly enabled?: false;
  readonly invite?: "none";
}

/** Somebody whom a roster can't hold, and why. */
export interface LeftOut {
  /** Cognito's own username. */
  readonly username: string;
  /** The name that the person would have in the roster. */
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
 * Writes a roster that `npm run check` accepts, a person a line, sorted by name so that a later one can be compared with it.
 * Whom the rules refuse is left out, with the rule's own words.
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
    // A problem that is nobody's would come back for ever: a defect of ours.
    if (refused.length === 0) throw new Error(`The written roster is refused: ${problems[0]?.message}`);
    for (const entry of refused) {
      const { username, name } = entry;
      leftOut.push({ username, name, reason: reasons.get(entry) ?? "" });
    }
    left = left.filter((entry) => !reasons.has(entry));
  }
}

/** The line on which the first person stands. */
const FIRST_LINE = 4;

function textOf(entries: readonly NamedEntry[]): string {
  const people = entries.map(({ name, entry }) => `    ${JSON.stringify(name)}: ${spaced(entry)}`);
  return `{\n  "$schema": "./users.schema.json",\n  "users": {\n${people.join(",\n")}\n  }\n}\n`;
}

/** JSON on one line, with the spaces that a person would write. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

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
  /** Groups with people in them that no roster can name, sorted; the pool keeps them, and who is in them. */
  readonly leftOutGroups: readonly string[];
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
  const everyGroup = new Set([...memberships.of.values()].flat());
  const unnameable = new Set([...everyGroup].filter((group) => explainGroup(group) !== undefined));
  const refused: LeftOut[] = [];
  const accepted: NamedEntry[] = [];
  for (const person of people) {
    const { username } = person;
    const name = rosterName(person, rules.signInWith);
    const reason = whyNot(person, rules, sameName.get(fold(name)) ?? 1);
    if (reason !== undefined) refused.push({ username, name, reason });
    else {
      // Nobody is left out for a group that no roster can name.
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
  groups: readonly string[],
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

/**
 * @param next what to do instead
 * @throws UserError: deploying an empty roster would mean deleting everybody, so no command takes one
 */
export function refuseNobody({ people, leftOut }: PoolRoster, next: readonly string[]): void {
  if (people.length > 0) return;
  const [first] = leftOut;
  throw new UserError("There is nobody in the pool whom a roster can hold", {
    ...(first && { why: `${leftOut.length} left out; the first, ${first.name}, ${first.reason}.` }),
    next,
  });
}
