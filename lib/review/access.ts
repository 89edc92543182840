import { commandLine } from "../shell.ts";
import { isLeaving } from "./describe-person.ts";
import type { Drift, DriftedPerson } from "./drift.ts";
import type { Refusal } from "./refusals.ts";
import type { Review } from "./review.ts";

/** What gives access, and what would if somebody named it. */
interface Ways {
  readonly review: Pick<Review, "entries">;
  readonly drift: Drift;
}

/**
 * Who gets access by this plan, or more of it, beside the newcomers that the roster names: accounts that are enabled, taken over
 * or created anew, and people who come into a group.
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
 * What was done by hand and is left as it is until somebody names it, where this plan can't leave it so: a change of somebody
 * whose account is gone, which Cognito would refuse half-way; and, by Terraform's own refresh, whoever would be let in again.
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
        message: `"${username}" was deleted outside this repository, and this change is about the account`,
        hint: `If the account should exist again, with a new sub and without password and MFA: ${commandLine`--recreate ${username}`}. If not, take the change back, or write "leaving": true.`,
      });
    } else if (entry.about === "person" && entry.enabled === true) {
      refused.set(username, {
        message: `"${username}" was disabled outside this repository, and would get access again`,
        hint: `Whoever disabled the account had a reason. If it no longer holds: ${commandLine`--enable ${username}`}`,
      });
    }
  }
  return [...refused.values()];
}

/**
 * Ways into a privileged group that the reviewed change does not name. What a deploy would take back is refused as well: somebody
 * should look at it first.
 * @param privileged names of groups
 * @param letIn named by `--enable`, `--recreate` or `--allow-replace`
 * @param userPoolId for the command in the hint. @default its place is held by ID
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
          message: `${who} was put into the privileged group "${group}" outside this repository`,
          hint: `Take them out (${commandLine`aws cognito-idp admin-remove-user-from-group --user-pool-id ${userPoolId ?? "ID"} --group-name ${group} --username ${username}`}), or write the group in their line of the roster.`,
        };
      }
      if (letIn.includes(username)) return [];
      return {
        message: `${who} was taken out of the privileged group "${group}" outside this repository, and would come back`,
        hint: `Take the group out of their line of the roster, or let them in again: ${commandLine`--enable ${username}`}`,
      };
    });
}
