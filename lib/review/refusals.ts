import { EXIT, UserError } from "../errors.ts";
import { removalLimit } from "../stack/guards.ts";
import type { Settings } from "../stack/settings.ts";
import { counted } from "../text/words.ts";
import type { Drift } from "./drift.ts";
import type { PersonEntry } from "./person.ts";
import type { Review } from "./review.ts";

/** For the room `deploy`, which may import this room but not `text`. */
export { counted } from "../text/words.ts";

/** What a plan may do, as the team's guards and the options of this run have it. */
export interface Limits {
  /** How many people may lose access, deleted and disabled together. */
  readonly removals: number;
  /** For a stack that may be destroyed, nothing is irreplaceable. */
  readonly destroyable: boolean;
  /** Usernames that may be deleted and created anew, or be another account's by now, for this run; the app client by its address. @default none */
  readonly replaceable?: readonly string[];
  /** Usernames that must keep access. @default none */
  readonly required?: readonly string[];
}

/** Why a plan must not be applied, and what to do. Its options are those of this repository's commands. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** What `--allow-replace` calls the app client: its address, for "client" could be somebody's username. */
const CLIENT = "aws_cognito_user_pool_client.client";

/**
 * The guards that a plan breaks. With none, it may be applied.
 * @param drift what was found in the user pool when it was made. @default nothing
 * @example
 * const refused = refusals(reviewPlan(json), { removals: 3, destroyable: false, required: ["root@example.com"] });
 * if (refused.length > 0) throw new Error(refused.map(({ message }) => message).join("; "));
 */
export function refusals(
  { entries }: Review,
  limits: Limits,
  drift: Pick<Drift, "people"> = { people: [] },
): Refusal[] {
  const { removals, destroyable, replaceable = [], required = [] } = limits;
  const people = entries.filter((entry) => entry.about === "person");
  const removed = people.filter(losesAccess);
  const found = refuseOtherAccounts(drift, limits);
  if (removed.length > removals) {
    const deleted = removed.every(({ what }) => what === "deleted");
    found.push({
      message: `${counted(removed.length, "person", "people")} would ${deleted ? "be deleted" : "lose access"} (limit ${removals})`,
      hint: `If that is right, for this run only: --allow-removals ${removed.length}. The limit is guards.maxRemovals in config.ts.`,
    });
  }
  for (const { username, password } of people) {
    if (password === undefined) continue;
    found.push({
      message:
        password === "temporary"
          ? `"${username}" would be thrown back to a temporary password`
          : `"${username}" would get another password, and could not sign in with their own`,
      hint: `Keep passwords in ignore_changes (lib/stack/synth/people.ts), where they are for this reason.`,
    });
  }
  for (const { username } of removed.filter((one) => required.includes(one.username))) {
    found.push({
      message: `"${username}" would lose access, and is required by config.ts`,
      hint: "Take the change back, or take the name out of guards.required in config.ts first.",
    });
  }
  if (destroyable) return found;
  const poolLost = entries.some(
    ({ about, what }) => about === "pool" && (what === "replaced" || what === "deleted"),
  );
  for (const { username, what, because = [] } of people) {
    // With the pool everyone goes: that is said once.
    if (what !== "replaced" || replaceable.includes(username) || poolLost) continue;
    const why = because.map(({ name }) => name).join(", ") || "unknown";
    found.push({
      message: `"${username}" would be deleted and created anew with a new sub, because of: ${why}`,
      hint: `Take the change back; if a new account without password and MFA is what you want: --allow-replace ${username}`,
    });
  }
  for (const { about, what } of entries) {
    if (about === "pool" && (what === "replaced" || what === "deleted")) {
      found.push({
        message: `the user pool would be ${what}, with everyone in it`,
        hint: "Take the change back, or deploy a second stack beside this one.",
      });
    }
    if (
      about === "client" &&
      (what === "replaced" || what === "deleted") &&
      !poolLost &&
      !replaceable.includes(CLIENT)
    ) {
      found.push({
        message: `the app client would be ${what}: no app that uses it could sign anybody in until it gets the new id`,
        hint: `Take the change back (after import-users: client.asIs of config.proposal.ts belongs into config.ts); if the apps are ready for it: --allow-replace ${CLIENT}`,
      });
    }
  }
  return found;
}

/**
 * People whose name is another account's by now. Also in a stack that may be destroyed: it is not about what is lost, but about
 * who gets what the roster gives to somebody else. Ask before anything of them is read into the state, which forgets it.
 */
export function refuseOtherAccounts(
  { people }: Pick<Drift, "people">,
  { replaceable = [] }: Pick<Limits, "replaceable">,
): Refusal[] {
  return people
    .filter(({ username, otherAccount }) => otherAccount && !replaceable.includes(username))
    .map(({ username }) => ({
      message: `"${username}" is another account now, with another sub than the one deployed`,
      hint: `Look at it: the account was deleted and created anew, or somebody else was given the name. If it is meant: --allow-replace ${username}`,
    }));
}

/** Deleted, or disabled now: who can't sign in any more after this deploy. */
function losesAccess({ what, enabled }: PersonEntry): boolean {
  return (
    what === "deleted" ||
    what === "replaced" ||
    what === "leaves" ||
    ((what === "changes" || what === "adopted") && enabled === false)
  );
}

/**
 * Guards that were lifted for this run, in words.
 * @param allowed the options as they were given
 */
export function exceptionsOf(allowed: {
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
}): string[] {
  const { allowRemovals, allowReplace } = allowed;
  return [
    ...(allowRemovals === undefined
      ? []
      : [
          `--allow-removals ${allowRemovals}: ${counted(allowRemovals, "person", "people")} may lose access, whatever config.ts says`,
        ]),
    ...allowReplace.map(
      (username) => `--allow-replace ${username}: may be deleted and created anew, or be another account`,
    ),
  ];
}

/** What this run may do: the team's guards, and the exceptions that were asked for. */
export interface LimitOptions {
  readonly settings: Settings;
  /** Instead of the guards' `maxRemovals`. */
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
}

/**
 * @param deployed how many people are deployed now
 * @throws UserError (exit 2) for guards that make no sense
 */
export function limitsOf(
  { settings, allowRemovals, allowReplace }: LimitOptions,
  deployed: number,
): Required<Limits> {
  const { guards = {}, destroyable = false } = settings;
  return {
    removals: allowRemovals ?? removalLimit(guards, deployed),
    destroyable,
    replaceable: allowReplace,
    required: guards.required ?? [],
  };
}

const SHOWN = 20;

/** A roster that would lose or double somebody, recognised before anything is planned. Exit 3. */
export class RefusedError extends UserError {
  readonly refused: readonly Refusal[];

  /**
   * @param roster the roster's file, as the reader names it
   * @param consequence what these lines would do
   */
  constructor(
    refused: readonly Refusal[],
    roster: string,
    consequence:
      | "would lose somebody"
      | "would take over an account of somebody else's" = "would lose somebody",
  ) {
    const left = refused.length - SHOWN;
    const lines = refused.slice(0, SHOWN).map(({ message, hint }) => `  ${message}\n      ${hint}`);
    super(
      [`REFUSED: ${counted(refused.length, "line", "lines")} of ${roster} ${consequence}`, ...lines].join(
        "\n",
      ),
      {
        exitCode: EXIT.refused,
        next: [
          ...(left > 0 ? [`and ${left} more`] : []),
          ...(consequence === "would lose somebody"
            ? [`the former lines are in git: git log -p -- ${roster}`]
            : []),
          "nothing was planned, and nothing has changed",
        ],
      },
    );
    this.refused = refused;
  }
}
