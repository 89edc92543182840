import { isDeepStrictEqual } from "node:util";
import type { Invite } from "../roster/roster.ts";
import { type AttributeChange, attributeChanges, type SettingChange, textIn } from "./differences.ts";
import { type Action, notDescribable, parseAddress, personAt, type ResourceChange } from "./plan.ts";

/** A person who gets a new address and keeps the same account. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  /** Whether the new address counts as verified. */
  readonly emailVerified: boolean;
  /**
   * Cognito has the new one already, because a deploy was interrupted or someone changed it by hand; only the state has to
   * follow.
   */
  readonly done?: true;
  /** The current address in Cognito, if it is neither. */
  readonly there?: string;
  /** The line's groups that the settings call privileged: the person at the new address gets them. @default none */
  readonly privileged?: readonly string[];
}

/** What happens to one person. */
export interface PersonEntry {
  readonly about: "person";
  /** Terraform's address: identifies the entry, and is not meant for people. */
  readonly address: string;
  readonly username: string;
  /**
   * joins: is created. leaves: is disabled, and deleted when the line is removed. returns: was leaving. changes: stays.
   * adopted: was in the user pool before Terraform knew. deleted: irreversibly. replaced: deleted, and re-created with another
   * `sub`.
   */
  readonly what: "joins" | "leaves" | "returns" | "changes" | "adopted" | "deleted" | "replaced";
  /** For joins and replaced: how Cognito invites them. */
  readonly invitation?: Invite;
  readonly attributes: readonly AttributeChange[];
  /** If it changes; for joins, if it is false. */
  readonly enabled?: boolean;
  /** Addresses that Cognito treats as unverified afterwards. */
  readonly verify?: readonly ("email" | "phone_number")[];
  /** The deploy overwrites the password, with a temporary or a permanent one. */
  readonly password?: "temporary" | "permanent";
  /** Other arguments of the resource that differ, by name, so that nothing in the plan is left out. */
  readonly others?: readonly string[];
  /** The account was deployed under another address and gets the line's one: not through Terraform, which can't do that. */
  readonly renamed?: Renaming;
  /** For replaced: the arguments that Cognito can't change. */
  readonly because?: readonly SettingChange[];
}

/** @returns undefined if this is no account, or nothing happens to it */
export function personEntry(
  resource: ResourceChange,
  action: Action,
  showValues: boolean,
): PersonEntry | undefined {
  const { address, previous_address: previous, change } = resource;
  const person = personIn(resource);
  if (person === undefined) return undefined;
  if (action === "read" || action === "forget") throw notDescribable(resource, `is to be: ${action}`);
  const entry = { about: "person", address, username: person.username } as const;
  const { before, after } = change;
  if (action === "delete") return { ...entry, what: "deleted", attributes: [] };
  const attributes = attributeChanges(change, showValues);
  if (action === "replace") {
    return {
      ...entry,
      what: "replaced",
      attributes,
      invitation: invitationOf(after),
      because: reasons(change),
    };
  }
  if (action === "create") {
    const disabled = after?.enabled === false ? { enabled: false } : {};
    return { ...entry, what: "joins", invitation: invitationOf(after), attributes, ...disabled };
  }
  const from = previous === undefined ? undefined : parseAddress(previous);
  const former = from && personAt(from);
  const what =
    change.importing != null
      ? "adopted"
      : former === undefined || former.leaving === person.leaving
        ? "changes"
        : person.leaving
          ? "leaves"
          : "returns";
  // A move within the same list doesn't affect the person.
  if (action === "nothing" && what === "changes") return undefined;
  const [verify, password, others] = [unverified(change), passwordSet(change), otherArguments(change)];
  return {
    ...entry,
    what,
    attributes,
    ...(before?.enabled === after?.enabled ? {} : { enabled: after?.enabled !== false }),
    ...(verify.length > 0 ? { verify } : {}),
    ...(password === undefined ? {} : { password }),
    ...(others.length > 0 ? { others } : {}),
  };
}

/** The account that a change is about. */
export function personIn({ type, name, index }: ResourceChange) {
  return personAt({ type, name, key: index ?? null });
}

/** As lib/stack/synth/people.ts writes it for Cognito: SUPPRESS, or the medium. */
function invitationOf(after: ResourceChange["change"]["after"]): Invite {
  if (after?.message_action === "SUPPRESS") return "none";
  const mediums = after?.desired_delivery_mediums;
  return Array.isArray(mediums) && mediums.includes("SMS") ? "sms" : "email";
}

/**
 * Cognito treats a changed address as unverified unless the same call says otherwise, and the provider (5.100.0,
 * computeUserAttributesUpdate) only sends what differs: an unchanged "true" is not sent again.
 */
function unverified(change: ResourceChange["change"]): ("email" | "phone_number")[] {
  const changed = attributeChanges(change, false);
  const attributes = change.after?.attributes;
  return (["email", "phone_number"] as const).filter((name) => {
    const mark = `${name}_verified`;
    const now = textIn(attributes, name);
    const vouched = textIn(attributes, mark) === "true" && changed.some((one) => one.name === mark);
    const lost =
      changed.some((one) => one.name === mark) &&
      textIn(change.before?.attributes, mark) === "true" &&
      textIn(attributes, mark) !== "true";
    return now !== undefined && ((changed.some((one) => one.name === name) && !vouched) || lost);
  });
}

/**
 * A changed `temporary_password` makes the provider call AdminSetUserPassword(Permanent=false), even for people who have
 * finished the first login; a changed `password` likewise, permanently. Here `ignore_changes` prevents both.
 */
function passwordSet({
  before,
  after,
  after_unknown: unknown,
}: ResourceChange["change"]): PersonEntry["password"] {
  const set = (name: string) =>
    unknown?.[name] === true || (Boolean(after?.[name]) && after?.[name] !== before?.[name]);
  return set("password") ? "permanent" : set("temporary_password") ? "temporary" : undefined;
}

const DESCRIBED: ReadonlySet<string> = new Set(["attributes", "enabled", "password", "temporary_password"]);

function otherArguments({ before, after, after_unknown: unknown }: ResourceChange["change"]): string[] {
  // For an import, only what Cognito returns is known beforehand, and creation-only arguments do nothing.
  if (before == null || after == null) return [];
  return Object.keys(after)
    .filter((name) => !DESCRIBED.has(name) && unknown?.[name] !== true)
    .filter((name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null))
    .sort();
}

function reasons({ before, after, replace_paths: paths = [] }: ResourceChange["change"]): SettingChange[] {
  return [...new Set(paths.map((path) => String(path[0])))].sort().map((name) => {
    // A username is no secret in a review; everything else that could be here is personal.
    if (name !== "username") return { name };
    const [from, to] = [textIn(before, name), textIn(after, name)];
    return { name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  });
}
