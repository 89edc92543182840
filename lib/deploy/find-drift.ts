import { z } from "zod";
import { type DirectoryPerson, type NameRules, nameKey, rosterName } from "../directory/pool/people.ts";
import { attributesOf } from "../review/departures.ts";
import { type SettingChange, settingChanges } from "../review/differences.ts";
import type { DriftedPerson, DriftedSetting } from "../review/drift.ts";
import { parsePlan, personAt, type ResourceChange } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import { attributeOf } from "../roster/sign-in-names.ts";
import { planApart } from "../terraform/isolated-plan.ts";
import type { PlanningContext } from "../terraform/shared-provider.ts";
import type { StateEdit, StateInstance } from "../terraform/state.ts";

/** A person in the state. */
export interface RecordedPerson {
  readonly username: string;
  /** Whether it is at the address for people who are leaving. */
  readonly leaving: boolean;
  readonly instance: StateInstance;
  /** The person in the pool with that name. */
  readonly live?: DirectoryPerson;
  /** The person in the pool with that `sub` but another name: their address or number was changed, and their name with it. */
  readonly elsewhere?: DirectoryPerson;
}

export interface MatchedPeople {
  readonly recorded: readonly RecordedPerson[];
  /** People in the pool who aren't in the state, by the name that a roster would use. */
  readonly unknown: readonly { readonly name: string; readonly person: DirectoryPerson }[];
}

/** Matches the state's people with the pool's: by name, as Terraform does, otherwise by `sub`. */
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

/** An account whose sign-in name, an e-mail address or phone number, was changed. */
export interface Readdressed {
  readonly username: string;
  /** The name that Cognito still knows. */
  readonly sub: string;
  /** Its current address. @default none */
  readonly now?: string;
}

/** A person whose part of the state differs from the pool, with the edit to make before planning. */
export interface Outdated {
  readonly instance: StateInstance;
  readonly edit: StateEdit;
}

export interface DriftOfPeople {
  readonly people: readonly DriftedPerson[];
  readonly outdated: readonly Outdated[];
  readonly readdressed: readonly Readdressed[];
  /** People who are no longer in the pool, and who weren't restored by hand under another address. */
  readonly gone: ReadonlySet<string>;
}

/** People whom a deploy may give access again, by username; other manual changes are kept. */
export interface LetIn {
  /** People who were disabled by hand. @default no one */
  readonly enable?: readonly string[];
  /** People who were deleted by hand: they get a new account, with a new `sub`. @default no one */
  readonly recreate?: readonly string[];
  /** People whose name another account has taken: that account counts as theirs from now on. @default no one */
  readonly replace?: readonly string[];
}

/**
 * Compares one pass of ListUsers with the state, which a plan without a refresh trusts, and with the roster: values that the
 * roster already has aren't drift. ListUsers may lag a few seconds behind; a deploy's refresh then finds no difference.
 *
 * People whose line is gone are skipped, since they are deleted as they are; unless their account is gone or another account
 * has their name, as there is then nothing to delete.
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
      // A refresh would treat the person as gone, so Terraform would create a second account beside the first, and people to
      // be deleted would stay.
      const address = elsewhere.attributes[attributeOf(username)];
      const now = address === undefined || address === "" ? {} : { now: address };
      readdressed.push({ username, sub: elsewhere.sub, ...now });
      people.push({
        username,
        what: "differs",
        attributes: [attributeOf(username)],
        ...(person && now),
      });
    } else if (person === undefined) {
      if (live === undefined) outdated.push({ instance, edit: "forget" });
      // Nothing to compare; but Terraform deletes by name, so it would delete another person's account.
      else if (isOther(instance, live)) {
        people.push({ username, what: "differs", attributes: ["sub"], otherAccount: true });
      }
    } else if (live === undefined) {
      if (instance.tainted) outdated.push({ instance, edit: "forget" });
      else if (person.leaving) {
        // Already gone: neither recreate nor disable them, which Cognito would refuse.
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
  // Attributes that neither the line nor an earlier deploy set belong to the person, and stay.
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
  // Finishes an interrupted deploy that was about to enable them; a manual disable was done for a reason.
  const held = shown && wanted && !allowed.enable && !instance.tainted;
  const outdated = differing.length > 0 || replaced || (switched && !held) || instance.tainted;
  // The recorded sub is only dropped once someone accepts the new account.
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

/** The attributes that a person's line sets, as lib/stack/synth/people.ts writes them. */
export function deployedAttributes(person: Person): Record<string, string> {
  return {
    ...attributesOf(person),
    ...(person.email !== undefined && { email_verified: String(person.emailVerified) }),
    ...(person.phone !== undefined && { phone_number_verified: String(person.phoneVerified ?? true) }),
  };
}

/** The state's attributes, with the pool's values where they differ. */
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

/** Deleted and recreated outside the roster, or another person who was given the name. */
const isOther = ({ attributes: { sub } }: StateInstance, live: DirectoryPerson) =>
  typeof sub === "string" && sub !== "" && sub !== live.sub;

/** As in lib/stack/synth/people.ts: people who can't sign in are not invited. */
const invitationOf = ({ invite, enabled, leaving }: Person) => (enabled && !leaving ? invite : "none");

/**
 * A person's attributes as the provider (5.100.0) has them in the state: custom ones without their prefix. Omits what no
 * roster sets: `sub`; `identities` (external providers: Cognito's own, and the provider couldn't remove it); empty values and
 * "not verified", which Cognito treats as unset.
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

/** After the deploy, the person proved to Cognito that the same address or number is theirs: don't undo that. */
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
  /** Edits to the state before planning, by address. */
  readonly edits: ReadonlyMap<string, StateEdit>;
}

export const NO_THINGS: DriftOfThings = { things: [], edits: new Map() };

/** Types with many instances, whose drift ListUsers shows. */
const PEOPLE: ReadonlySet<string> = new Set(["aws_cognito_user", "aws_cognito_user_in_group"]);

/**
 * Compares the pool, the app client, the groups and the domain with the real ones, by planning only these: one call for each
 * group and four or five more, however many people there are.
 * @param state the output of `terraform state pull`
 * @throws TerraformError
 */
export async function findDriftOfThings(context: PlanningContext, state: string): Promise<DriftOfThings> {
  const plan = await planApart(context, { state, without: PEOPLE });
  return plan === undefined ? NO_THINGS : driftOfThings(plan);
}

const DRIFTED = z.object({ format_version: z.string(), resource_drift: z.unknown().optional() });

/**
 * Drift of everything but people, from a plan made with a refresh. A setting has drifted if it differs from the last deploy
 * and the plan restores it; other differences are values that Cognito computes and that no setting controls.
 * @param json the output of `terraform show -json PLAN`
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
      // A deleted thing that was to be deleted isn't drift; but its memberships are gone with it.
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
  // A thing to be deleted isn't restored.
  if (planned.change.after == null) return undefined;
  const back = settingChanges(planned.change).filter(hasValue);
  const settings = settingChanges(drifted.change).filter((one) => back.some(overlaps(one)));
  return settings.length === 0 ? undefined : { ...thing, settings };
}

/** One change may name a whole block, the other a setting within it. */
const overlaps = (one: SettingChange) => (other: SettingChange) =>
  `${one.name}.`.startsWith(`${other.name}.`) || `${other.name}.`.startsWith(`${one.name}.`);

/** Neither known nor secret means computed: known after the deploy. */
const hasValue = ({ from, to }: SettingChange) => to !== undefined || from === undefined;
