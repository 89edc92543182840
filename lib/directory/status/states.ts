import type { Tone } from "../../page/report.ts";
import type { Person } from "../../roster/roster.ts";
import { DAY_MS } from "../../text/words.ts";
import type { DirectoryPerson } from "../pool/people.ts";

interface StateFacts {
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
  /** Whether an expected person in this state has yet to sign in. */
  readonly waits: boolean;
}

/**
 * A person's states between the roster's line and the first login, most urgent first: the order of the board. Covers every
 * value of UserStatus (API reference, UserType); ARCHIVED, UNKNOWN and any new one are `unknown`.
 */
export const STATES = [
  { id: "compromised", label: "Compromised", tone: "bad", waits: true },
  { id: "reset-required", label: "Reset required", tone: "bad", waits: true },
  { id: "expired", label: "Expired", tone: "bad", waits: true },
  { id: "missing", label: "Missing", tone: "bad", waits: true },
  { id: "mfa-pending", label: "Without MFA", tone: "warn", waits: true },
  { id: "invited", label: "Invited", tone: "warn", waits: true },
  { id: "unconfirmed", label: "Sign-up not confirmed", tone: "warn", waits: true },
  { id: "disabled", label: "Disabled", tone: "quiet", waits: false },
  { id: "leaving", label: "Leaving", tone: "quiet", waits: false },
  { id: "undeclared", label: "Undeclared", tone: "info", waits: false },
  { id: "unknown", label: "Unknown", tone: "quiet", waits: false },
  { id: "confirmed", label: "Confirmed", tone: "good", waits: false },
  { id: "mfa", label: "MFA set up", tone: "good", waits: false },
] as const satisfies readonly StateFacts[];

export type State = (typeof STATES)[number]["id"];

export const STATE_IDS: readonly State[] = STATES.map(({ id }) => id);

/** People who need nothing: omitted from a long list. */
export const SETTLED: ReadonlySet<State> = new Set(["confirmed", "mfa"]);

/** A label within a sentence. */
export const inText = (label: string) =>
  /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;

/** A person in the roster, in the pool, or in both. */
export interface Found {
  /** The name in the roster, or the one it would use. */
  readonly username: string;
  readonly person?: Person;
  readonly live?: DirectoryPerson;
  /** The second factors that are set up, by Cognito's names; undefined: not read. */
  readonly factors?: readonly string[];
}

export interface StateRules {
  /** temporary_password_validity_days of the pool. */
  readonly validityDays: number;
  /** Whether everyone needs a second factor to sign in. */
  readonly mfaRequired: boolean;
  readonly now: Date;
}

/**
 * When a temporary password expires. An estimate, because no API returns it: every change to the account moves
 * UserLastModifiedDate.
 * @returns undefined without a temporary password, or if the pool doesn't say when the account was changed
 */
export function expiryOf(live: DirectoryPerson | undefined, validityDays: number): Date | undefined {
  if (live?.status !== "FORCE_CHANGE_PASSWORD" || live.modifiedAt === undefined) return undefined;
  return new Date(live.modifiedAt.getTime() + validityDays * DAY_MS);
}

/** Whole days, rounded down: 0 is less than one day left, -1 less than one day too late. */
export const daysUntil = (date: Date, now: Date): number =>
  Math.floor((date.getTime() - now.getTime()) / DAY_MS);

/** The single state of a person on the board. */
export function stateOf({ person, live, factors }: Found, rules: StateRules): State {
  if (live?.status === "EXTERNAL_PROVIDER") return "unknown";
  if (person === undefined) return "undeclared";
  if (person.leaving) return "leaving";
  if (live === undefined) return "missing";
  // Checked before disabled: Cognito itself disables such an account.
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
