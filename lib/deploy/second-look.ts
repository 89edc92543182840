import { createHash } from "node:crypto";
import { EXIT, UserError } from "../errors.ts";
import type { DriftedSetting } from "../review/drift.ts";
import type { Review } from "../review/review.ts";
import type { PoolComparison } from "./compare-pool.ts";

/** What the user pool had of somebody, or of a group, as a fingerprint: it says that something differs, and holds nobody's data. */
export type Fingerprints = Readonly<Record<string, string>>;

/** Of an account that there is not. */
const ABSENT = "absent";

/** What a person does with their own account meanwhile is no reason to stop. */
const OWN = new Set(["email_verified", "phone_number_verified"]);

/**
 * Fingerprints of everyone and every group that a plan touches, as the user pool has them now.
 * @param look from `comparePool`
 */
export function fingerprints(
  { entries }: Pick<Review, "entries">,
  { accountOf, members }: Pick<PoolComparison, "accountOf" | "members">,
): Fingerprints {
  const people = new Set<string>();
  const groups = new Set<string>();
  for (const entry of entries) {
    if (entry.about === "person" || entry.about === "membership") people.add(entry.username);
    if (entry.about === "membership") groups.add(entry.group);
    if (entry.about === "group") groups.add(entry.label);
  }
  return Object.fromEntries([
    ...[...people].map((username) => {
      const account = accountOf(username);
      if (account === undefined) return [username, ABSENT];
      const { sub, enabled, attributes } = account;
      const told = Object.entries(attributes).filter(([name]) => !OWN.has(name));
      return [
        username,
        hash([sub, enabled, told.sort(), [...(members.of.get(account.username) ?? [])].sort()]),
      ];
    }),
    ...[...groups].map((name) => {
      const group = members.groups.find((one) => one.name === name);
      return [`group ${name}`, group === undefined ? ABSENT : hash(group)];
    }),
  ]);
}

/** Whether a plan is about more than people and groups. */
export const touchesThings = ({ entries }: Pick<Review, "entries">) =>
  entries.some(({ about }) => about === "pool" || about === "client" || about === "other");

/**
 * As {@link fingerprints}, of the pool, its clients and the rest, where the plan touches one of them.
 * @param things how they differ from what was deployed
 */
export function fingerprintOfThings(
  review: Pick<Review, "entries">,
  things: readonly DriftedSetting[],
): Fingerprints {
  return touchesThings(review) ? { things: hash(things) } : {};
}

const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const SHOWN = 10;

/**
 * Between the review and the apply the user pool may have changed: what was reviewed would not be what happens.
 * @throws UserError (exit 3) that names whom and what has changed
 */
export function requireUnchanged(reviewed: Fingerprints, now: Fingerprints): void {
  const changed = Object.keys(now)
    .filter((name) => reviewed[name] !== now[name])
    .sort();
  if (changed.length === 0) return;
  const more = changed.length - SHOWN;
  const called = changed.map((name) => (name === "things" ? "settings of the pool or a client" : name));
  const names = [...called.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
  throw new UserError(`REFUSED: the user pool has changed since this plan was made: ${names}`, {
    why: "What was reviewed would not be what happens. Nothing was changed.",
    next: ["look at it again: npm run plan"],
    exitCode: EXIT.refused,
  });
}
