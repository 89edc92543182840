import type { Invite } from "../roster/roster.ts";
import type { SettingChange } from "./differences.ts";

/** Someone who is not in the user pool as the last deploy left them, by other hands than a deploy's. */
export interface DriftedPerson {
  readonly username: string;
  /** missing: gone from the pool, and created anew by a deploy, with a new `sub`. differs: put back by a deploy. */
  readonly what: "missing" | "differs";
  /** Their names, never the values. */
  readonly attributes: readonly string[];
  /** The name is another account's now, with another `sub`: whoever has it would get all that this person may do. */
  readonly otherAccount?: true;
  /** Of whoever is missing: how Cognito invites them, once they are created anew. */
  readonly invitation?: Invite;
  /** As the pool has it, where it differs. */
  readonly enabled?: boolean;
}

/** The pool, the app client, a group or another thing that was changed by other hands than a deploy's. */
export interface DriftedSetting {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  /** From what was deployed to what is there. */
  readonly settings: readonly SettingChange[];
  readonly missing?: true;
}

/** What is not as it was deployed, and not as it is written either: a deploy puts it back. */
export interface Drift {
  readonly people: readonly DriftedPerson[];
  readonly things: readonly DriftedSetting[];
}
