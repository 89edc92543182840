import type { PersonEntry, Review } from "./review.ts";

/** What a plan may do, as the team's guards and the options of this run have it. */
export interface Limits {
  /** How many people may lose access, deleted and disabled together. */
  readonly removals: number;
  /** For a stack that may be destroyed, nothing is irreplaceable. */
  readonly destroyable: boolean;
}

export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** The guards that a plan breaks. With none, it may be applied. */
export function refusals({ entries }: Review, limits: Limits): Refusal[] {
  const found: Refusal[] = [];
  const removed = entries.filter((entry) => entry.about === "person" && losesAccess(entry));
  if (removed.length > limits.removals) {
    found.push({
      message: `${counted(removed.length, "person", "people")} would lose access (limit ${limits.removals})`,
      hint: `If that is right, for this run only: --allow-removals ${removed.length}. The limit is guards.maxRemovals in config.ts.`,
    });
  }
  if (limits.destroyable) return found;
  for (const entry of entries) {
    if (entry.about === "person" && entry.what === "replaced") {
      found.push({
        message: `"${entry.username}" would be deleted and created anew with a new sub, because of: ${entry.attributes.join(", ") || "unknown"}`,
        hint: "Take the change back; a person can't be replaced in one deploy.",
      });
    }
    if (entry.about === "pool" && (entry.what === "replaced" || entry.what === "deleted")) {
      found.push({
        message: `the user pool would be ${entry.what}, with everyone in it`,
        hint: "Take the change back, or deploy a second stack beside this one.",
      });
    }
  }
  return found;
}

/** Deleted, or disabled now: who can't sign in any more after this deploy. */
function losesAccess({ what, enabled }: PersonEntry): boolean {
  return (
    what === "deleted" ||
    what === "replaced" ||
    what === "leaves" ||
    (what === "changes" && enabled === false)
  );
}

export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
