import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { declarable } from "../directory/pool/schema.ts";
import { EXIT, UserError } from "../errors.ts";
import { peopleFromState } from "../review/departures.ts";
import type { Drift } from "../review/drift.ts";
import { type Plan, parsePlan } from "../review/plan.ts";
import { counted, type Refusal } from "../review/refusals.ts";
import { type Review, reviewOf } from "../review/review.ts";
import { calledRoster } from "../roster/files.ts";
import type { Roster } from "../roster/roster.ts";
import { privilegedGroups } from "../stack/settings.ts";
import { planFrom } from "../terraform/isolated-plan.ts";
import { prepareTerraform, type SavedPlan, withSavedPlan } from "../terraform/plan.ts";
import type { TerraformContext } from "../terraform/run.ts";
import { pullState, requireUnlocked, type StateInstance, versionOf } from "../terraform/state.ts";
import { requireProof } from "./adoption-proof.ts";
import { comparePool, type Membership, NO_POOL, type PoolComparison } from "./compare-pool.ts";
import {
  deployedAttributes,
  driftOfThings,
  findDriftOfThings,
  NO_THINGS,
  type Readdressed,
} from "./find-drift.ts";
import { refuseFixedAttributes } from "./fixed-attributes.ts";
import { refuseOtherAttributes, refusePoolReplacement } from "./immutable-settings.ts";
import { keptNotices } from "./kept-settings.ts";
import { otherStates } from "./other-pools.ts";
import { adoptedBefore, attributesNamed, type Project, synthesizeProject } from "./project.ts";
import { type Reconciled, reconcileState, untainted } from "./reconcile-state.ts";
import { type GuardedRun, judge, limitsFor, refuseLosses, refuseUnreconciled } from "./run-guards.ts";
import { type Fingerprints, fingerprintOfThings, fingerprints, touchesThings } from "./second-look.ts";
import {
  callerAccount,
  deployedPool,
  type Pool,
  poolOf,
  refuseMissingPool,
  refuseOtherRegion,
  workingRegion,
} from "./target.ts";

export interface ProposalOptions extends GuardedRun {
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
  /**
   * Whether the plan is to be kept in a file: then it is made from the state as it is, and puts back nothing that has drifted.
   * Otherwise it is made from the state as the user pool has it, which only a deploy writes down.
   */
  readonly keep: boolean;
  /** Whether it is to be deployed: only then may the state's lock be tried, for which a plan needs no right. @default false */
  readonly deploys?: boolean;
  /** Accounts that may be taken over, although nothing shows that they are the roster's. @default nobody */
  readonly adopt?: readonly string[];
  /** Show what people's attributes were and will be. @default false */
  readonly showValues?: boolean | undefined;
}

export const STATE_RESTORED =
  "A killed run had left the state broken: it was restored from the copy beside it.";

/** What a deploy would do now. */
export interface Proposal {
  readonly review: Review;
  /** With any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** What the reader should know of the guards, in sentences: where one was not allowed to look, or is loosened. */
  readonly notices: readonly string[];
  /** People in the pool that nobody declared. */
  readonly strangers: readonly string[];
  /** The plan puts it back, unless it is to be kept. */
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
  /** The same plan as it is applied; absent where it was made from another state than the one that there is. */
  readonly saved?: SavedPlan | undefined;
  /** That state, to be written before the plan is made again, and applied if it is the same. */
  readonly reconciled?: string | undefined;
  /** Of whom and what the plan touches, for a second look before it is applied. */
  readonly fingerprints: Fingerprints;
  /** Looks at the user pool again. */
  readonly lookAgain: () => Promise<Fingerprints>;
  /** Makes another proposal from what there is by then, with the same options. */
  readonly again: <T>(use: (proposal: Proposal) => Promise<T>) => Promise<T>;
  /** Which state it was made from. */
  readonly state: string;
  readonly cacheDirectory: string;
  readonly context: TerraformContext;
  /** The local backend's file. @default another backend has the state */
  readonly stateFile?: string | undefined;
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
  const { project, refresh, keep, deploys = false, cacheDirectory, onProgress } = options;
  const { settings, roster } = project;
  const synthesize: typeof synthesizeProject = (of, known) =>
    // What is to be written waits for the yes: `applyProposal` copies the state then.
    (options.synthesize ?? synthesizeProject)(of, { ...known, lookOnly: true });
  const { stackDirectory, stateFile, adoption, assumed, restored } = synthesize(project);
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const recorded = await pullState(context);
  const pulled = untainted(recorded);
  const state = pulled.instances;
  refusePoolReplacement(stackDirectory, state);
  const region = await workingRegion(settings, context.env ?? process.env);
  const deployed = deployedPool(state).userPoolId !== undefined;
  refuseOtherRegion(deployedPool(state).region, region);
  const before = peopleFromState(state);
  if (!deployed && adoption === undefined) {
    for (const other of otherStates(stackDirectory)) options.onNotice(other);
  }

