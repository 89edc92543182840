import { z } from "zod";
import { type DirectoryPerson, type NameRules, nameKey, rosterName } from "../directory/pool/people.ts";
import { attributesOf } from "../review/departures.ts";
import { type SettingChange, settingChanges } from "../review/differences.ts";
import type { DriftedPerson, DriftedSetting } from "../review/drift.ts";
import { parsePlan, personAt, type ResourceChange } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import { planApart } from "../terraform/isolated-plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import type { StateEdit, StateInstance } from "../terraform/state.ts";

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

/** Somebody whose part of the state is not what the pool has, and what it is to say before a plan is made from it. */
export interface Outdated {
  readonly instance: StateInstance;
  readonly edit: StateEdit;
}

export interface DriftOfPeople {
  readonly people: readonly DriftedPerson[];
  readonly outdated: readonly Outdated[];
  readonly readdressed: readonly Readdressed[];
  /** People whom the pool has no more, and who were not put back by hand under another address. */
  readonly gone: ReadonlySet<string>;
}

/** Whom a deploy may let in again, by username: what was done by hand is left as it is otherwise. */
export interface LetIn {
  /** Disabled by hand. @default nobody */
  readonly enable?: readonly string[];
  /** Deleted by hand: a new account, with a new `sub`. @default nobody */
  readonly recreate?: readonly string[];
  /** Whose name is another account's by now: that one is taken for theirs from now on. @default nobody */
  readonly replace?: readonly string[];
}

/**
 * Compares what one pass of ListUsers found with the state, which is what a plan without a refresh believes, and with the
 * roster: what the roster says anyway is nobody's drift. ListUsers may lag behind a change by some seconds; what is shown for
 * it, a deploy's refresh finds to be nothing.
 *
 * People whose line is gone are passed over: they are deleted, as they are. Not so when another account has their name, or
 * nobody: then there is nothing to delete.
 */
export function driftOfPeople(
  recorded: readonly RecordedPerson[],
  roster: readonly Person[],
  letIn: LetIn = {},
): DriftOfPeople {
  const wanted = new Map(roster.map((person) => [person.username, person]));
  const people: DriftedPerson[] = [];
  const outdated: Outdated[] = [];
  const readdressed: Readdressed[] = [];
  const gone = new Set<string>();
  for (const { username, instance, live, elsewhere } of recorded) {
    const person = wanted.get(username);
    if (live === undefined && elsewhere === undefined) gone.add(username);
    if (elsewhere !== undefined) {
      // Read anew, the person would be gone, and Terraform would create a second one beside the first. Whoever is to be deleted
      // would stay.
      readdressed.push({ username, sub: elsewhere.sub });
      people.push({ username, what: "differs", attributes: ["email"] });
    } else if (person === undefined) {
      if (live === undefined) outdated.push({ instance, edit: "forget" });
      // Nothing to compare with; but Terraform deletes by name, and would delete somebody else.
      else if (isOther(instance, live)) {
        people.push({ username, what: "differs", attributes: ["sub"], otherAccount: true });
      }
    } else if (live === undefined) {
      if (instance.tainted) outdated.push({ instance, edit: "forget" });
      else if (person.leaving) {
        // Has left already: neither created anew, nor disabled, which Cognito would refuse.
        if (instance.attributes.enabled !== false)
          outdated.push({ instance, edit: { attributes: { enabled: false } } });
      } else {
        const again = letIn.recreate?.includes(username) ?? false;
        const missing = {
          username,
          what: "missing",
          attributes: [],
          invitation: invitationOf(person),
        } as const;
        people.push(again ? missing : { ...missing, held: true });
        if (again) outdated.push({ instance, edit: "forget" });
      }
    } else {
      const found = compare(instance, live, person, {
        enable: letIn.enable?.includes(username) ?? false,
        replace: letIn.replace?.includes(username) ?? false,
      });
      if (found.edit !== undefined) outdated.push({ instance, edit: found.edit });
      if (found.drifted !== undefined) people.push(found.drifted);
    }
  }
  return { people, outdated, readdressed, gone };
}

