import { prepareTerraform } from "../terraform/prepare.ts";
import { pullState } from "../terraform/pull-state.ts";
import { withSavedPlan } from "../terraform/saved-plan.ts";
import { callerAccount } from "./caller-account.ts";
import { deployedPool } from "./deployed-pool.ts";
import { peopleInState } from "./former.ts";
import { limitsOf } from "./limits.ts";
import { namesakes } from "./namesakes.ts";
import { openPlan, requireSamePlace, requireSameSource, sourceDigest } from "./plan-file.ts";
import type { Proposal, ProposalOptions } from "./propose.ts";
import { refuseOtherRegion, workingRegion } from "./region.ts";
import { reviewPlan } from "./review.ts";
import { refusals } from "./verdict.ts";

export interface ReviewedPlanOptions extends ProposalOptions {
  /** A plan that `npm run plan -- --out FILE` kept. */
  readonly file: string;
}

/**
 * Takes a plan that was made and reviewed before, and hands it to `use` as the proposal it was. The guards hold for it
 * again, as they are set now. What was found in the user pool then is not looked for again: a plan that is out of date is
 * refused by Terraform, when it is applied.
 * @throws UserError (exit 3) when the roster or the settings on disk are not what it was made from; TerraformError
 */
export async function withReviewedPlan<T>(
  options: ReviewedPlanOptions,
  use: (proposal: Proposal) => Promise<T>,
): Promise<T> {
  const { compose, settings, file, onProgress } = options;
  onProgress("Reading the plan");
  const { tfplan, note } = openPlan(file);
  const { roster, stackDirectory } = compose();
  requireSameSource(file, note, sourceDigest(roster, settings));
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const { instances } = await pullState(context);
  const { region: deployed } = deployedPool(instances);
  const region = await workingRegion(settings, context.env ?? process.env);
  refuseOtherRegion(deployed, region);
  // Of a deployed pool, the state knows the account, and Terraform refuses a plan for another state.
  const account =
    deployed === undefined ? await callerAccount(context.env ?? process.env, region) : undefined;
  requireSamePlace(file, note, { region, account });
  const before = peopleInState(instances);
  return await withSavedPlan(context, { refresh: false, made: tfplan }, async (plan) => {
    const review = reviewPlan(plan.json, options);
    const alike = await namesakes({ ...options, review, region });
    for (const notice of alike.notices) options.onNotice(notice);
    const refused = [
      ...alike.refused,
      ...refusals(review, limitsOf(options, before.length), note.found.drift),
    ];
    return use({
      ...note.found,
      // A deploy that makes its own plan does these; the next one will.
      readdressed: [],
      existingMemberships: [],
      review,
      refused,
      region,
      roster,
      settings,
      plan,
      context,
      compose,
    });
  });
}
