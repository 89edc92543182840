import type { AttributeChange } from "./differences.ts";
import { KINDS, type Kind, type Line } from "./line.ts";
import type { PersonEntry } from "./person.ts";
import { parseAddress, personAt } from "./plan.ts";
import type { MembershipEntry } from "./review.ts";

/** Everything that happens to one person. */
export interface PersonsChanges {
  readonly username: string;
  readonly account?: PersonEntry;
  readonly memberships: readonly MembershipEntry[];
}

/**
 * One person's line.
 * @param missing whether their account was deleted by other hands, so that joining is coming again
 */
export function personLine({ username, account, memberships }: PersonsChanges, missing = false): Line {
  const groups = (what: MembershipEntry["what"]) =>
    memberships
      .filter((entry) => entry.what === what)
      .map((entry) => (what === "out" ? entry.group : groupWords(entry)));
  // Whoever is deleted leaves every group by it.
  const out = account?.what === "deleted" ? [] : groups("out");
  const again = missing && account?.what === "joins";
  const kind = account === undefined ? "groups" : again ? "replaced" : kindOf(account);
  const [into, both] = [groups("in"), groups("replaced")];
  return {
    kind,
    // What is lost was lost before.
    tone: again ? "warn" : toneOf(kind),
    who: username,
    what: [
      ...(again
        ? ["is created anew with a new sub, since the account was deleted outside this repository"]
        : []),
      ...(account === undefined ? [] : accountWords(account, again)),
      ...(into.length > 0 ? [`into ${into.join(", ")}`] : []),
      ...(out.length > 0 ? [`out of ${out.join(", ")}`] : []),
      ...(both.length > 0 ? [`out of and into ${both.join(", ")}`] : []),
    ],
  };
}

/** A group that somebody comes into, with what it gives. */
function groupWords({ group, role, privileged }: MembershipEntry): string {
  const gives = [
    ...(privileged ? ["privileged"] : []),
    ...(role === undefined ? [] : [`gives the role ${role}`]),
  ];
  return gives.length === 0 ? group : `${group} (${gives.join("; ")})`;
}

export const toneOf = (kind: Kind) => KINDS.find(({ id }) => id === kind)?.tone ?? "info";

/** In the block of people who are on their way out. */
export function isLeaving({ address }: PersonEntry): boolean {
  const place = parseAddress(address);
  return place !== undefined && personAt(place)?.leaving === true;
}

/** Not in the pool, and leaving according to the roster: created for nothing. */
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

const LEAVES = "leaves: disabled and signed out now, deleted when the line goes";

function accountWords(entry: PersonEntry, again: boolean): string[] {
  const { what, invitation = "none", attributes, enabled } = entry;
  switch (what) {
    case "joins":
      if (joinsToLeave(entry)) {
        const advice = again ? "" : ": leave the line out";
        return [`is created disabled, only to be deleted when the line goes${advice}`];
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
        `is deleted and created anew with a new sub, irreversibly, ${INVITED[invitation]}`,
        ...why(entry),
        ...attributes.map(attributeWords),
      ];
    case "adopted": {
      const more = [...(isLeaving(entry) ? [LEAVES] : access(enabled)), ...changes(entry)];
      return [`is in the user pool already, and is taken over${more.length > 0 ? "" : " as is"}`, ...more];
    }
    case "changes":
      return [...access(enabled), ...changes(entry)];
  }
}

const access = (enabled: boolean | undefined) =>
  enabled === undefined ? [] : [enabled ? "is enabled" : "is disabled"];

/** Set, changed or removed; from → to where values are shown. */
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
      ? ["is thrown back to a temporary password: their own stops working, as at the first login"]
      : password === "permanent"
        ? ["gets another password: their own stops working"]
        : []),
    ...(others.length > 0 ? [`other arguments: ${others.join(", ")}`] : []),
  ];
}

function why({ because = [] }: PersonEntry): string[] {
  return because.map(({ name, from, to }) =>
    name === "user_pool_id"
      ? "because the user pool is another one"
      : from === undefined && to === undefined
        ? `because of ${name}`
        : `because Cognito can't change a ${name}: ${from ?? "none"} → ${to ?? "none"}`,
  );
}