  // Beside what follows: it reads a copy, holds no lock and writes nothing. With --refresh the plan itself has it.
  const checking =
    !deployed || refresh ? Promise.resolve(NO_THINGS) : findDriftOfThings(context, pulled.text);
  const asking = deployed ? Promise.resolve(undefined) : callerAccount(context.env ?? process.env, region);
  // Reported where it is waited for; until then it must not end the process.
  checking.catch(() => {});
  try {
    const pool = poolOf(state, adoption);
    const looking = () => (pool === undefined ? NO_POOL : lookAt(pool, state, roster, options));
    const look = await looking();
    if (!deployed && pool !== undefined)
      refuseOtherAttributes(stackDirectory, pool.userPoolId, await attributesIn(pool, options));
    refuseFixedAttributes(look, {
      roster,
      pool: settings.pool,
      namedBefore: attributesNamed(state),
      placeOf: project.placeOf,
    });
    const limits = limitsFor(recorded, look, options);
    refuseLosses(
      before.filter(({ username }) => !look.drift.gone.has(username)),
      roster,
      limits,
      options,
    );
    // Two at once: whom the other one creates is not in the state yet.
    if (deploys && deployed && look.unrecorded.people.length > 0) await requireUnlocked(context);
    requireProof(look, {
      cacheDirectory,
      stack: settings.stack,
      roster: calledRoster(settings.roster),
      imported: project.adoption?.userPoolId === pool?.userPoolId ? (project.adoption?.people ?? []) : [],
      adopt: options.adopt ?? [],
    });
    const { memberships: existingMemberships, strangers } = look;
    const adopting = look.unrecorded.people.length + look.unrecorded.groups.length > 0;
    if (keep || refresh) refuseUnreconciled(recorded.instances, look, refresh);
    const compared = deployed && !keep && !refresh ? { look, things: await checking } : undefined;
    if (compared) refuseMissingPool(compared.things);
    const reconciled = compared && reconcileState(recorded, compared);
    const known = reconciled?.instances ?? state;
    // Terraform's own refresh finds another account, too: it is our guard that refuses it then, in words.
    const found = refresh ? look.drift.people.filter(({ otherAccount }) => otherAccount) : [];
    const accepted = [
      ...options.allowReplace,
      ...(options.recreate ?? []),
      ...found.map(({ username }) => username),
    ];
    // With adopt.json, too: what is gone from the pool since it was written can't be imported.
    if (pool !== undefined && (adopting || adoption !== undefined))
      synthesize(project, {
        adopt: { ...look.unrecorded, userPoolId: pool.userPoolId, existingMemberships },
        recorded: { instances: known, outputs: recorded.outputs },
        accepted,
      });
    else if (
      assumed ||
      reconciled?.changed ||
      takesOut(known, roster) ||
      accepted.length + adoptedBefore(recorded).length > 0
    )
      synthesize(project, { recorded: { instances: known, outputs: recorded.outputs }, accepted });
    announce({ ...options, look, reconciled, known: before.length });

    onProgress("Terraform: planning");
    const handOn = async (json: unknown, saved?: SavedPlan) => {
      const { things } = refresh ? driftOfThings(json) : await checking;
      refuseMissingPool({ things });
      const plan = parsePlan(json);
      const review = reviewOf(plan, { ...options, privileged: privilegedGroups(settings) });
      const caller = await asking;
      const drift: Drift = {
        people: look.drift.people,
        things: [
          ...things,
          ...look.groups.settings.filter(({ label, held }) => held || !named(things, label)),
        ],
        memberships: look.groups.memberships,
        groups: look.groups.undeclared,
      };
      const { refused, notices } = await judge({ review, drift, pool, region, caller }, limits, options);
      return use({
        refused,
        notices: [...notices, ...keptNotices(project.settings.pool, recorded.instances)],
        review,
        account: caller?.account,
        strangers,
        drift,
        readdressed: look.drift.readdressed,
        existingMemberships,
        pool,
        region,
        project,
        plan,
        saved,
        reconciled: saved === undefined ? reconciled?.text : undefined,
        fingerprints: {
          ...fingerprints(review, look),
          ...(refresh ? {} : fingerprintOfThings(review, things)),
        },
        lookAgain: async () => ({
          ...fingerprints(review, await looking()),
          ...(refresh ? {} : await thingsAgain(context, pulled.text, review)),
        }),
        again: (next) => withProposal({ ...options, keep: false }, next),
        state: versionOf(recorded.text),
        cacheDirectory,
        context,
        stateFile,
        synthesize,
      });
    };
    if (reconciled?.changed) return await handOn(await planFrom(context, reconciled.text));
    return await withSavedPlan(context, { refresh, lock: deploys }, (saved) => handOn(saved.json, saved));
  } finally {
    // Whatever has failed, nothing of ours goes on in the background.
    await checking.catch(() => {});
  }
}

