import type { Invite } from "../roster/roster.ts";
import type { SettingChange } from "./differences.ts";

/** A person who is no longer in the user pool as the last deploy left them, because of a change outside the roster. */
export interface DriftedPerson {
  readonly username: string;
  /** missing: gone from the pool; a deploy re-creates them with a new `sub`. differs: a deploy restores them. */
  readonly what: "missing" | "differs";
  /** Their names, never the values. */
  readonly attributes: readonly string[];
  /** The account's current address in the pool, and so its name, if it has changed. */
  readonly now?: string;
  /** The name now belongs to another account with another `sub`, which would get everything that this person may do. */
  readonly otherAccount?: true;
  /** For a missing person: how Cognito invites them after they are re-created. */
  readonly invitation?: Invite;
  /** The value in the pool, if it differs. */
  readonly enabled?: boolean;
  /**
   * Left alone until an option names them, because restoring it would let them in. For people who were disabled (`deploy --
   * --enable NAME`), and for deleted ones (`--recreate NAME`).
   */
  readonly held?: true;
}

/** Who was added to a group, or removed from it, outside the roster. */
export interface DriftedMembership {
  /** As the roster names people. */
  readonly username: string;
  readonly group: string;
  /** added: a deploy removes them, unless they are in no roster. removed: a deploy restores them. */
  readonly what: "added" | "removed";
  /** Not in the roster: left alone. */
  readonly stranger?: true;
}

/** A group in the user pool that neither the roster nor config.ts names: left alone. */
export interface UndeclaredGroup {
  readonly name: string;
  readonly members: number;
  /** What it gives. */
  readonly roleArn?: string;
}

/** The pool, the app client, a group or another resource that was changed outside config.ts. */
export interface DriftedSetting {
  readonly about: "pool" | "client" | "group" | "other";
  /** The group's name, or the address of another resource. */
  readonly label: string;
  /** From what was deployed to what the pool has now. */
  readonly settings: readonly SettingChange[];
  readonly missing?: true;
  /** Settings of a group that config.ts does not declare: left alone until it does. */
  readonly held?: true;
}

/** Something beside the pool that config.ts does not declare: left alone. */
export interface UndeclaredService {
  readonly what: "resource server" | "identity provider";
  /** Its identifier, or its name. */
  readonly name: string;
}

/** An app client of the pool that config.ts does not declare: left alone, and people can sign in through it. */
export interface UndeclaredClient {
  readonly id: string;
  readonly name: string;
  /** Its flows, and its callback URLs. Empty if they weren't checked. */
  readonly allows: readonly string[];
}

/** What differs both from the last deploy and from the roster: a deploy restores it. */
export interface Drift {
  readonly people: readonly DriftedPerson[];
  readonly things: readonly DriftedSetting[];
  readonly memberships: readonly DriftedMembership[];
  readonly groups: readonly UndeclaredGroup[];
  readonly services: readonly UndeclaredService[];
  /** @default none */
  readonly clients?: readonly UndeclaredClient[];
}

export const NO_DRIFT: Drift = { people: [], things: [], memberships: [], groups: [], services: [] };
