import { UserError } from "../errors.ts";
import { parseAddress, personAt } from "./addresses.ts";
import { type Plan, parsePlan, type ResourceChange } from "./plan.ts";
import { attributeNames, type SettingChange, settingChanges } from "./values.ts";

/** How Cognito tells a newcomer; `none`: it does not. */
export type Invitation = "email" | "sms" | "none";

interface At {
  /** Terraform's address: identifies the entry, and is not for people to read. */
  readonly address: string;
}

export interface PersonEntry extends At {
  readonly about: "person";
  readonly username: string;
  /**
   * joins: is created. leaves: is disabled, to be deleted when the line goes. returns: was leaving. changes: stays.
   * adopted: was in the user pool before Terraform knew. deleted: irreversibly. replaced: deleted, and created anew with
   * another `sub`.
   */
  readonly what: "joins" | "leaves" | "returns" | "changes" | "adopted" | "deleted" | "replaced";
  /** For joins. */
  readonly invitation?: Invitation;
  /** Names of the attributes that are set, changed or removed; never their values. */
  readonly attributes: readonly string[];
  /** Where it changes; for joins when false. */
  readonly enabled?: boolean;
}

export interface MembershipEntry extends At {
  readonly about: "membership";
  readonly username: string;
  readonly group: string;
  readonly what: "in" | "out" | "replaced";
}

export interface ResourceEntry extends At {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  readonly what: "created" | "changed" | "deleted" | "replaced" | "adopted" | "moved" | "read" | "forgotten";
  readonly settings: readonly SettingChange[];
}

export type Entry = PersonEntry | MembershipEntry | ResourceEntry;

/** What a plan does, to whom. Every resource change of the plan is in it exactly once: in `entries`, or as unchanged. */
export interface Review {
  readonly entries: readonly Entry[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  /** False when applying the plan would do nothing at all. */
  readonly applyable: boolean;
}

/**
 * Puts a plan in terms of people.
 * @param json what `terraform show -json PLAN` printed
 * @throws UserError when it holds anything that cannot be shown: nothing hidden is ever applied
 */
export function reviewPlan(json: unknown): Review {
  const plan: Plan = parsePlan(json);
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const change of plan.resource_changes) {
    if (seen.has(change.address)) throw unknown(change, "stands in the plan twice");
    seen.add(change.address);
    const entry = entryOf(change);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, unchanged: seen.size - entries.length, applyable: plan.applyable };
}

type Action = "nothing" | "create" | "update" | "delete" | "replace" | "read" | "forget";

const ACTIONS: Readonly<Record<string, Action>> = {
  "no-op": "nothing",
  create: "create",
  update: "update",
  delete: "delete",
  "delete,create": "replace",
  "create,delete": "replace",
  read: "read",
  forget: "forget",
};

function entryOf(resource: ResourceChange): Entry | undefined {
  const action = ACTIONS[resource.change.actions.join(",")];
  if (action === undefined) throw unknown(resource, `is to be: ${resource.change.actions.join(", then ")}`);
  const moved = resource.previous_address !== undefined;
  const adopted = resource.change.importing != null;
  if (action === "nothing" && !moved && !adopted) return undefined;
  return (
    personEntry(resource, action) ?? membershipEntry(resource, action) ?? resourceEntry(resource, action)
  );
}

function personEntry(resource: ResourceChange, action: Action): PersonEntry | undefined {
  const { address, type, name, index, previous_address: previous, change } = resource;
  const person = personAt({ type, name, key: index ?? null });
  if (person === undefined) return undefined;
  if (action === "read" || action === "forget") throw unknown(resource, `is to be: ${action}`);
  const from = previous === undefined ? undefined : personAtAddress(previous);
  const entry = { about: "person", address, username: person.username } as const;
  const { before, after } = change;
  if (action === "delete") return { ...entry, what: "deleted", attributes: [] };
  if (action === "replace") return { ...entry, what: "replaced", attributes: changedPaths(resource) };
  const attributes = attributeNames(change);
  if (action === "create") {
    const enabled = after?.enabled !== false;
    return {
      ...entry,
      what: "joins",
      invitation: invitationOf(after),
      attributes,
      ...(enabled ? {} : { enabled }),
    };
  }
  const enabled = before?.enabled === after?.enabled ? {} : { enabled: after?.enabled !== false };
  const what =
    change.importing != null
      ? "adopted"
      : from === undefined || from.leaving === person.leaving
        ? "changes"
        : person.leaving
          ? "leaves"
          : "returns";
  // Between two addresses of the same list, nothing happens to the person.
  if (action === "nothing" && what === "changes") return undefined;
  return { ...entry, what, attributes, ...enabled };
}

function personAtAddress(address: string) {
  const place = parseAddress(address);
  return place && personAt(place);
}

/** As lib/stack/people.ts writes it for Cognito: SUPPRESS, or by which medium. */
function invitationOf(after: ResourceChange["change"]["after"]): Invitation {
  if (after?.message_action === "SUPPRESS") return "none";
  const mediums = after?.desired_delivery_mediums;
  return Array.isArray(mediums) && mediums.includes("SMS") ? "sms" : "email";
}

function membershipEntry(resource: ResourceChange, action: Action): MembershipEntry | undefined {
  const { address, type, change } = resource;
  const values = change.after ?? change.before;
  const { username, group_name: group } = values ?? {};
  if (type !== "aws_cognito_user_in_group") return undefined;
  if (typeof username !== "string" || typeof group !== "string") return undefined;
  if (action === "nothing") return undefined;
  const what = ({ create: "in", delete: "out", replace: "replaced" } as const)[
    action as "create" | "delete" | "replace"
  ];
  if (what === undefined) throw unknown(resource, `is to be: ${action}`);
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
  return {
    about,
    address,
    label,
    what: adopted ? "adopted" : DONE[action],
    settings: action === "update" || action === "replace" ? settingChanges(change) : [],
  };
}

function changedPaths({ change }: ResourceChange): string[] {
  return [...new Set((change.replace_paths ?? []).map((path) => String(path[0])))].sort();
}

function unknown({ address }: ResourceChange, what: string): UserError {
  return new UserError(`The plan has something that this version has no words for: ${address} ${what}`, {
    why: "What a review cannot show must not be applied.",
    next: ["read it in Terraform's own words: npx cdktf diff"],
  });
}