/** The pool, its clients and whatever else of no person a plan touches, as it is now. */
export async function thingsAgain(
  context: TerraformContext,
  state: string,
  review: Review,
): Promise<Fingerprints> {
  if (!touchesThings(review) || state.trim() === "") return {};
  return fingerprintOfThings(review, (await findDriftOfThings(context, state)).things);
}

/** Whether one of these is the group. */
const named = (things: Drift["things"], group: string) =>
  things.some(({ about, label }) => about === "group" && label === group);

/** Whether an attribute that is deployed is in no line any more: until then, what no line names is left alone. */
function takesOut(state: readonly StateInstance[], { people }: Roster): boolean {
  const named = new Set(["sub", ...people.flatMap((person) => Object.keys(deployedAttributes(person)))]);
  return [...attributesNamed(state)].some((name) => !named.has(name));
}

interface Announced extends ProposalOptions {
  readonly look: PoolComparison;
  readonly reconciled: Reconciled | undefined;
  /** How many people are deployed. */
  readonly known: number;
}

function announce({ look, reconciled, known, ...options }: Announced): void {
  const existing = look.memberships.length;
  if (existing > 0) {
    options.onNotice(
      `${counted(existing, "group membership exists", "group memberships exist")} already: a deploy records that at its end, which changes nothing in the user pool.`,
    );
  }
  if (reconciled !== undefined && reconciled.finished > 0) {
    options.onNotice(
      `This finishes what an interrupted deploy began: ${counted(reconciled.finished, "thing was", "things were")} half-made.`,
    );
  }
  if (options.refresh) announceRefresh(known + look.unrecorded.people.length, look, options);
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

/** The attributes of a pool that is not in the state yet, as Cognito has them. */
async function attributesIn({ userPoolId, region }: Pool, { project, signal }: ProposalOptions) {
  const client = cognitoClient({ region, quotas: project.settings.quotas, signal });
  const { UserPool } = await client
    .send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }), { abortSignal: signal })
    .catch((error: unknown) => {
      throw explainPoolFailure(error, { userPoolId });
    });
  return declarable(UserPool?.SchemaAttributes);
}

/** Compares the user pool with the state and the roster, with a failure in words. */
export async function lookAt(
  { userPoolId, region }: Pool,
  state: readonly StateInstance[],
  { people }: Roster,
  { project: { settings }, enable, recreate, allowReplace, signal, onProgress }: ProposalOptions,
): Promise<PoolComparison> {
  const step = "Looking at the user pool";
  onProgress(step);
  return await comparePool(cognitoClient({ region, quotas: settings.quotas, signal }), {
    userPoolId,
    state,
    people,
    ...(settings.groups && { declaredGroups: settings.groups }),
    letIn: { ...(enable && { enable }), ...(recreate && { recreate }), replace: allowReplace },
    signInWith: settings.pool.signInWith ?? "email",
    caseSensitive: settings.pool.caseSensitive ?? false,
    signal,
    onProgress: (detail) => onProgress(step, detail),
  }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}
