import { cognitoClient } from "../auth/client.ts";
import { explainPoolFailure } from "../directory/failure.ts";
import type { Roster } from "../roster/roster.ts";
import type { Adoption } from "../stack/adoption.ts";
import { removalLimit } from "../stack/guards.ts";
import type { Settings } from "../stack/settings.ts";
import { findTerraform } from "../terraform/binary.ts";
import { pullState } from "../terraform/pull-state.ts";
import { type TerraformContext, terraform } from "../terraform/run.ts";
import { type SavedPlan, withSavedPlan } from "../terraform/saved-plan.ts";
import type { StateInstance } from "../terraform/state.ts";
import { type Former, peopleInState } from "./former.ts";
import { refusePoolReplacement } from "./pool-identity.ts";
import { RefusedError } from "./refused.ts";
import { explainRemoval, explainReturnAsNew } from "./removal-words.ts";
import { departures } from "./removals.ts";
import { type Review, reviewPlan } from "./review.ts";
import { findUnrecorded, type Unrecorded } from "./unrecorded.ts";
import { type Refusal, refusals } from "./verdict.ts";

export interface Composed {
  readonly roster: Roster;
  readonly stackDirectory: string;
}

export interface ProposalOptions {
  /** Roster and settings → cdk.tf.json; main.ts has it. Called again when someone has to be adopted. */
  readonly compose: (adopt?: Adoption) => Composed;
  readonly settings: Settings;
  /** Where Terraform is kept when it has to be fetched. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told what goes on: a step, and how far it is. */
  readonly onProgress: (step: string, detail?: string) => void;
  /** Let Terraform read everyone from AWS first: each becomes a monthly active user. */
  readonly refresh: boolean;
  /** Instead of the guards' `maxRemovals`, for this run. */
  readonly allowRemovals?: number | undefined;
  /** Usernames that may be deleted while they seem to join anew under another one. */
  readonly allowReplace: readonly string[];
}

/** What a deploy would do now. */
export interface Proposal {
  readonly review: Review;
  /** With any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** People in the pool that nobody declared. */
  readonly strangers: readonly string[];
  readonly roster: Roster;
  readonly plan: SavedPlan;
  readonly context: TerraformContext;
}

/**
 * Finds out what a deploy would do, and hands it to `use`; the saved plan is gone afterwards. People whose line went although
 * they were not leaving are recognised before Terraform plans anything; people who are in the pool but not in the state are
 * adopted instead of created.
 * @throws RefusedError (exit 3) for a roster that would lose somebody; UserError, TerraformError
 */
export async function withProposal<T>(
  options: ProposalOptions,
  use: (proposal: Proposal) => Promise<T>,
): Promise<T> {
  const { compose, settings, env = process.env, signal, onProgress } = options;
  onProgress("Reading the roster");
  let { roster, stackDirectory } = compose();
  const { path: binary } = await findTerraform({
    cacheDirectory: options.cacheDirectory,
    env,
    onProgress,
    signal,
  });
  const context = { binary, directory: stackDirectory, env, signal };
  onProgress("Terraform: preparing");
  await terraform(context, ["init", "-input=false"]);
  onProgress("Reading the state");
  const state = await pullState(context);
  refusePoolReplacement(stackDirectory, state);
  const before = peopleInState(state);
  refuseLosses(before, roster, options);

  const unrecorded = await lookForUnrecorded(state, roster, options);
  if (unrecorded.people.length + unrecorded.groups.length > 0) {
    ({ roster, stackDirectory } = compose(unrecorded));
  }
  onProgress("Terraform: planning");
  return await withSavedPlan(context, { refresh: options.refresh }, async (plan) => {
    const review = reviewPlan(plan.json);
    const removals = options.allowRemovals ?? removalLimit(settings.guards ?? {}, before.length);
    const refused = refusals(review, { removals, destroyable: settings.destroyable ?? false });
    return use({ review, refused, strangers: unrecorded.strangers, roster, plan, context });
  });
}

function refuseLosses(
  before: readonly Former[],
  { people }: Roster,
  { settings, allowReplace }: ProposalOptions,
): void {
  const { removed, left } = departures(before, people);
  const refused = [
    ...(settings.destroyable ? [] : removed.map((removal) => explainRemoval(removal, settings.roster))),
    ...left.flatMap(({ former, renamed }) =>
      renamed === undefined || (renamed.by === "attributes" && allowReplace.includes(former.username))
        ? []
        : [explainReturnAsNew({ former, renamed })],
    ),
  ];
  if (refused.length > 0) throw new RefusedError(refused, settings.roster);
}

async function lookForUnrecorded(
  state: readonly StateInstance[],
  { people }: Roster,
  { settings, signal, onProgress }: ProposalOptions,
): Promise<Unrecorded & Adoption> {
  const { userPoolId, region } = deployedPool(state);
  if (userPoolId === undefined) return { userPoolId: "", people: [], groups: [], strangers: [] };
  const step = "Looking at the user pool";
  onProgress(step);
  const unrecorded = await findUnrecorded(cognitoClient({ region }), {
    userPoolId,
    state,
    people,
    signInWith: settings.pool.signInWith ?? "email",
    caseSensitive: settings.pool.caseSensitive ?? false,
    signal,
    onProgress: (count) => onProgress(step, `${count} people`),
  }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
  return { userPoolId, ...unrecorded };
}

/** The pool that is in the state, and the region it lies in: the fourth part of its ARN. */
export function deployedPool(state: readonly StateInstance[]): { userPoolId?: string; region?: string } {
  const pool = state.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const { id, arn } = pool?.attributes ?? {};
  if (typeof id !== "string") return {};
  const region = typeof arn === "string" ? arn.split(":")[3] : undefined;
  return { userPoolId: id, ...(region ? { region } : {}) };
}
