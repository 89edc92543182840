import { cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { EXIT, UserError } from "../errors.ts";
import {
  explainRemoval,
  explainReturnAsNew,
  missingPeople,
  type PreviousPerson,
  peopleFromState,
} from "../review/departures.ts";
import type { Drift } from "../review/drift.ts";
import { type Plan, parsePlan } from "../review/plan.ts";
import {
  counted,
  limitsOf,
  type Refusal,
  RefusedError,
  refusals,
  refuseOtherAccounts,
} from "../review/refusals.ts";
import { type Review, reviewOf } from "../review/review.ts";
import type { Roster } from "../roster/roster.ts";
import { guardsInForce, looseningNotices, parseGuardsOutput } from "../stack/guards.ts";
import { prepareTerraform, type SavedPlan, withSavedPlan } from "../terraform/plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import { pullState, type StateInstance } from "../terraform/state.ts";
import { comparePool, type Membership, NO_POOL, type PoolComparison } from "./compare-pool.ts";
import {
  type DriftOfThings,
  driftOfThings,
  findDriftOfThings,
  NO_THINGS,
  type Readdressed,
} from "./find-drift.ts";
import { refusePoolReplacement } from "./immutable-settings.ts";
import { namesakes, otherStates } from "./other-pools.ts";
import { openPlan, requireSamePlace, requireSameSource } from "./plan-file.ts";
import { type Project, synthesizeProject } from "./project.ts";
import { refreshDriftedState } from "./refresh-state.ts";
import {
  accountNotices,
  callerAccount,
  deployedPool,
  type Pool,
  poolOf,
  refuseMissingPool,
  refuseOtherRegion,
  requireKnownAccount,
  workingRegion,
} from "./target.ts";

export interface ProposalOptions {
  readonly project: Project;
  /** Project → cdk.tf.json; called again with what is known later. @default synthesizeProject */
  readonly synthesize?: typeof synthesizeProject;
  /** Where Terraform is kept when it has to be fetched. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Called with what goes on: a step, and how far it is. */
  readonly onProgress: (step: string, detail?: string) => void;
  /** Called with what a person should know before it goes on, once each, to stay on the screen. */
  readonly onNotice: (text: string) => void;
  /** Let Terraform read everyone from AWS first: each becomes a monthly active user. */
  readonly refresh: boolean;
  /** Whether what has drifted may be read into the state, so that the plan puts it back. Otherwise nothing is written. */
  readonly putBack: boolean;
  /** Instead of the guards' `maxRemovals`, for this run. */
  readonly allowRemovals?: number | undefined;
  /** Usernames that may be deleted while they seem to join anew under another one. */
  readonly allowReplace: readonly string[];
  /** Show what people's attributes were and will be. @default false */
  readonly showValues?: boolean | undefined;
}

/** Where the guard and what it guards fall in one edit. */
const NOT_YET =
  "The last deploy was not `destroyable`, and config.ts loosens it in this change: deploy that first, by itself.";

const STATE_RESTORED = "A killed run had left the state broken: it was restored from the copy beside it.";

/** What a deploy would do now. */
export interface Proposal {
  readonly review: Review;
  /** With any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** What the reader should know of the guards, in sentences: where one was not allowed to look, or is loosened. */
  readonly notices: readonly string[];
  /** People in the pool that nobody declared. */
  readonly strangers: readonly string[];
  /** The plan puts it back, if it was made with `putBack` or `refresh`; otherwise a deploy's will. */
  readonly drift: Drift;
  /** Among the drifted, people whose e-mail address a deploy puts back before it applies the plan. */
  readonly readdressed: readonly Readdressed[];
  /** Of people who are adopted: left out of the plan, and recorded after it. */
  readonly existingMemberships: readonly Membership[];
  /** The one that is deployed, or adopted by the plan. @default the plan creates one */
  readonly pool?: Pool | undefined;
  /** Where the plan is for, as far as it is known. */
  readonly region?: string | undefined;
  /** Of a first deploy, as STS tells it; later the pool's ARN does. */
  readonly account?: string | undefined;
  /** What it was made from. */
  readonly project: Project;
  /** What was planned, as it is reviewed. */
  readonly plan: Plan;
  /** The same plan as it is applied. */
  readonly saved: SavedPlan;
  readonly context: TerraformContext;
  /** Makes the configuration again, for the plan after this one. */
  readonly synthesize: typeof synthesizeProject;
}

/**
 * Finds out what a deploy would do, and hands it to `use`; the saved plan is gone afterwards. People whose line went although
 * they were not leaving are recognised before Terraform plans anything; people who are in the pool but not in the state are
 * adopted instead of created; what has drifted is found without reading anybody one by one.
 * @throws RefusedError (exit 3) for a roster that would lose somebody; UserError, TerraformError
 */
export async function withProposal<T>(
  options: ProposalOptions,
  use: (proposal: Proposal) => Promise<T>,
): Promise<T> {
  const { project, synthesize = synthesizeProject, refresh, putBack, onProgress } = options;
  const { settings, roster } = project;
  const { stackDirectory, adoption, assumed, restored } = synthesize(project);
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const { text, instances: state, outputs } = await pullState(context);
  refusePoolReplacement(stackDirectory, state);
  const region = await workingRegion(settings, context.env ?? process.env);
  refuseOtherRegion(deployedPool(state).region, region);
  const before = peopleFromState(state);
  if (deployedPool(state).userPoolId === undefined && adoption === undefined) {
    for (const other of otherStates(stackDirectory)) options.onNotice(other);
  }
  const last = parseGuardsOutput(outputs.guards);
  const { destroyable, loosened } = guardsInForce(settings, last, before.length);
  refuseLosses(before, roster, { ...options, destroyable });

  // Beside what follows: it reads a copy, holds no lock and writes nothing. With --refresh the plan itself has it.
  const checking =
    deployedPool(state).userPoolId === undefined || refresh
      ? Promise.resolve(NO_THINGS)
      : findDriftOfThings(context, text);
  const asking =
    deployedPool(state).userPoolId === undefined
      ? callerAccount(context.env ?? process.env, region)
      : Promise.resolve(undefined);
  // Reported where it is waited for; until then it must not end the process.
  checking.catch(() => {});
  try {
    const pool = poolOf(state, adoption);
    const look = pool === undefined ? NO_POOL : await lookAt(pool, state, roster, options);
    const { memberships: existingMemberships, strangers, drift } = look;
    const adopting = look.unrecorded.people.length + look.unrecorded.groups.length > 0;
    // With adopt.json, too: what is gone from the pool since it was written can't be imported.
    if (pool !== undefined && (adopting || adoption !== undefined))
      synthesize(project, {
        adopt: { ...look.unrecorded, userPoolId: pool.userPoolId, existingMemberships },
        recorded: state,
      });
    else if (assumed) synthesize(project, { recorded: state });
    if (existingMemberships.length > 0) {
      const count = counted(existingMemberships.length, "group membership exists", "group memberships exist");
      options.onNotice(
        `${count} already: a deploy records that at its end, which changes nothing in the user pool.`,
      );
    }
    if (refresh) announceRefresh(before.length + look.unrecorded.people.length, look, options);
    // Read into the state, another account would be taken for the one that was deployed.
    else if (putBack && refuseOtherAccounts(drift, { replaceable: options.allowReplace }).length === 0) {
      const things = await checking;
      refuseMissingPool(things);
      await refreshDriftedState(context, { look, things, state, onProgress });
    }
    onProgress("Terraform: planning");
    return await withSavedPlan(context, { refresh }, async (saved) => {
      const { things }: DriftOfThings = refresh ? driftOfThings(saved.json) : await checking;
      refuseMissingPool({ things, addresses: [] });
      const plan = parsePlan(saved.json);
      const review = reviewOf(plan, options);
      const alike = await namesakes({ ...options, settings: { ...settings, destroyable }, review, region });
      const caller = await asking;
      return use({
        review,
        account: caller?.account,
        notices: [
          ...alike.notices,
          ...(caller === undefined ? [] : accountNotices(caller)),
          ...looseningNotices(loosened),
        ],
        refused: [
          ...alike.refused,
          ...refusals(
            review,
            limitsOf({ ...options, settings, last, ...guardedBy(project) }, before.length),
            drift,
          ),
        ],
        strangers,
        drift: { people: drift.people, things },
        readdressed: drift.readdressed,
        existingMemberships,
        pool,
        region,
        project,
        plan,
        saved,
        context,
        synthesize,
      });
    });
  } finally {
    // Whatever has failed, nothing of ours goes on in the background.
    await checking.catch(() => {});
  }
}

/** @throws UserError (exit 3) where a refresh would lose somebody */
function announceRefresh(count: number, { drift }: PoolComparison, { onNotice }: ProposalOptions): void {
  const [first] = drift.readdressed;
  if (first !== undefined) {
    throw new UserError(
      `REFUSED: ${drift.readdressed.map(({ username }) => username).join(", ")} would be created a second time`,
      {
        why: "The e-mail address was changed in the user pool. Terraform's refresh asks for the old one, finds nobody, and takes them for gone.",
        next: ["put the address back first, without --refresh: npm run deploy"],
        exitCode: EXIT.refused,
      },
    );
  }
  onNotice(
    `--refresh: Terraform reads ${counted(count, "person", "people")} one by one (AdminGetUser). AWS bills each of them as an active user of this month.`,
  );
}

/** What the guards judge beside the plan: how many stay, and groups that were adopted. */
function guardedBy({ roster, adoption }: Project) {
  return {
    staying: roster.people.filter(({ leaving }) => !leaving).length,
    groupsInUse: new Set(adoption?.groups),
  };
}

function refuseLosses(
  before: readonly PreviousPerson[],
  { people }: Roster,
  { project: { settings }, allowReplace, destroyable }: ProposalOptions & { readonly destroyable: boolean },
): void {
  const { removed, left } = missingPeople(before, people);
  const refused = [
    ...(destroyable
      ? []
      : removed.map((removal) => {
          const refusal = explainRemoval(removal, settings.roster);
          return settings.destroyable ? { ...refusal, hint: `${refusal.hint} ${NOT_YET}` } : refusal;
        })),
    ...left.flatMap(({ former, renamed }) =>
      renamed === undefined || (renamed.by === "attributes" && allowReplace.includes(former.username))
        ? []
        : [explainReturnAsNew({ former, renamed })],
    ),
  ];
  if (refused.length > 0) throw new RefusedError(refused, settings.roster);
}

async function lookAt(
  { userPoolId, region }: Pool,
  state: readonly StateInstance[],
  { people }: Roster,
  { project: { settings }, signal, onProgress }: ProposalOptions,
): Promise<PoolComparison> {
  const step = "Looking at the user pool";
  onProgress(step);
  return await comparePool(cognitoClient({ region, quotas: settings.quotas, signal }), {
    userPoolId,
    state,
    people,
    signInWith: settings.pool.signInWith ?? "email",
    caseSensitive: settings.pool.caseSensitive ?? false,
    signal,
    onProgress: (detail) => onProgress(step, detail),
  }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}

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
  const { project, synthesize = synthesizeProject, file, onProgress } = options;
  const { settings } = project;
  onProgress("Reading the plan");
  const { tfplan, note } = openPlan(file);
  requireSameSource(file, note, project.digest);
  const { stackDirectory, restored } = synthesize(project);
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const { instances, outputs } = await pullState(context);
  const { region: deployed } = deployedPool(instances);
  const region = await workingRegion(settings, context.env ?? process.env);
  refuseOtherRegion(deployed, region);
  // Of a deployed pool, the state knows the account, and Terraform refuses a plan for another state.
  const caller = deployed === undefined ? await callerAccount(context.env ?? process.env, region) : undefined;
  const account = caller?.account;
  requireSamePlace(file, note, { region, account });
  if (caller !== undefined) requireKnownAccount(file, note.account, caller);
  const before = peopleFromState(instances);
  const last = parseGuardsOutput(outputs.guards);
  const { destroyable, loosened } = guardsInForce(settings, last, before.length);
  return await withSavedPlan(context, { refresh: false, made: tfplan }, async (saved) => {
    const plan = parsePlan(saved.json);
    const review = reviewOf(plan, options);
    const alike = await namesakes({ ...options, settings: { ...settings, destroyable }, review, region });
    const refused = [
      ...alike.refused,
      ...refusals(
        review,
        limitsOf({ ...options, settings, last, ...guardedBy(project) }, before.length),
        note.found.drift,
      ),
    ];
    return use({
      ...note.found,
      // A deploy that makes its own plan does these; the next one will.
      readdressed: [],
      existingMemberships: [],
      review,
      refused,
      notices: [
        ...alike.notices,
        ...(caller === undefined ? [] : accountNotices(caller)),
        ...looseningNotices(loosened),
      ],
      region,
      account,
      project,
      plan,
      saved,
      context,
      synthesize,
    });
  });
}
