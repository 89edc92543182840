import { clientKeyAt } from "../stack/clients.ts";
import { argumentsOf, GROUP_ARGUMENTS } from "../stack/synth/group-blocks.ts";
import { PLANNED_WITH } from "../stack/synth/outputs.ts";
import { type SettingChange, settingChanges, textIn } from "./differences.ts";
import { type PersonEntry, personEntry, personIn } from "./person.ts";
import {
  type Action,
  actionOf,
  notDescribable,
  type Plan,
  parseAddress,
  parsePlan,
  type ResourceChange,
} from "./plan.ts";

interface At {
  /** Terraform's address: identifies the entry, and is not meant for people. */
  readonly address: string;
}

/** A person who joins a group, or leaves it. */
export interface MembershipEntry extends At {
  readonly about: "membership";
  readonly username: string;
  readonly group: string;
  readonly what: "in" | "out" | "replaced";
  /** The IAM role that the group gives after the apply. @default none, or known only then */
  readonly role?: string;
  /** By the settings: its members may do more than others. @default not */
  readonly privileged?: true;
}

/** Not about a person: the pool, its client, a group, or another resource of the plan. */
export interface ResourceEntry extends At {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  readonly what: "created" | "changed" | "deleted" | "replaced" | "adopted" | "moved" | "read" | "forgotten";
  readonly settings: readonly SettingChange[];
  /** For a group: what is no longer declared and stays as it is, under the provider's names. @default nothing */
  readonly released?: readonly string[];
  /** For a group that is deleted or replaced: the IAM role that it gave. */
  readonly roleArn?: string;
}

/** One thing that a plan does. */
export type Entry = PersonEntry | MembershipEntry | ResourceEntry;

/** An IAM role that the members of a group may assume. */
export interface GroupRole {
  readonly group: string;
  readonly role: string;
}

/**
 * What a plan does, in terms of people. Every resource change of the plan is in it exactly once: in `entries`, or as unchanged.
 */
