import { argumentsOf, GROUP_ARGUMENTS } from "../stack/synth/group-blocks.ts";
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
  /** Terraform's address: identifies the entry, and is not for people to read. */
  readonly address: string;
}

/** Somebody who comes into a group, or goes out of it. */
export interface MembershipEntry extends At {
  readonly about: "membership";
  readonly username: string;
  readonly group: string;
  readonly what: "in" | "out" | "replaced";
  /** The IAM role that the group gives once the plan is applied. @default none, or known only then */
  readonly role?: string;
  /** By the settings: whoever is in it may do more than others. @default not */
  readonly privileged?: true;
}

/** What is no person's: the pool, its client, a group, or another resource of the plan. */
export interface ResourceEntry extends At {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  readonly what: "created" | "changed" | "deleted" | "replaced" | "adopted" | "moved" | "read" | "forgotten";
  readonly settings: readonly SettingChange[];
  /** Of a group: what was declared, is not any more, and stays as it is, by the provider's names. @default nothing */
  readonly released?: readonly string[];
  /** Of a group that is deleted or replaced: the IAM role that it gave. */
  readonly roleArn?: string;
}

/** One thing that a plan does. */
export type Entry = PersonEntry | MembershipEntry | ResourceEntry;

/** What a plan does, to whom. Every resource change of the plan is in it exactly once: in `entries`, or as unchanged. */
export interface Review {
  readonly entries: readonly Entry[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  /** False when applying the plan would do nothing at all. */
  readonly applyable: boolean;
}

/** How much a review shows. */
export interface ReviewOptions {
  /** Tell what people's attributes were and will be. Sensitive ones never. @default false */
  readonly showValues?: boolean | undefined;
  /** The groups that the settings call privileged, by name. @default none */
  readonly privileged?: readonly string[] | undefined;
}

/**
 * Puts a plan in terms of people.
 * @param json what `terraform show -json PLAN` printed
 * @throws UserError when it holds anything that cannot be shown: nothing hidden is ever applied
 * @example
 * const review = reviewPlan(JSON.parse(execFileSync("terraform", ["show", "-json", "plan.tfplan"], { encoding: "utf8" })));
 * const leaving = review.entries.filter((entry) => entry.about === "person" && entry.what === "leaves");
 */
export function reviewPlan(json: unknown, options?: ReviewOptions): Review {
  return reviewOf(parsePlan(json), options);
}

/**
 * As {@link reviewPlan}, of a plan that was parsed already.
 * @throws UserError when it holds anything that cannot be shown
 */
export function reviewOf(plan: Plan, { showValues = false, privileged = [] }: ReviewOptions = {}): Review {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const whole = { showValues, privileged: new Set(privileged), roles: rolesIn(plan) };
  for (const change of plan.resource_changes) {
    if (seen.has(change.address)) throw notDescribable(change, "stands in the plan twice");
    seen.add(change.address);
    const entry = entryOf(change, whole);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, unchanged: seen.size - entries.length, applyable: plan.applyable };
}

/** What an entry may need to know of the rest. */
interface Whole {
  readonly showValues: boolean;
  readonly privileged: ReadonlySet<string>;
  /** The role of each group that has one, by the group's name. */
  readonly roles: ReadonlyMap<string, string>;
}

/** Of groups that stay as they are, too: a plan holds every resource. */
function rolesIn({ resource_changes: all }: Plan): Map<string, string> {
  const groups = all.filter(({ type, mode }) => type === "aws_cognito_user_group" && mode === "managed");
  return new Map(
    groups.flatMap(({ change: { after } }) => {
      const [name, role] = [textIn(after, "name"), textIn(after, "role_arn")];
      return name === undefined || role === undefined ? [] : [[name, role] as const];
    }),
  );
}

function entryOf(resource: ResourceChange, whole: Whole): Entry | undefined {
  const action = actionOf(resource);
  const moved = resource.previous_address !== undefined;
  const adopted = resource.change.importing != null;
  if (action === "nothing" && !moved && !adopted) return undefined;
  // Whoever only got another address, nothing happens to.
  if (personIn(resource) !== undefined) return personEntry(resource, action, whole.showValues);
  if (isMembership(resource)) return membershipEntry(resource, action, whole);
  return resourceEntry(resource, action);
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
  return ABOUT[`${type}.${name}`] ?? "other";
}

const ABOUT: Readonly<Record<string, ResourceEntry["about"]>> = {
  "aws_cognito_user_pool.pool": "pool",
  "aws_cognito_user_pool_client.client": "client",
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
function resourceEntry(resource: ResourceChange, action: Action): ResourceEntry | undefined {
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
        : about === "group" && action === "create"
          ? settingsOf(resource).filter(({ name }) => isGiven(resource, name))
          : [],
    ...(released.length > 0 && { released }),
    ...(roleArn ? { roleArn } : {}),
  };
}

/** What a new group gets; its name and its pool go without saying. */
const isGiven = ({ change }: ResourceChange, name: string) =>
  (GROUP_ARGUMENTS as readonly string[]).includes(name) && change.after?.[name] != null;

/** Settings with a value that the group's block sets no more: from now on nobody looks after them. */
function releasedBy({ name, previous_address: previous, change }: ResourceChange): string[] {
  const before =
    argumentsOf((previous === undefined ? undefined : parseAddress(previous)?.name) ?? name) ?? [];
  const now = argumentsOf(name) ?? [];
  return before.filter((argument) => !now.includes(argument) && change.after?.[argument] != null);
}

/** An account that is not the roster's is somebody's all the same. */
function settingsOf({ type, change }: ResourceChange): SettingChange[] {
  const settings = settingChanges(change);
  return type === "aws_cognito_user" ? settings.map(({ name }) => ({ name })) : settings;
}
