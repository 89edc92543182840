import { type Plan, parsePlan } from "../review/plan.ts";
import { planFrom } from "../terraform/isolated-plan.ts";
import { type SavedPlan, withSavedPlan } from "../terraform/plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import type { PulledState } from "../terraform/state.ts";
import { doubtOf, extentOf, type PlanExtent } from "./plan-extent.ts";

export interface MakePlanOptions {
  readonly context: TerraformContext;
  /** As the last deploy left it. */
  readonly recorded: Pick<PulledState, "text" | "outputs">;
  /** The state as the user pool has it; a plan from it can't be applied directly. @default the current state */
  readonly reconciled?: string | undefined;
  readonly refresh: boolean;
  readonly lock: boolean;
  /** From `plannedWith`. @default everyone is planned */
  readonly plannedWith?: string | undefined;
  /** Plan everyone regardless. @default false */
  readonly full?: boolean | undefined;
}

/** A plan, and how it was made. */
export interface MadePlan {
  readonly plan: Plan;
  /** The output of `terraform show -json` for it. */
  readonly json: unknown;
  readonly extent: PlanExtent;
  /** The plan to apply; absent if it can't be applied. */
  readonly saved?: SavedPlan;
}

/** A partial plan that can't stand for the whole one, and is discarded. */
class Doubtful extends Error {}

/**
 * Has Terraform plan everyone, or only the people who change, and passes the plan to `use`, once. If a partial plan can't
 * stand for the whole one, everything is planned again.
 * @throws TerraformError; UserError for a plan that can't be reviewed
 */
export async function withMadePlan<T>(
  { context, recorded, reconciled, refresh, lock, plannedWith, full = false }: MakePlanOptions,
  use: (made: MadePlan) => Promise<T>,
): Promise<T> {
  const handOn = async (extent: PlanExtent, json: unknown, saved?: SavedPlan) => {
    const plan = parsePlan(json, { partial: extent.targets !== undefined });
    const doubt = extent.targets && doubtOf(plan, extent);
    if (doubt !== undefined) throw new Doubtful(doubt);
    return await use({ plan, json, extent, ...(saved && { saved }) });
  };
  const make = async (extent: PlanExtent) => {
    const { targets } = extent;
    if (reconciled !== undefined) return await handOn(extent, await planFrom(context, reconciled, targets));
    return await withSavedPlan(context, { refresh, lock, targets }, (saved) =>
      handOn(extent, saved.json, saved),
    );
  };
  if (plannedWith === undefined) return await make({});
  const { text, outputs } = recorded;
  const extent = extentOf({ context, state: reconciled ?? text, outputs, plannedWith, full });
  return await make(extent).catch((error: unknown) => {
    if (!(error instanceof Doubtful)) throw error;
    return make({ why: error.message });
  });
}
