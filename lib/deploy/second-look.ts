import { createHash } from "node:crypto";
import { EXIT, UserError } from "../errors.ts";
import type { DriftedSetting } from "../review/drift.ts";
import type { Review } from "../review/review.ts";
import type { PlanningContext } from "../terraform/shared-provider.ts";
import type { PoolComparison } from "./compare-pool.ts";
import { findDriftOfThings } from "./find-drift.ts";

/** A fingerprint of a person or group in the user pool: it shows that something differs, and contains no personal data. */
export type Fingerprints = Readonly<Record<string, string>>;

/** The fingerprint of a missing account. */
const ABSENT = "absent";

/** What people change in their own account meanwhile is no reason to stop. */
const OWN = new Set(["email_verified", "phone_number_verified"]);

/**
 * Current fingerprints of every person and group that a plan touches.
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

/** Whether a plan touches more than people and groups. */
const touchesThings = ({ entries }: Pick<Review, "entries">) =>
  entries.some(({ about }) => about === "pool" || about === "client" || about === "other");

/**
 * Like {@link fingerprints}, for the pool, its clients and the rest, if the plan touches any.
 * @param things how they differ from the last deploy
 */
export function fingerprintOfThings(
  review: Pick<Review, "entries">,
  things: readonly DriftedSetting[],
): Fingerprints {
  return touchesThings(review) ? { things: hash(things) } : {};
}

/** The same as it is now. @throws TerraformError */
export async function thingsAgain(
  context: PlanningContext,
  state: string,
  review: Pick<Review, "entries">,
): Promise<Fingerprints> {
  if (!touchesThings(review) || state.trim() === "") return {};
  return fingerprintOfThings(review, (await findDriftOfThings(context, state)).things);
}

const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const SHOWN = 10;

/**
 * Stops if the user pool changed between the review and the apply: what happens would not be what was reviewed.
 * @throws UserError (exit 3) that names the people and the changes
 */
export function requireUnchanged(reviewed: Fingerprints, now: Fingerprints): void {
  const changed = Object.keys(now)
    .filter((name) => reviewed[name] !== now[name])
    .sort();
  if (changed.length === 0) return;
  const more = changed.length - SHOWN;
  const called = changed.map((name) => (name === "things" ? "settings of the pool or a client" : name));
  const names = [...called.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
  throw new UserError(`REFUSED: the user pool changed after this plan was made: ${names}`, {
    why: "What was reviewed isn't what would happen. Nothing was changed.",
    next: ["review it again: npm run plan"],
    exitCode: EXIT.refused,
  });
}
