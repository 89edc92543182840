import { EXIT, UserError } from "../errors.ts";
import type { TerraformContext } from "../terraform/run.ts";
import { pullState, type StateInstance } from "../terraform/state.ts";
import { addressOf, forget, refreshTargets } from "../terraform/targets.ts";
import { type PoolComparison, strandedMemberships } from "./compare-pool.ts";
import type { DriftOfThings } from "./find-drift.ts";

/**
 * How many people a deploy reads anew one by one. Each of them is a monthly active user by it, and with more something larger
 * has happened than a change in the console, at which somebody should look.
 */
export const MAX_REFRESHED = 500;

export interface StateToPutRight {
  readonly look: PoolComparison;
  readonly things: DriftOfThings;
  readonly state: readonly StateInstance[];
  readonly onProgress: (step: string, detail?: string) => void;
}

/**
 * Reads what has drifted, and only that, from Cognito into the state, so that a plan that leaves out refreshing puts it back.
 * Nothing in the user pool is changed. Memberships whose person or group is gone leave the state with them: asking for each
 * would take a call a member.
 *
 * Killed in between, the next deploy finds what is left to do.
 * @throws UserError (exit 3) when more than {@link MAX_REFRESHED} people have drifted; TerraformError
 */
export async function refreshDriftedState(
  context: TerraformContext,
  options: StateToPutRight,
): Promise<void> {
  const { look, things, state, onProgress } = options;
  const { outdated } = look.drift;
  if (outdated.length > MAX_REFRESHED) throw tooMany(outdated.length);
  const addresses = [...things.addresses, ...outdated.map(addressOf)];
  const present = { people: new Set(look.unrecorded.people), groups: new Set(look.unrecorded.groups) };
  if (addresses.length > 0) {
    onProgress("Terraform: reading what has drifted", `${addresses.length}`);
    await refreshTargets(context, addresses);
  }
  const now = addresses.length > 0 ? (await pullState(context)).instances : state;
  // Another account that took the name is in no group of the one before.
  const others = new Set(
    look.drift.people.flatMap(({ username, otherAccount }) => (otherAccount ? [username] : [])),
  );
  const stranded = strandedMemberships(now, present, others);
  if (stranded.length > 0) await forget(context, stranded.map(addressOf));
}

function tooMany(count: number): UserError {
  return new UserError(`REFUSED: ${count} people are not in the user pool as they were deployed`, {
    why: `A deploy reads at most ${MAX_REFRESHED} people anew. So many do not change by chance: a script may have run over the pool, or the state is not this pool's.`,
    next: [
      "npm run plan says who they are",
      "to have Terraform read everyone, who all become billed active users, and put them back: npm run deploy -- --refresh",
    ],
    exitCode: EXIT.refused,
  });
}
