import type { Person } from "../roster/roster.ts";
import type { DirectoryPerson } from "./list-people.ts";
import type { State } from "./states.ts";

const DAY_MS = 86_400_000;

/** Somebody as the roster and the pool have them: one of the two at least. */
export interface Found {
  /** As in the roster, or as it would be there. */
  readonly username: string;
  readonly person?: Person;
  readonly live?: DirectoryPerson;
  /** The second factors that are set up, as Cognito names them; undefined: not read. */
  readonly factors?: readonly string[];
}

export interface StateRules {
  /** temporary_password_validity_days of the pool. */
  readonly validityDays: number;
  /** Whether nobody signs in without a second factor. */
  readonly mfaRequired: boolean;
  readonly now: Date;
}

/**
 * When a temporary password runs out. An estimate, for no API tells it: whatever changes the account moves UserLastModifiedDate.
 * @returns undefined for whoever has no temporary password, or where the pool does not say when the account was changed
 */
export function expiryOf(live: DirectoryPerson | undefined, validityDays: number): Date | undefined {
  if (live?.status !== "FORCE_CHANGE_PASSWORD" || live.modifiedAt === undefined) return undefined;
  return new Date(live.modifiedAt.getTime() + validityDays * DAY_MS);
}

/** Whole days, rounded down: 0 is less than one day left, -1 less than one day too late. */
export const daysUntil = (date: Date, now: Date): number =>
  Math.floor((date.getTime() - now.getTime()) / DAY_MS);

/** The one state under which somebody stands on the board. */
export function stateOf({ person, live, factors }: Found, rules: StateRules): State {
  if (live?.status === "EXTERNAL_PROVIDER") return "unknown";
  if (person === undefined) return "undeclared";
  if (person.leaving) return "leaving";
  if (live === undefined) return "missing";
  // Before the other switch: Cognito disables such an account by itself.
  if (live.status === "COMPROMISED") return "compromised";
  if (!live.enabled) return "disabled";
  switch (live.status) {
    case "RESET_REQUIRED":
      return "reset-required";
    case "UNCONFIRMED":
      return "unconfirmed";
    case "FORCE_CHANGE_PASSWORD": {
      const expiry = expiryOf(live, rules.validityDays);
      return expiry !== undefined && expiry <= rules.now ? "expired" : "invited";
    }
    case "CONFIRMED":
      if (factors === undefined) return "confirmed";
      if (factors.length > 0) return "mfa";
      return rules.mfaRequired ? "mfa-pending" : "confirmed";
    default:
      return "unknown";
  }
}
