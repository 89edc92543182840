import type { AttributeChange } from "./differences.ts";
import { KINDS, type Kind, type Line } from "./line.ts";
import type { PersonEntry } from "./person.ts";
import { parseAddress, personAt } from "./plan.ts";
import { renamingWords } from "./renames.ts";
import type { MembershipEntry } from "./review.ts";

/** Everything that happens to one person. */
export interface PersonsChanges {
  readonly username: string;
  readonly account?: PersonEntry;
  readonly memberships: readonly MembershipEntry[];
}

/**
 * One person's line.
 * @param missing whether someone deleted their account outside the roster, so that joining re-creates it
 */
export function personLine({ username, account, memberships }: PersonsChanges, missing = false): Line {
  const groups = (what: MembershipEntry["what"]) =>
    memberships
      .filter((entry) => entry.what === what)
      .map((entry) => (what === "out" ? entry.group : groupWords(entry)));
  // A deleted person leaves every group.
  const out = account?.what === "deleted" ? [] : groups("out");
  const again = missing && account?.what === "joins";
  const kind = account === undefined ? "groups" : again ? "replaced" : kindOf(account);
  const [into, both] = [groups("in"), groups("replaced")];
  return {
    kind,
    // What they lose was lost before.
    tone: again ? "warn" : toneOf(kind),
    who: username,
    what: [
      ...(again
        ? ["is created again with a new sub, because the account was deleted outside this repository"]
        : []),
      ...(account?.renamed === undefined ? [] : renamingWords(account.renamed)),
      ...(account === undefined ? [] : accountWords(account, again)),
      ...(into.length > 0 ? [`into ${into.join(", ")}`] : []),
      ...(out.length > 0 ? [`out of ${out.join(", ")}`] : []),
      ...(both.length > 0 ? [`out of and into ${both.join(", ")}`] : []),
    ],
  };
}

/** A group that a person joins, with what it gives. */
function groupWords({ group, role, privileged }: MembershipEntry): string {
  const gives = [
    ...(privileged ? ["privileged"] : []),
    ...(role === undefined ? [] : [`gives the role ${role}`]),
  ];
  return gives.length === 0 ? group : `${group} (${gives.join("; ")})`;
}

export const toneOf = (kind: Kind) => KINDS.find(({ id }) => id === kind)?.tone ?? "info";

/** In the block of people who are leaving. */
export function isLeaving({ address }: PersonEntry): boolean {
  const place = parseAddress(address);
  return place !== undefined && personAt(place)?.leaving === true;
}

/** Missing from the pool, and leaving according to the roster: created only to be deleted. */
export const joinsToLeave = (entry: PersonEntry) => entry.what === "joins" && isLeaving(entry);

function kindOf(entry: PersonEntry): Kind {
  const { what, enabled, password, attributes, verify } = entry;
  if (what === "deleted" || what === "replaced") return what;
  if (password !== undefined) return "thrown-back";
  if ((what === "joins" || what === "adopted") && isLeaving(entry)) return "leaves";
  if (what === "joins" || what === "leaves" || what === "returns") return what;
  if (enabled === false) return "disabled";
  const quiet = enabled === undefined && attributes.length === 0 && verify === undefined;
  return what === "adopted" && quiet ? "adopted" : "changes";
}

export const INVITED = {
  email: "invited by e-mail",
  sms: "invited by SMS",
  none: "no invitation",
} as const;

const LEAVES = "leaves: disabled and signed out now, deleted when the line is removed";

function accountWords(entry: PersonEntry, again: boolean): string[] {
  const { what, invitation = "none", attributes, enabled } = entry;
  switch (what) {
    case "joins":
      if (joinsToLeave(entry)) {
        const advice = again ? "" : ": leave the line out";
        return [`is created disabled, only to be deleted when the line is removed${advice}`];
      }
      return [
        `joins, ${INVITED[invitation]}${enabled === false ? ", disabled from the start" : ""}`,
        ...attributes.flatMap(({ name, to }) => (to === undefined ? [] : [`${name}: ${to}`])),
      ];
    case "leaves":
      return [LEAVES, ...changes(entry)];
    case "returns":
      return [enabled === true ? "returns, enabled again" : "returns, still disabled", ...changes(entry)];
    case "deleted":
      return ["is deleted, irreversibly"];
    case "replaced":
      return [
        `is deleted and created again with a new sub, irreversibly, ${INVITED[invitation]}`,
        ...why(entry),
        ...attributes.map(attributeWords),
      ];
    case "adopted": {
      const more = [...(isLeaving(entry) ? [LEAVES] : access(enabled)), ...changes(entry)];
      return [`is already in the user pool and is adopted${more.length > 0 ? "" : " as is"}`, ...more];
    }
    case "changes":
      return [...access(enabled), ...changes(entry)];
  }
}

const access = (enabled: boolean | undefined) =>
  enabled === undefined ? [] : [enabled ? "is enabled" : "is disabled"];

/** Set, changed or removed; from → to if values are shown. */
function attributeWords({ name, what, from, to }: AttributeChange): string {
  if (from === undefined && to === undefined) return `${name}: ${what}`;
  return `${name}: ${from ?? "none"} → ${to ?? "none"}`;
}

const ADDRESS = { email: "e-mail address", phone_number: "phone number" } as const;

function changes({ attributes, verify = [], password, others = [] }: PersonEntry): string[] {
  return [
    ...attributes.map(attributeWords),
    ...verify.map((name) => `will have to verify the ${ADDRESS[name]} again`),
    ...(password === "temporary"
      ? ["is reset to a temporary password: their own stops working"]
      : password === "permanent"
        ? ["gets another password: their own stops working"]
        : []),
    ...(others.length > 0 ? [`other arguments: ${others.join(", ")}`] : []),
  ];
}

function why({ because = [] }: PersonEntry): string[] {
  return because.map(({ name, from, to }) =>
    name === "user_pool_id"
      ? "because the user pool changes"
      : from === undefined && to === undefined
        ? `because of ${name}`
        : `because Cognito can't change a ${name}: ${from ?? "none"} → ${to ?? "none"}`,
  );
}
