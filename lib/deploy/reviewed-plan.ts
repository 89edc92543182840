import { parsePlan } from "../review/plan.ts";
import { reviewOf } from "../review/review.ts";
import { privilegedGroups } from "../stack/settings.ts";
import { prepareTerraform, withSavedPlan } from "../terraform/plan.ts";
import { pullState, versionOf } from "../terraform/state.ts";
import { NO_POOL } from "./compare-pool.ts";
import { openPlan, outOfDate, requireSamePlace, requireSameSource } from "./plan-file.ts";
import { synthesizeProject } from "./project.ts";
import { lookAt, type Proposal, type ProposalOptions, STATE_RESTORED, withProposal } from "./proposal.ts";
import { judge, limitsFor } from "./run-guards.ts";
import { fingerprints, thingsAgain } from "./second-look.ts";
import {
  callerAccount,
  deployedPool,
  poolOf,
  refuseOtherRegion,
  requireKnownAccount,
  workingRegion,
} from "./target.ts";

export interface ReviewedPlanOptions extends ProposalOptions {
  /** A plan kept by `npm run plan -- --out FILE`. */
  readonly file: string;
}

/**
 * Passes a plan that was made and reviewed earlier to `use`, as the proposal it was. The guards apply again, as they are set
 * now. Before the apply, everything that it touches is compared with the user pool once more; Terraform refuses a plan for
 * another state.
 * @throws UserError (exit 3) when the roster or settings on disk differ from the plan's; TerraformError
 */
export async function withReviewedPlan<T>(
  options: ReviewedPlanOptions,
  use: (proposal: Proposal) => Promise<T>,
): Promise<T> {
  const { project, synthesize = synthesizeProject, file, cacheDirectory, onProgress } = options;
  const { settings } = project;
  onProgress("Reading the plan");
  const { tfplan, note } = openPlan(file);
  requireSameSource(file, note, project.digest);
  const { stackDirectory, stateFile, assumed, restored } = synthesize(project, { lookOnly: true });
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const recorded = await pullState(context);
  const { instances } = recorded;
  if (note.state !== versionOf(recorded.text)) throw outOfDate(file);
  // Only the state tells which secrets are unchanged.
  if (assumed && settings.identityProviders !== undefined) synthesize(project, { recorded, lookOnly: true });
  const { region: deployed } = deployedPool(instances);
  const region = await workingRegion(settings, context.env ?? process.env);
  refuseOtherRegion(deployed, region);
  // For a deployed pool, the state has the account, and Terraform refuses a plan for another state.
  const caller = deployed === undefined ? await callerAccount(context.env ?? process.env, region) : undefined;
  const account = caller?.account;
  requireSamePlace(file, note, { region, account });
  if (caller !== undefined) requireKnownAccount(file, note.account, caller);
  const planning = { refresh: false, state: recorded.text, made: tfplan };
  return await withSavedPlan(context, planning, async (saved) => {
    const plan = parsePlan(saved.json);
    const review = reviewOf(plan, { ...options, privileged: privilegedGroups(settings) });
    const { strangers, unconfirmed, drift } = note.found;
    const pool = poolOf(instances, undefined);
    const inUse = new Set(drift.memberships.flatMap(({ group, what }) => (what === "added" ? group : [])));
    const limits = limitsFor(recorded, { groups: { ...NO_POOL.groups, inUse } }, options);
    const looking = () => (pool === undefined ? NO_POOL : lookAt(pool, instances, project.roster, options));
    return use({
      ...(await judge({ review, drift, pool, region, caller }, limits, options)),
      strangers,
      unconfirmed,
      drift,
      pool,
      fingerprints: note.fingerprints,
      lookAgain: async () => ({
        ...fingerprints(review, await looking()),
        ...("things" in note.fingerprints ? await thingsAgain(context, recorded.text, review) : {}),
      }),
      again: (next) => withProposal({ ...options, keep: false }, next),
      state: note.state,
      cacheDirectory,
      // A deploy with its own plan does these; the next one will.
      readdressed: [],
      live: NO_POOL,
      existingMemberships: [],
      review,
      region,
      account,
      project,
      plan,
      saved,
      context,
      stateFile,
      synthesize,
    });
  });
}
