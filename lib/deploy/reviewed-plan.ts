import { parsePlan } from "../review/plan.ts";
import { reviewOf } from "../review/review.ts";
import { privilegedGroups } from "../stack/settings.ts";
import { prepareTerraform, withSavedPlan } from "../terraform/plan.ts";
import { pullState, versionOf } from "../terraform/state.ts";
import { NO_POOL } from "./compare-pool.ts";
import { openPlan, outOfDate, requireSamePlace, requireSameSource } from "./plan-file.ts";
import { synthesizeProject } from "./project.ts";
import {
  lookAt,
  type Proposal,
  type ProposalOptions,
  STATE_RESTORED,
  thingsAgain,
  withProposal,
} from "./proposal.ts";
import { judge, limitsFor } from "./run-guards.ts";
import { fingerprints } from "./second-look.ts";
import {
  callerAccount,
  deployedPool,
  poolOf,
  refuseOtherRegion,
  requireKnownAccount,
  workingRegion,
} from "./target.ts";

export interface ReviewedPlanOptions extends ProposalOptions {
  /** A plan that `npm run plan -- --out FILE` kept. */
  readonly file: string;
}

/**
 * Takes a plan that was made and reviewed before, and hands it to `use` as the proposal it was. The guards hold for it
 * again, as they are set now. Before it is applied, whom and what it touches is compared with the user pool once more; a plan
 * for another state is refused by Terraform.
 * @throws UserError (exit 3) when the roster or the settings on disk are not what it was made from; TerraformError
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
  const { stackDirectory, stateFile, restored } = synthesize(project, { lookOnly: true });
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const recorded = await pullState(context);
  const { instances } = recorded;
  if (note.state !== versionOf(recorded.text)) throw outOfDate(file);
  const { region: deployed } = deployedPool(instances);
  const region = await workingRegion(settings, context.env ?? process.env);
  refuseOtherRegion(deployed, region);
  // Of a deployed pool, the state knows the account, and Terraform refuses a plan for another state.
  const caller = deployed === undefined ? await callerAccount(context.env ?? process.env, region) : undefined;
  const account = caller?.account;
  requireSamePlace(file, note, { region, account });
  if (caller !== undefined) requireKnownAccount(file, note.account, caller);
  return await withSavedPlan(context, { refresh: false, made: tfplan }, async (saved) => {
    const plan = parsePlan(saved.json);
    const review = reviewOf(plan, { ...options, privileged: privilegedGroups(settings) });
    const { strangers, drift } = note.found;
    const pool = poolOf(instances, undefined);
    const inUse = new Set(drift.memberships.flatMap(({ group, what }) => (what === "added" ? group : [])));
    const limits = limitsFor(recorded, { groups: { ...NO_POOL.groups, inUse } }, options);
    const looking = () => (pool === undefined ? NO_POOL : lookAt(pool, instances, project.roster, options));
    return use({
      ...(await judge({ review, drift, pool, region, caller }, limits, options)),
      strangers,
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
      // A deploy that makes its own plan does these; the next one will.
      readdressed: [],
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
