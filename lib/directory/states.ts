import type { Tone } from "../page/page.ts";

interface StateFacts {
  readonly id: string;
  readonly label: string;
  readonly tone: Tone;
  /** Whoever is to be in and is here, is not in yet. */
  readonly waits: boolean;
}

/**
 * Where somebody can be between the roster's line and the first login, who needs help most first: the order of the board.
 * Of UserStatus (API reference, UserType) it knows every value; ARCHIVED, UNKNOWN and whatever Cognito adds are `unknown`.
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

/** People who need nothing: a long list leaves them out. */
export const SETTLED: ReadonlySet<State> = new Set(["confirmed", "mfa"]);

/** A label within a sentence. */
export const inText = (label: string) =>
  /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