export interface Review {
  readonly entries: readonly Entry[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  /** Groups whose members may assume a different role through an identity pool. @default none */
  readonly groupRoles?: readonly GroupRole[];
  /** False when applying the plan would do nothing at all. */
  readonly applyable: boolean;
}

/** How much a review shows. */
export interface ReviewOptions {
  /** Show people's old and new attribute values. Sensitive ones never. @default false */
  readonly showValues?: boolean | undefined;
  /** The groups that the settings call privileged, by name. @default none */
  readonly privileged?: readonly string[] | undefined;
}

/**
 * Puts a plan in terms of people.
 * @param json what `terraform show -json PLAN` printed
 * @throws UserError if it contains anything that can't be shown: nothing hidden is ever applied
 * @example
 * const review = reviewPlan(JSON.parse(execFileSync("terraform", ["show", "-json", "plan.tfplan"], { encoding: "utf8" })));
 * const leaving = review.entries.filter((entry) => entry.about === "person" && entry.what === "leaves");
 */
export function reviewPlan(json: unknown, options?: ReviewOptions): Review {
  return reviewOf(parsePlan(json), options);
}

/**
 * Like {@link reviewPlan}, for a parsed plan.
 * @throws UserError if it contains anything that can't be shown
 */
export function reviewOf(plan: Plan, { showValues = false, privileged = [] }: ReviewOptions = {}): Review {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const whole = {
    showValues,
    privileged: new Set(privileged),
    roles: rolesIn(plan),
    newPool: plan.resource_changes.some((one) => aboutOf(one) === "pool" && actionOf(one) === "create"),
  };
  for (const change of plan.resource_changes) {
    if (seen.has(change.address)) throw notDescribable(change, "is in the plan twice");
    seen.add(change.address);
    const entry = entryOf(change, whole);
    if (entry !== undefined) entries.push(entry);
  }
  const groupRoles = groupRolesIn(plan);
  return {
    entries,
    unchanged: seen.size - entries.length,
    applyable: plan.applyable && !onlyRemembers(plan),
    ...(groupRoles.length > 0 && { groupRoles }),
  };
}

/**
 * Whether it would only record what it was planned with, which isn't worth a deploy: the next deploy records it with the rest.
 */
function onlyRemembers({ resource_changes: all, output_changes: outputs }: Plan): boolean {
  const changed = Object.entries(outputs).filter(([, { actions }]) => !actions.includes("no-op"));
  return (
    changed.some(([name]) => name === PLANNED_WITH) &&
    changed.length === 1 &&
    all.every(
      (one) =>
        actionOf(one) === "nothing" && one.previous_address === undefined && one.change.importing == null,
    )
  );
}

/** What an entry may need to know about the others. */
interface Whole {
  readonly showValues: boolean;
  readonly privileged: ReadonlySet<string>;
  /** The role of each group that has one, by the group's name. */
  readonly roles: ReadonlyMap<string, string>;
  /** Whether the pool itself is created: then all of it is new. */
  readonly newPool: boolean;
}

/** Including unchanged groups: a plan contains every resource. */
function rolesIn({ resource_changes: all }: Plan): Map<string, string> {
  const groups = all.filter(({ type, mode }) => type === "aws_cognito_user_group" && mode === "managed");
  return new Map(
    groups.flatMap(({ change: { after } }) => {
      const [name, role] = [textIn(after, "name"), textIn(after, "role_arn")];
      return name === undefined || role === undefined ? [] : [[name, role] as const];
    }),
  );
}

/**
 * By the group's own role, if an identity pool takes it from the token: all of them when it starts to, else those that change.
 */
function groupRolesIn({ resource_changes: all }: Plan): GroupRole[] {
  const byToken = (when: "before" | "after") =>
    all.some(
      ({ type, change }) =>
        type === ROLES && JSON.stringify(change[when]?.role_mapping ?? "").includes('"Token"'),
    );
  if (!byToken("after")) return [];
  const begins = !byToken("before");
  return all.flatMap(({ type, mode, change: { before, after } }) => {
    if (type !== "aws_cognito_user_group" || mode !== "managed") return [];
    const [group, role] = [textIn(after, "name"), textIn(after, "role_arn")];
    const same = !begins && role === textIn(before, "role_arn");
    return group === undefined || !role || same ? [] : [{ group, role }];
  });
}

const ROLES = "aws_cognito_identity_pool_roles_attachment";

function entryOf(resource: ResourceChange, whole: Whole): Entry | undefined {
  const action = actionOf(resource);
  const moved = resource.previous_address !== undefined;
  const adopted = resource.change.importing != null;
  if (action === "nothing" && !moved && !adopted) return undefined;
  // Nothing happens to people who only got another address in the state.
  if (personIn(resource) !== undefined) return personEntry(resource, action, whole.showValues);
  if (isMembership(resource)) return membershipEntry(resource, action, whole);
  return resourceEntry(resource, action, whole);
}

const isMembership = ({ type, change }: ResourceChange) =>
  type === "aws_cognito_user_in_group" &&
  textIn(change.after ?? change.before, "username") !== undefined &&
  textIn(change.after ?? change.before, "group_name") !== undefined;

function membershipEntry(
  resource: ResourceChange,
  action: Action,
  { roles, privileged }: Whole,
): MembershipEntry | undefined {
  const { address, change } = resource;
  if (action === "nothing") return undefined;
  const values = change.after ?? change.before;
  const [username = "", group = ""] = [textIn(values, "username"), textIn(values, "group_name")];
  const what = ({ create: "in", delete: "out", replace: "replaced" } as const)[
    action as "create" | "delete" | "replace"
  ];
  if (what === undefined) throw notDescribable(resource, `is to be: ${action}`);
  const role = roles.get(group);
  return {
    about: "membership",
    address,
    username,
    group,
    what,
    ...(role !== undefined && { role }),
    ...(privileged.has(group) && { privileged: true }),
  };
}

function aboutOf({ type, name }: ResourceChange): ResourceEntry["about"] {
  if (type === "aws_cognito_user_group" && argumentsOf(name) !== undefined) return "group";
  const block = `${type}.${name}`;
  return ABOUT[block] ?? (clientKeyAt(block) === null ? "other" : "client");
}

const ABOUT: Readonly<Record<string, ResourceEntry["about"]>> = {
  "aws_cognito_user_pool.pool": "pool",
};

const DONE = {
  nothing: "moved",
  create: "created",
  update: "changed",
  delete: "deleted",
  replace: "replaced",
  read: "read",
  forget: "forgotten",
} as const;

/** @returns undefined for a group that only got another address, since other settings of it are declared */
function resourceEntry(
  resource: ResourceChange,
  action: Action,
  { newPool }: Pick<Whole, "newPool">,
): ResourceEntry | undefined {
  const { address, index, change } = resource;
  const about = aboutOf(resource);
  const label = about === "group" ? String(index ?? "") : address;
  const adopted = change.importing != null && (action === "nothing" || action === "update");
  const released = about === "group" ? releasedBy(resource) : [];
  if (about === "group" && action === "nothing" && !adopted && released.length === 0) return undefined;
  const lost = action === "delete" || action === "replace";
  const roleArn = about === "group" && lost ? textIn(change.before, "role_arn") : undefined;
  return {
    about,
    address,
    label,
    what: adopted ? "adopted" : DONE[action],
    settings:
      action === "update" || action === "replace"
        ? settingsOf(resource)
        : action === "create" && !newPool && resource.type === CLIENT
          ? openingsOf(resource)
          : about === "group" && action === "create"
            ? settingsOf(resource).filter(({ name }) => isGiven(resource, name))
            : [],
    ...(released.length > 0 && { released }),
    ...(roleArn ? { roleArn } : {}),
  };
}

const CLIENT = "aws_cognito_user_pool_client";

/** How a client lets people in, under the provider's names. */
const OPENINGS = [
  "allowed_oauth_flows",
  "callback_urls",
  "explicit_auth_flows",
  "supported_identity_providers",
  "write_attributes",
] as const;

/** What a new client opens in a pool that already has people: nothing else shows it. */
const openingsOf = (resource: ResourceChange): SettingChange[] =>
  settingsOf(resource).filter(
    ({ name, to }) => (OPENINGS as readonly string[]).includes(name) && to !== "none" && to !== "[]",
  );

/** What a new group gets, without its name and its pool. */
const isGiven = ({ change }: ResourceChange, name: string) =>
  (GROUP_ARGUMENTS as readonly string[]).includes(name) && change.after?.[name] != null;

/** Settings with a value that the group's block no longer sets: from now on they are not managed. */
function releasedBy({ name, previous_address: previous, change }: ResourceChange): string[] {
  const before =
    argumentsOf((previous === undefined ? undefined : parseAddress(previous)?.name) ?? name) ?? [];
  const now = argumentsOf(name) ?? [];
  return before.filter((argument) => !now.includes(argument) && change.after?.[argument] != null);
}

/** An account that is not in the roster is still a person's. */
function settingsOf({ type, change }: ResourceChange): SettingChange[] {
  const settings = settingChanges(change);
  return type === "aws_cognito_user" ? settings.map(({ name }) => ({ name })) : settings;
}