function compare(
  instance: StateInstance,
  live: DirectoryPerson,
  person: Person,
  allowed: { readonly enable: boolean; readonly replace: boolean },
): { readonly edit?: StateEdit; readonly drifted?: DriftedPerson } {
  const { attributes: state } = instance;
  const now = comparable(live.attributes);
  const before = comparable(state.attributes);
  const roster = comparable(deployedAttributes(person));
  // What neither the line nor an earlier deploy has named is the person's own, and stays.
  const named = new Set([...Object.keys(roster), ...Object.keys(before)]);
  const differing = [...named]
    .filter((name) => now[name] !== before[name] && !verifiedSince(name, before, now))
    .sort();
  const replaced = isOther(instance, live);
  const attributes = [
    ...differing.filter((name) => now[name] !== roster[name]),
    ...(replaced ? ["sub"] : []),
  ];
  const switched = state.enabled !== live.enabled;
  const wanted = person.enabled && !person.leaving;
  const shown = switched && live.enabled !== wanted;
  // An interrupted deploy that was about to enable them is finished; somebody who disabled them has a reason.
  const held = shown && wanted && !allowed.enable && !instance.tainted;
  const outdated = differing.length > 0 || replaced || (switched && !held) || instance.tainted;
  // Who was which sub is only forgotten when somebody accepts it.
  const edit =
    outdated && (!replaced || allowed.replace)
      ? {
          attributes: {
            attributes: attributesNow(state.attributes, now, differing, live),
            enabled: held ? state.enabled : live.enabled,
            sub: live.sub,
            status: live.status,
          },
        }
      : undefined;
  if (attributes.length === 0 && !shown) return edit === undefined ? {} : { edit };
  const { username } = person;
  const drifted = {
    username,
    what: "differs",
    attributes,
    ...(replaced && ({ otherAccount: true } as const)),
    ...(shown && { enabled: live.enabled }),
    ...(held && ({ held: true } as const)),
  } as const;
  return { ...(edit && { edit }), drifted };
}

/** What a person's line sets, as lib/stack/synth/people.ts writes it. */
export function deployedAttributes(person: Person): Record<string, string> {
  return {
    ...attributesOf(person),
    ...(person.email !== undefined && { email_verified: String(person.emailVerified) }),
    ...(person.phone !== undefined && { phone_number_verified: "true" }),
  };
}

/** The state's map of attributes, with those that differ as the pool has them. */
function attributesNow(
  state: unknown,
  now: Readonly<Record<string, string>>,
  differing: readonly string[],
  { sub }: DirectoryPerson,
): Record<string, unknown> {
  const attributes: Record<string, unknown> = { ...(state as object | null), sub };
  for (const name of differing) {
    delete attributes[name];
    if (now[name] !== undefined) attributes[name] = now[name];
  }
  return attributes;
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
  /** What the state is to say of them before a plan is made from it, by address. */
  readonly edits: ReadonlyMap<string, StateEdit>;
}

export const NO_THINGS: DriftOfThings = { things: [], edits: new Map() };

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
      if (PEOPLE.has(drifted.type) || drifted.mode !== "managed") return [];
      const next = planned.get(drifted.address);
      const thing = next && thingOf(drifted, next);
      const { after } = drifted.change;
      const edit: StateEdit = after == null ? "forget" : { attributes: after };
      // What is gone, and was to go, is nobody's news; but its memberships have gone with it.
      return thing === undefined && after != null
        ? []
        : [{ thing, edited: [drifted.previous_address ?? drifted.address, edit] as const }];
    },
  );
  return {
    things: found.flatMap(({ thing }) => thing ?? []),
    edits: new Map(found.map(({ edited }) => edited)),
  };
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
  // What is to go is not put back.
  if (planned.change.after == null) return undefined;
  const back = settingChanges(planned.change).filter(hasValue);
  const settings = settingChanges(drifted.change).filter((one) => back.some(overlaps(one)));
  return settings.length === 0 ? undefined : { ...thing, settings };
}

/** A block may be named in one change as a whole, and in the other by a setting in it. */
const overlaps = (one: SettingChange) => (other: SettingChange) =>
  `${one.name}.`.startsWith(`${other.name}.`) || `${other.name}.`.startsWith(`${one.name}.`);

/** Without one, and not secret either, it is computed: known after the deploy. */
const hasValue = ({ from, to }: SettingChange) => to !== undefined || from === undefined;
