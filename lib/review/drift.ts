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
  /**
   * Left as it is until somebody names them: to put it back would let them in. Of people who were disabled
   * (`deploy -- --enable NAME`), and of deleted ones (`--recreate NAME`).
   */
  readonly held?: true;
}

/** Who is in a group, or is not, by other hands than a deploy's. */
export interface DriftedMembership {
  /** As the roster names people. */
  readonly username: string;
  readonly group: string;
  /** added: taken back by a deploy, except a stranger's. removed: put back. */
  readonly what: "added" | "removed";
  /** Not in the roster: left alone. */
  readonly stranger?: true;
}

/** A group of the user pool that neither the roster nor config.ts names: left alone. */
export interface UndeclaredGroup {
  readonly name: string;
  readonly members: number;
  /** What it gives. */
  readonly roleArn?: string;
}

/** The pool, the app client, a group or another thing that was changed by other hands than a deploy's. */
export interface DriftedSetting {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  /** From what was deployed to what is there. */
  readonly settings: readonly SettingChange[];
  readonly missing?: true;
  /** Settings of a group that config.ts does not declare: left as they are, until it does. */
  readonly held?: true;
}

/** What is not as it was deployed, and not as it is written either: a deploy puts it back. */
export interface Drift {
  readonly people: readonly DriftedPerson[];
  readonly things: readonly DriftedSetting[];
  readonly memberships: readonly DriftedMembership[];
  readonly groups: readonly UndeclaredGroup[];
}

export const NO_DRIFT: Drift = { people: [], things: [], memberships: [], groups: [] };
