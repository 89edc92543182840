import { type Plan, parsePlan } from "../review/plan.ts";
import { planFrom } from "../terraform/isolated-plan.ts";
import { type SavedPlan, withSavedPlan } from "../terraform/plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import type { PlanningContext } from "../terraform/shared-provider.ts";
import { type PulledState, parseState } from "../terraform/state.ts";
import { NotUnderstood, type RawState } from "./changed-people.ts";
import { doubtOf, extentOf, type PlanExtent, readConfiguration } from "./plan-extent.ts";
import { reducedInputs } from "./reduced-inputs.ts";

export interface MakePlanOptions {
  readonly context: PlanningContext;
  /** As the last deploy left it. */
  readonly recorded: Pick<PulledState, "text" | "outputs">;
  /** The state as the user pool has it; a plan from it can't be applied directly. @default the current state */
  readonly reconciled?: string | undefined;
  readonly refresh: boolean;
  /** Whether it is to be deployed: it is then made from the current state, which is locked meanwhile. */
  readonly deploys: boolean;
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
  { context, recorded, reconciled, refresh, deploys, plannedWith, full = false }: MakePlanOptions,
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
    const state = reconciled ?? (targets && !deploys ? recorded.text : undefined);
    if (state !== undefined) {
      const inputs = reduced(context, state, extent);
      return await handOn(extent, await planFrom(context, { state, ...inputs, targets }));
    }
    const options = { refresh, lock: deploys, targets, state: recorded.text };
    return await withSavedPlan(context, options, (saved) => handOn(extent, saved.json, saved));
  };
  if (plannedWith === undefined) return await make({});
  const { text, outputs } = recorded;
  const extent = extentOf({ context, state: reconciled ?? text, outputs, plannedWith, full });
  return await make(extent).catch((error: unknown) => {
    if (!(error instanceof Doubtful)) throw error;
    return make({ why: error.message });
  });
}

/** Only what a partial plan is made from. @returns undefined if all of it is needed */
function reduced(
  { directory, env = process.env }: TerraformContext,
  text: string,
  { targets, people = [] }: PlanExtent,
) {
  if (targets === undefined) return undefined;
  const configuration = readConfiguration(directory);
  try {
    const whole = { configuration, state: parseState(text) as RawState };
    const inputs = reducedInputs(whole, people, env.TF_VAR_temporary_passwords);
    return { ...inputs, state: JSON.stringify(inputs.state) };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return undefined;
  }
}
