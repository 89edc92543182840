import { z } from "zod";
import { type DirectoryPerson, type NameRules, nameKey, rosterName } from "../directory/pool/people.ts";
import { attributesOf } from "../review/departures.ts";
import { type SettingChange, settingChanges } from "../review/differences.ts";
import type { DriftedPerson, DriftedSetting } from "../review/drift.ts";
import { parsePlan, personAt, type ResourceChange } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import { planApart } from "../terraform/isolated-plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import type { StateInstance } from "../terraform/state.ts";

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

/** As lib/stack/synth/people.ts has it: whoever can't sign in is not invited. */
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

export interface DriftOfThings {
  readonly things: readonly DriftedSetting[];
  /** Their addresses in the state. */
  readonly addresses: readonly string[];
}

export const NO_THINGS: DriftOfThings = { things: [], addresses: [] };

/** Of these there may be many; ListUsers shows who has drifted. */
const PEOPLE: ReadonlySet<string> = new Set(["aws_cognito_user", "aws_cognito_user_in_group"]);

/**
 * Compares the pool, the app client, the groups and the domain with the real ones, by a plan of these alone: Cognito is asked
 * as often as there are groups, and four or five times more, however many people there are.
 * @param state what `terraform state pull` printed
 * @throws TerraformError
 */
export async function findDriftOfThings(context: TerraformContext, state: string): Promise<DriftOfThings> {
  const plan = await planApart(context, { state, without: PEOPLE });
  return plan === undefined ? NO_THINGS : driftOfThings(plan);
}

const DRIFTED = z.object({ format_version: z.string(), resource_drift: z.unknown().optional() });

/**
 * What has drifted, of all but people, by a plan that was made with a refresh. A setting counts when it is not as it was
 * deployed and the plan puts it back; the rest are values that Cognito computes, and what no setting says.
 * @param json what `terraform show -json PLAN` printed
 */
export function driftOfThings(json: unknown): DriftOfThings {
  const planned = new Map(parsePlan(json).resource_changes.map((change) => [change.address, change]));
  const { format_version, resource_drift = [] } = DRIFTED.parse(json);
  const found = parsePlan({ format_version, resource_changes: resource_drift }).resource_changes.flatMap(
    (drifted) => {
      const next = planned.get(drifted.address);
      if (PEOPLE.has(drifted.type) || drifted.mode !== "managed" || next === undefined) return [];
      const thing = thingOf(drifted, next);
      return thing === undefined ? [] : [{ thing, address: drifted.address }];
    },
  );
  return { things: found.map(({ thing }) => thing), addresses: found.map(({ address }) => address) };
}

const ABOUT: Readonly<Record<string, DriftedSetting["about"]>> = {
  aws_cognito_user_pool: "pool",
  aws_cognito_user_pool_client: "client",
  aws_cognito_user_group: "group",
};

function thingOf(drifted: ResourceChange, planned: ResourceChange): DriftedSetting | undefined {
  const about = ABOUT[drifted.type] ?? "other";
  const thing = { about, label: about === "group" ? String(drifted.index ?? "") : drifted.address };
  if (drifted.change.actions.includes("delete")) {
    const again = planned.change.actions.includes("create");
    return again ? { ...thing, settings: [], missing: true } : undefined;
  }
  const back = settingChanges(planned.change).filter(hasValue);
  const settings = settingChanges(drifted.change).filter((one) => back.some(overlaps(one)));
  return settings.length === 0 ? undefined : { ...thing, settings };
}

/** A block may be named in one change as a whole, and in the other by a setting in it. */
const overlaps = (one: SettingChange) => (other: SettingChange) =>
  `${one.name}.`.startsWith(`${other.name}.`) || `${other.name}.`.startsWith(`${one.name}.`);

/** Without one, and not secret either, it is computed: known after the deploy. */
const hasValue = ({ from, to }: SettingChange) => to !== undefined || from === undefined;
