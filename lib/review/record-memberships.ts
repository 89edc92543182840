import { UserError } from "../errors.ts";
import { quotasOf } from "../stack/quotas.ts";
import { terraformParallelism } from "../terraform/parallelism.ts";
import { applyProgress } from "../terraform/progress.ts";
import { pullState } from "../terraform/pull-state.ts";
import { applySavedPlan, withSavedPlan } from "../terraform/saved-plan.ts";
import { calledAt } from "./addresses.ts";
import type { Proposal } from "./propose.ts";
import { type Entry, reviewPlan } from "./review.ts";
import { counted } from "./verdict.ts";

/**
 * Takes into the state the memberships that were left out of an adopting plan, by a second plan that does nothing else:
 * AdminAddUserToGroup of somebody who is in the group already changes nothing.
 *
 * Killed before it, the next deploy does the same by itself.
 * @throws UserError when that plan would do anything else: then it is not applied; TerraformError
 */
export async function recordMemberships(
  { existingMemberships, compose, context, settings }: Proposal,
  onProgress: (step: string, detail?: string) => void,
): Promise<void> {
  const count = existingMemberships.length;
  const step = `Recording ${counted(count, "group membership that exists", "group memberships that exist")} already`;
  onProgress(step);
  const existing = new Map<string, Set<string>>();
  for (const { username, group } of existingMemberships) {
    existing.set(username, (existing.get(username) ?? new Set()).add(group));
  }
  const isOne = (entry: Entry) =>
    entry.about === "membership" &&
    entry.what === "in" &&
    existing.get(entry.username)?.has(entry.group) === true;

  compose(undefined, (await pullState(context)).instances);
  await withSavedPlan(context, { refresh: false }, async (plan) => {
    const { entries } = reviewPlan(plan.json);
    if (!entries.every(isOne)) throw somethingElse(step);
    if (entries.length === 0) return;
    await applySavedPlan(context, plan, {
      parallelism: terraformParallelism(quotasOf(settings.quotas), ["UserUpdate"]),
      onEvent: applyProgress(({ done, total, current }) =>
        onProgress(step, `${done} of ${total}: ${calledAt(current)}`),
      ),
    });
  });
}

function somethingElse(step: string): UserError {
  return new UserError(`Deployed, but not finished: ${step}`, {
    why: "The plan for it would do something else, too, that nobody has seen: a file was changed while the deploy ran. It was not applied.",
    next: ["deploy what is written now: npm run deploy shows it, and records the memberships with it"],
  });
}
