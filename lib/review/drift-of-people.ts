import type { DirectoryPerson } from "../directory/list-people.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import type { DriftedPerson } from "./drift.ts";
import { attributesOf } from "./former.ts";
import type { RecordedPerson } from "./match-people.ts";

/** An account whose e-mail address, the name it is known by, was changed. */
export interface Readdressed {
  readonly username: string;
  /** The name that Cognito still knows. */
  readonly sub: string;
}

export interface DriftOfPeople {
  readonly people: readonly DriftedPerson[];
  /** Whose part of the state is not what the pool has: to be read anew before a plan is made that leaves out refreshing. */
  readonly outdated: readonly StateInstance[];
  readonly readdressed: readonly Readdressed[];
}

/**
 * Compares what one pass of ListUsers found with the state, which is what a plan without a refresh believes, and with the
 * roster: what the roster says anyway is nobody's drift. ListUsers may lag behind a change by some seconds; what is shown for
 * it, a deploy's refresh finds to be nothing.
 *
 * People whose line is gone are passed over: they are deleted, as they are. Not so when another account has their name.
 */
export function driftOfPeople(recorded: readonly RecordedPerson[], roster: readonly Person[]): DriftOfPeople {
  const wanted = new Map(roster.map((person) => [person.username, person]));
  const people: DriftedPerson[] = [];
  const outdated: StateInstance[] = [];
  const readdressed: Readdressed[] = [];
  for (const { username, leaving, instance, live, elsewhere } of recorded) {
    const person = wanted.get(username);
    if (elsewhere !== undefined) {
      // Read anew, the person would be gone, and Terraform would create a second one beside the first. Whoever is to be deleted
      // would stay.
      readdressed.push({ username, sub: elsewhere.sub });
      people.push({ username, what: "differs", attributes: ["email"] });
    } else if (person === undefined) {
      // Nothing to compare with; but Terraform deletes by name, and would delete somebody else.
      if (live !== undefined && isOther(instance, live)) {
        people.push({ username, what: "differs", attributes: ["sub"], otherAccount: true });
      }
    } else if (live === undefined) {
      // Whoever is leaving and is gone already has left: created anew, they would come back.
      if (leaving && person.leaving) continue;
      people.push({ username, what: "missing", attributes: [], invitation: invitationOf(person) });
      outdated.push(instance);
    } else {
      const found = compare(instance, live, person);
      if (found.outdated) outdated.push(instance);
      if (found.drifted !== undefined) people.push(found.drifted);
    }
  }
  return { people, outdated, readdressed };
}

function compare(
  instance: StateInstance,
  live: DirectoryPerson,
  person: Person,
): { readonly outdated: boolean; readonly drifted?: DriftedPerson } {
  const { attributes: state } = instance;
  const now = comparable(live.attributes);
  const before = comparable(state.attributes);
  const roster = comparable({
    ...attributesOf(person),
    ...(person.email !== undefined && { email_verified: String(person.emailVerified) }),
    ...(person.phone !== undefined && { phone_number_verified: "true" }),
  });
  const differing = [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .filter((name) => now[name] !== before[name] && !verifiedSince(name, before, now))
    .sort();
  const replaced = isOther(instance, live);
  const attributes = [
    ...differing.filter((name) => now[name] !== roster[name]),
    ...(replaced ? ["sub"] : []),
  ];
  const switched = state.enabled !== live.enabled;
  const shown = switched && live.enabled !== (person.enabled && !person.leaving);
  const outdated = differing.length > 0 || replaced || switched;
  if (attributes.length === 0 && !shown) return { outdated };
  const { username } = person;
  const drifted = {
    username,
    what: "differs",
    attributes,
    ...(replaced && ({ otherAccount: true } as const)),
    ...(shown && { enabled: live.enabled }),
  } as const;
  return { outdated, drifted };
}

/** Deleted and created anew by other hands, or somebody else who was given the name. */
const isOther = ({ attributes: { sub } }: StateInstance, live: DirectoryPerson) =>
  typeof sub === "string" && sub !== "" && sub !== live.sub;

/** As lib/stack/people.ts has it: whoever can't sign in is not invited. */
const invitationOf = ({ invite, enabled, leaving }: Person) => (enabled && !leaving ? invite : "none");

/**
 * A person's attributes as the provider (5.100.0) has them in the state: custom ones without their prefix. Left out is what no
 * roster says: `sub`, `identities` (who else vouches for the person: Cognito's own, and the provider could not take it away);
 * an empty value, and "not verified", which Cognito takes for none.
 */
function comparable(attributes: unknown): Readonly<Record<string, string>> {
  if (typeof attributes !== "object" || attributes === null) return {};
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      const own = name === "sub" || name === "identities" || name.startsWith("cognito:");
      const none = value === "" || value == null || (name.endsWith("_verified") && value === "false");
      return own || none ? [] : [[name.replace(/^dev:/, "").replace(/^custom:/, ""), String(value)]];
    }),
  );
}

/** The person has proved to Cognito, after the deploy, that the same address or number is theirs: nobody's to take back. */
function verifiedSince(
  name: string,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): boolean {
  const address = /^(email|phone_number)_verified$/.exec(name)?.[1];
  return address !== undefined && now[name] === "true" && now[address] === before[address];
}
