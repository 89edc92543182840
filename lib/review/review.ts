import { type SettingChange, settingChanges, textIn } from "./differences.ts";
import { type PersonEntry, personEntry, personIn } from "./person.ts";
import { type Action, actionOf, notDescribable, type Plan, parsePlan, type ResourceChange } from "./plan.ts";

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
}

/** What is no person's: the pool, its client, a group, or another resource of the plan. */
export interface ResourceEntry extends At {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  readonly what: "created" | "changed" | "deleted" | "replaced" | "adopted" | "moved" | "read" | "forgotten";
  readonly settings: readonly SettingChange[];
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
export function reviewOf(plan: Plan, { showValues = false }: ReviewOptions = {}): Review {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const change of plan.resource_changes) {
    if (seen.has(change.address)) throw notDescribable(change, "stands in the plan twice");
    seen.add(change.address);
    const entry = entryOf(change, showValues);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, unchanged: seen.size - entries.length, applyable: plan.applyable };
}

function entryOf(resource: ResourceChange, showValues: boolean): Entry | undefined {
  const action = actionOf(resource);
  const moved = resource.previous_address !== undefined;
  const adopted = resource.change.importing != null;
  if (action === "nothing" && !moved && !adopted) return undefined;
  // Whoever only got another address, nothing happens to.
  if (personIn(resource) !== undefined) return personEntry(resource, action, showValues);
  if (isMembership(resource)) return membershipEntry(resource, action);
  return resourceEntry(resource, action);
}

const isMembership = ({ type, change }: ResourceChange) =>
  type === "aws_cognito_user_in_group" &&
  textIn(change.after ?? change.before, "username") !== undefined &&
  textIn(change.after ?? change.before, "group_name") !== undefined;

function membershipEntry(resource: ResourceChange, action: Action): MembershipEntry | undefined {
  const { address, change } = resource;
  if (action === "nothing") return undefined;
  const values = change.after ?? change.before;
  const [username = "", group = ""] = [textIn(values, "username"), textIn(values, "group_name")];
  const what = ({ create: "in", delete: "out", replace: "replaced" } as const)[
    action as "create" | "delete" | "replace"
  ];
  if (what === undefined) throw notDescribable(resource, `is to be: ${action}`);
  return { about: "membership", address, username, group, what };
}

const ABOUT: Readonly<Record<string, ResourceEntry["about"]>> = {
  "aws_cognito_user_pool.pool": "pool",
  "aws_cognito_user_pool_client.client": "client",
  "aws_cognito_user_group.groups": "group",
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

function resourceEntry(resource: ResourceChange, action: Action): ResourceEntry {
  const { address, type, name, index, change } = resource;
  const about = ABOUT[`${type}.${name}`] ?? "other";
  const label = about === "group" ? String(index ?? "") : address;
  const adopted = change.importing != null && (action === "nothing" || action === "update");
  const lost = action === "delete" || action === "replace";
  const roleArn = about === "group" && lost ? textIn(change.before, "role_arn") : undefined;
  return {
    about,
    address,
    label,
    what: adopted ? "adopted" : DONE[action],
    settings: action === "update" || action === "replace" ? settingsOf(resource) : [],
    ...(roleArn ? { roleArn } : {}),
  };
}

/** An account that is not the roster's is somebody's all the same. */
function settingsOf({ type, change }: ResourceChange): SettingChange[] {
  const settings = settingChanges(change);
  return type === "aws_cognito_user" ? settings.map(({ name }) => ({ name })) : settings;
}
