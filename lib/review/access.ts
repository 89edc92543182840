import { commandLine } from "../shell.ts";
import { type Trigger, triggerAt, triggerOf } from "../stack/triggers.ts";
import { isLeaving } from "./describe-person.ts";
import type { Drift, DriftedPerson } from "./drift.ts";
import type { Refusal } from "./refusals.ts";
import type { Review } from "./review.ts";

/** What gives access, or would if an option named it. */
interface Ways {
  readonly review: Pick<Review, "entries">;
  readonly drift: Drift;
}

/**
 * Who gets access, or more access, by this plan, besides the newcomers in the roster: accounts that are enabled, adopted or
 * re-created, and people who join a group.
 */
export function accessGiven({ review: { entries }, drift }: Ways): string[] {
  const missing = new Set(drift.people.flatMap(({ what, username }) => (what === "missing" ? username : [])));
  const joining = new Set<string>();
  const given = new Set<string>();
  for (const entry of entries) {
    if (entry.about !== "person") continue;
    const { username, what, enabled } = entry;
    if (what === "joins" && !missing.has(username)) joining.add(username);
    const comesIn =
      what === "joins" ||
      what === "replaced" ||
      (what === "adopted" && !isLeaving(entry)) ||
      enabled === true;
    if (comesIn && enabled !== false) given.add(username);
  }
  for (const entry of entries) {
    if (entry.about === "membership" && entry.what !== "out") given.add(entry.username);
  }
  return [...given].filter((username) => !joining.has(username)).sort();
}

/**
 * The triggers that this plan sets, changes or removes and that could let people in, or give them more than the roster does: by
 * the names of their settings.
 */
export function triggersChanged({ entries }: Pick<Review, "entries">): string[] {
  const found = entries.flatMap((entry): (Trigger | undefined)[] => {
    if (entry.about === "pool") {
      return entry.settings.map(({ name }) =>
        name.startsWith("lambda_config.") ? triggerOf(name) : undefined,
      );
    }
    // For a new pool, no setting is shown.
    return entry.about === "other" && entry.what === "created" ? [triggerAt(entry.address)] : [];
  });
  return [
    ...new Set(
      found.flatMap((trigger) =>
        trigger === undefined || trigger.power === "none" ? [] : [trigger.setting],
      ),
    ),
  ];
}

/**
 * Manual changes that stay until an option names them, if this plan can't leave them alone: a change to a person whose account
 * is gone, which Cognito would refuse halfway; and, with Terraform's own refresh, people who would regain access.
 */
export function refuseHeld(
  { review: { entries }, drift }: Ways,
  { enable, recreate }: { readonly enable: readonly string[]; readonly recreate: readonly string[] },
): Refusal[] {
  const named = (one: DriftedPerson) => (one.what === "missing" ? recreate : enable).includes(one.username);
  const held = new Map(
    drift.people.flatMap((one) => (one.held && !named(one) ? [[one.username, one] as const] : [])),
  );
  const refused = new Map<string, Refusal>();
  for (const entry of entries) {
    if (entry.about !== "person" && entry.about !== "membership") continue;
    const { username } = entry;
    const one = held.get(username);
    if (one === undefined || refused.has(username)) continue;
    if (one.what === "missing") {
      refused.set(username, {
        message: `"${username}" was deleted outside this repository, and this change concerns the account`,
        hint: `To create the account again, with a new sub and without its password and MFA: ${commandLine`--recreate ${username}`}. Otherwise undo the change, or write "leaving": true.`,
      });
    } else if (entry.about === "person" && entry.enabled === true) {
      refused.set(username, {
        message: `"${username}" was disabled outside this repository, and would get access again`,
        hint: `Someone disabled the account for a reason. If it no longer holds: ${commandLine`--enable ${username}`}`,
      });
    }
  }
  return [...refused.values()];
}

/**
 * Ways into a privileged group that the reviewed change does not name. Those that a deploy would reverse are refused as well: a
 * person should look at them first.
 * @param privileged names of groups
 * @param letIn named by `--enable`, `--recreate` or `--allow-replace`
 * @param userPoolId for the command in the hint. @default the placeholder ID
 */
export function refusePrivileged(
  { memberships }: Pick<Drift, "memberships">,
  privileged: readonly string[],
  letIn: readonly string[],
  userPoolId: string | undefined,
): Refusal[] {
  return memberships
    .filter(({ group }) => privileged.includes(group))
    .flatMap(({ username, group, what, stranger }) => {
      const who = stranger ? `"${username}", who is not in the roster,` : `"${username}"`;
      if (what === "added") {
        return {
          message: `${who} was added to the privileged group "${group}" outside this repository`,
          hint: `Add the group to their line in the roster, or remove them from it: ${commandLine`aws cognito-idp admin-remove-user-from-group --user-pool-id ${userPoolId ?? "ID"} --group-name ${group} --username ${username}`}`,
        };
      }
      if (letIn.includes(username)) return [];
      return {
        message: `${who} was removed from the privileged group "${group}" outside this repository, and would be added again`,
        hint: `Remove the group from their line in the roster, or allow it: ${commandLine`--enable ${username}`}`,
      };
    });
}
