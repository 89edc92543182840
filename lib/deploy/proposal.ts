import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { cognitoClient } from "../cognito/client.ts";
import { explainPoolFailure } from "../cognito/explain-error.ts";
import { declarable } from "../directory/pool/schema.ts";
import { EXIT, UserError } from "../errors.ts";
import { peopleFromState } from "../review/departures.ts";
import type { PlannedPart } from "../review/document.ts";
import type { Drift } from "../review/drift.ts";
import type { Renaming } from "../review/person.ts";
import type { Plan } from "../review/plan.ts";
import { counted, type Refusal } from "../review/refusals.ts";
import { withRenames } from "../review/renames.ts";
import { type Review, reviewOf } from "../review/review.ts";
import { calledRoster } from "../roster/files.ts";
import type { Roster } from "../roster/roster.ts";
import { ATTRIBUTE_WORDS, attributeOf } from "../roster/sign-in-names.ts";
import { privilegedGroups } from "../stack/settings.ts";
import { PLANNED_WITH } from "../stack/synth/outputs.ts";
import { prepareTerraform, type SavedPlan } from "../terraform/plan.ts";
import { keepProvider, type PlanningContext } from "../terraform/shared-provider.ts";
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
import { type MadePlan, withMadePlan } from "./make-plan.ts";
import { otherStates } from "./other-pools.ts";
import { PARTIAL_FROM, plannedPart, plannedWith, sizeOf } from "./plan-extent.ts";
import { adoptedBefore, attributesNamed, type Project, synthesizeProject } from "./project.ts";
import { type Reconciled, reconcileState, untainted } from "./reconcile-state.ts";
import { refuseRenames, renamePeople, settleRenames, withoutRenamed } from "./rename-people.ts";
import { type GuardedRun, judge, limitsFor, refuseLosses, refuseUnreconciled } from "./run-guards.ts";
import { type Fingerprints, fingerprintOfThings, fingerprints, thingsAgain } from "./second-look.ts";
import {
  callerAccount,
  deployedPool,
  type Pool,
  poolOf,
  refuseMissingPool,
  refuseOtherRegion,
  workingRegion,
} from "./target.ts";
import { type ClientsFound, NO_CLIENTS, undeclaredClients } from "./undeclared-clients.ts";
import { NO_SERVICES, type ServicesFound, undeclaredServices } from "./undeclared-services.ts";

export interface ProposalOptions extends GuardedRun {
  /** Project → cdk.tf.json; called again with what is known later. @default synthesizeProject */
  readonly synthesize?: typeof synthesizeProject;
  /** Where a downloaded Terraform is kept. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Called with the current step and its progress. */
  readonly onProgress: (step: string, detail?: string) => void;
  /** Called once with each notice, to stay on the screen. */
  readonly onNotice: (text: string) => void;
  /** Let Terraform read everyone from AWS first: each becomes a monthly active user. */
  readonly refresh: boolean;
  /**
   * Keep the plan in a file: it is then made from the current state and restores no drift. Otherwise it is made from the
   * state as the user pool has it, which only a deploy saves.
   */
  readonly keep: boolean;
  /** Whether it is to be deployed: a plan needs no permission for the state's lock. @default false */
  readonly deploys?: boolean;
  /** Plan everyone, however many there are. @default false */
  readonly full?: boolean | undefined;
  /** The number of people and memberships from which only changes are planned. @default PARTIAL_FROM */
  readonly partialFrom?: number;
  /** Show the old and new values of people's attributes. @default false */
  readonly showValues?: boolean | undefined;
}

export const STATE_RESTORED = "A killed run had damaged the state. It was restored from the copy beside it.";

/** What a deploy would do now. */
export interface Proposal {
  readonly review: Review;
  /** If there are any, it must not be applied. */
  readonly refused: readonly Refusal[];
  /** Notices about the guards, in sentences: checks that weren't permitted, guards that are loosened. */
  readonly notices: readonly string[];
  /** People in the pool whom no one declared. */
  readonly strangers: readonly string[];
  /** The strangers who signed up themselves and haven't confirmed. @default none */
  readonly unconfirmed?: readonly string[] | undefined;
  /** The plan restores it, unless the plan is kept. */
  readonly drift: Drift;
  /** People among the drifted whose e-mail address a deploy restores before it applies the plan. */
  readonly readdressed: readonly Readdressed[];
  /** People who get their line's address: among `readdressed`, unless Cognito already has it. @default no one */
  readonly renamed?: readonly Renaming[];
  /** The people of the compared pool. */
  readonly live: Pick<PoolComparison, "accountOf" | "members">;
  /** Memberships of adopted people: left out of the plan, and recorded after it. */
  readonly existingMemberships: readonly Membership[];
  /** The deployed pool, or the one that the plan adopts. @default the plan creates one */
  readonly pool?: Pool | undefined;
  /** The plan's region, if known. */
  readonly region?: string | undefined;
  /** For a first deploy, from STS; later, the pool's ARN has it. */
  readonly account?: string | undefined;
  /** The project that it was made from. */
  readonly project: Project;
  /** The plan under review. */
  readonly plan: Plan;
  /** Which part was planned. @default so few people that everyone is planned without a remark */
  readonly planned?: PlannedPart | undefined;
  /** The planned addresses. @default all */
  readonly targets?: readonly string[] | undefined;
  /** The plan to apply; absent if it was made from a reconciled state. */
  readonly saved?: SavedPlan | undefined;
  /** That state: it is written, then the plan is made again and applied if it is the same. */
  readonly reconciled?: string | undefined;
  /** Fingerprints of everything that the plan touches, for the check before it is applied. */
  readonly fingerprints: Fingerprints;
  /** Reads the user pool again. */
  readonly lookAgain: () => Promise<Fingerprints>;
  /** Makes another proposal from the new situation, with the same options. */
  readonly again: <T>(use: (proposal: Proposal) => Promise<T>) => Promise<T>;
  /** Identifies the state that it was made from. */
  readonly state: string;
  readonly cacheDirectory: string;
  readonly context: PlanningContext;
  /** The local backend's file. @default another backend has the state */
  readonly stateFile?: string | undefined;
  /** Makes the configuration again, for the plan after this one. */
  readonly synthesize: typeof synthesizeProject;
}

/**
 * Works out what a deploy would do, and passes it to `use`; the saved plan is deleted afterwards. Lines that were removed
 * without `leaving` are detected before Terraform plans; people in the pool but not in the state are adopted instead of
 * created; drift is found without reading people one by one.
 * @throws RefusedError (exit 3) for a roster that would lose people; UserError, TerraformError
 */
export async function withProposal<T>(
  options: ProposalOptions,
  use: (proposal: Proposal) => Promise<T>,
): Promise<T> {
  const { project, refresh, keep, deploys = false, cacheDirectory, onProgress } = options;
  const { settings, roster } = project;
  // Known once Terraform is installed, and only for many people.
  let remembered: string | undefined;
  const synthesize: typeof synthesizeProject = (of, known) =>
    // Files are written after confirmation: `applyProposal` copies the state then.
    (options.synthesize ?? synthesizeProject)(of, { plannedWith: remembered, ...known, lookOnly: true });
  const { stackDirectory, stateFile, adoption, assumed, restored } = synthesize(project);
  if (restored) options.onNotice(STATE_RESTORED);
  const context = await prepareTerraform({ ...options, directory: stackDirectory });
  onProgress("Reading the state");
  const recorded = renamePeople(await pullState(context), roster);
  const { renames } = recorded;
  const pulled = untainted(recorded);
  const state = pulled.instances;
  // Only the state tells which secrets are unchanged.
  if (assumed && settings.identityProviders !== undefined)
    synthesize(project, { recorded: { instances: state, outputs: recorded.outputs } });
  refusePoolReplacement(stackDirectory, state);
  if (sizeOf(roster.people) >= (options.partialFrom ?? PARTIAL_FROM)) remembered = await plannedWith(context);
  const remembers = remembered !== undefined && recorded.outputs[PLANNED_WITH] !== remembered;
  const region = await workingRegion(settings, context.env ?? process.env);
  const deployed = deployedPool(state).userPoolId !== undefined;
  refuseOtherRegion(deployedPool(state).region, region);
  const before = peopleFromState(state);
  if (!deployed && adoption === undefined) {
    for (const other of otherStates(stackDirectory, project.otherStacks)) options.onNotice(other);
  }

  // Where the check below comes before the plan, and not beside it, one provider does for all.
  const provider = deployed && !keep && !refresh ? keepProvider(context, pulled.text) : undefined;
  const planning = { ...context, provider };
  // Runs in parallel: it reads a copy, holds no lock and writes nothing. With --refresh, the plan itself covers it.
  const checking =
    !deployed || refresh ? Promise.resolve(NO_THINGS) : findDriftOfThings(planning, pulled.text);
  const asking = deployed ? Promise.resolve(undefined) : callerAccount(context.env ?? process.env, region);
  // Reported where it is awaited; until then it must not end the process.
  checking.catch(() => {});
  try {
    const pool = poolOf(state, adoption);
    const looking = () => (pool === undefined ? NO_POOL : lookAt(pool, state, roster, options));
    const found = await looking();
    const names = new Set(before.map(({ username }) => username));
    const renamed = settleRenames(renames, found, roster, names, privilegedGroups(settings));
    if (keep || refresh) refuseRenames(renames, calledRoster(settings.roster));
    const look = withoutRenamed(found, renamed);
    const clients = deployed && pool !== undefined ? await lookAtClients(pool, state, options) : NO_CLIENTS;
    const beside = deployed && pool !== undefined ? await lookBeside(pool, state, options) : NO_SERVICES;
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
    // Two deploys at once: people created by the other one aren't in the state yet.
    if (deploys && deployed && look.unrecorded.people.length > 0) await requireUnlocked(context);
    requireProof(look, {
      cacheDirectory,
      stack: settings.stack,
      roster: calledRoster(settings.roster),
      imported: project.adoption?.userPoolId === pool?.userPoolId ? (project.adoption?.people ?? []) : [],
      adopt: options.adopt ?? [],
    });
    const { memberships: existingMemberships, strangers, unconfirmed } = look;
    const adopting = look.unrecorded.people.length + look.unrecorded.groups.length > 0;
    if (keep || refresh) refuseUnreconciled(recorded.instances, look, refresh);
    const compared = deployed && !keep && !refresh ? { look, things: await checking } : undefined;
    if (compared) refuseMissingPool(compared.things);
    const reconciled = compared && reconcileState(recorded, { ...compared, renamed: renames.length > 0 });
    const known = reconciled?.instances ?? state;
    // Terraform's own refresh also finds the other account; our guard then refuses it with an explanation.
    const others = refresh ? look.drift.people.filter(({ otherAccount }) => otherAccount) : [];
    const accepted = [
      ...options.allowReplace,
      ...(options.recreate ?? []),
      ...others.map(({ username }) => username),
    ];
    // Also with adopt.json: anyone deleted from the pool since can't be imported.
    if (pool !== undefined && (adopting || adoption !== undefined))
      synthesize(project, {
        adopt: { ...look.unrecorded, userPoolId: pool.userPoolId, existingMemberships },
        recorded: { instances: known, outputs: recorded.outputs },
        accepted,
      });
    else if (
      assumed ||
      remembers ||
      reconciled?.changed ||
      takesOut(known, roster) ||
      accepted.length + adoptedBefore(recorded).length > 0
    )
      synthesize(project, { recorded: { instances: known, outputs: recorded.outputs }, accepted });
    announce({ ...options, look, reconciled, known: before.length });

    onProgress("Terraform: planning");
    const handOn = async ({ plan, json, extent, saved }: MadePlan) => {
      if (!deploys) await provider?.stop();
      const { things } = refresh ? driftOfThings(json) : await checking;
      refuseMissingPool({ things });
      const reviewed = reviewOf(plan, { ...options, privileged: privilegedGroups(settings) });
      const review = withRenames(reviewed, renamed);
      const caller = await asking;
      const drift: Drift = {
        people: look.drift.people,
        things: [
          ...things,
          ...look.groups.settings.filter(({ label, held }) => held || !named(things, label)),
        ],
        memberships: look.groups.memberships,
        groups: look.groups.undeclared,
        services: beside.services,
        ...(clients.clients.length > 0 && { clients: clients.clients }),
      };
      const { refused, notices } = await judge({ review, drift, pool, region, caller }, limits, options);
      return use({
        refused,
        notices: [
          ...notices,
          ...clients.notices,
          ...beside.notices,
          ...keptNotices(project.settings.pool, recorded.instances),
        ],
        review,
        account: caller?.account,
        strangers,
        unconfirmed,
        drift,
        readdressed: look.drift.readdressed,
        renamed,
        live: found,
        existingMemberships,
        pool,
        region,
        project,
        plan,
        planned: plannedPart(extent, plan),
        targets: extent.targets,
        saved,
        reconciled: saved === undefined ? reconciled?.text : undefined,
        fingerprints: {
          ...fingerprints(review, look),
          ...(refresh ? {} : fingerprintOfThings(review, things)),
        },
        lookAgain: async () => ({
          ...fingerprints(review, await looking()),
          ...(refresh ? {} : await thingsAgain(planning, pulled.text, review)),
        }),
        again: async (next) => {
          await provider?.stop();
          return await withProposal({ ...options, keep: false }, next);
        },
        state: versionOf(recorded.text),
        cacheDirectory,
        context: planning,
        stateFile,
        synthesize,
      });
    };
    // A plan that is kept, or refreshed by Terraform, covers everyone.
    const whole = !deployed || keep || refresh;
    const making = {
      context: planning,
      recorded,
      reconciled: reconciled?.changed ? reconciled.text : undefined,
      refresh,
      deploys,
      plannedWith: whole ? undefined : remembered,
      full: options.full,
    };
    return await withMadePlan(making, handOn);
  } finally {
    // Whatever failed, leave nothing running in the background.
    await checking.catch(() => {});
    await provider?.stop();
  }
}

/** Whether the group is among these. */
const named = (things: Drift["things"], group: string) =>
  things.some(({ about, label }) => about === "group" && label === group);

/** Whether a deployed attribute is no longer in any line: until then, attributes that no line names are left alone. */
function takesOut(state: readonly StateInstance[], { people }: Roster): boolean {
  const named = new Set(["sub", ...people.flatMap((person) => Object.keys(deployedAttributes(person)))]);
  return [...attributesNamed(state)].some((name) => !named.has(name));
}

interface Announced extends ProposalOptions {
  readonly look: PoolComparison;
  readonly reconciled: Reconciled | undefined;
  /** The number of deployed people. */
  readonly known: number;
}

function announce({ look, reconciled, known, ...options }: Announced): void {
  const existing = look.memberships.length;
  if (existing > 0) {
    options.onNotice(
      `${counted(existing, "group membership exists", "group memberships exist")} already: the deploy records that at its end, which changes nothing in the user pool.`,
    );
  }
  if (reconciled !== undefined && reconciled.finished > 0) {
    options.onNotice(
      `This finishes an interrupted deploy: ${counted(reconciled.finished, "resource was", "resources were")} half-created.`,
    );
  }
  if (options.refresh) announceRefresh(known + look.unrecorded.people.length, look, options);
}

/** @throws UserError (exit 3) if a refresh would lose people */
function announceRefresh(count: number, { drift }: PoolComparison, { onNotice }: ProposalOptions): void {
  const [first] = drift.readdressed;
  if (first !== undefined) {
    throw new UserError(
      `REFUSED: ${drift.readdressed.map(({ username }) => username).join(", ")} would be created a second time`,
      {
        why: `The ${ATTRIBUTE_WORDS[attributeOf(first.username)]} was changed in the user pool. Terraform's refresh would look for the old one, find no one, and treat them as deleted.`,
        next: [
          `put the ${attributeOf(first.username) === "email" ? "address" : "number"} back first, without --refresh: npm run deploy`,
        ],
        exitCode: EXIT.refused,
      },
    );
  }
  onNotice(
    `--refresh: Terraform reads ${counted(count, "person", "people")} one by one (AdminGetUser). AWS bills each as a monthly active user.`,
  );
}

/** Cognito's attributes of a pool that isn't in the state yet. */
async function attributesIn({ userPoolId, region }: Pool, { project, signal }: ProposalOptions) {
  const client = cognitoClient({ region, quotas: project.settings.quotas, signal });
  const { UserPool } = await client
    .send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }), { abortSignal: signal })
    .catch((error: unknown) => {
      throw explainPoolFailure(error, { userPoolId });
    });
  return declarable(UserPool?.SchemaAttributes);
}

/** Finds undeclared app clients, and explains failures. */
async function lookAtClients(
  { userPoolId, region }: Pool,
  state: readonly StateInstance[],
  { project: { settings }, signal }: ProposalOptions,
): Promise<ClientsFound> {
  const client = cognitoClient({ region, quotas: settings.quotas, signal });
  return await undeclaredClients(client, { userPoolId, state, signal }).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}

/** Finds undeclared services beside the pool, and explains failures. */
async function lookBeside(
  { userPoolId, region }: Pool,
  state: readonly StateInstance[],
  { project: { settings }, signal }: ProposalOptions,
): Promise<ServicesFound> {
  const client = cognitoClient({ region, quotas: settings.quotas, signal });
  return await undeclaredServices(client, { userPoolId, signal }, settings, state).catch((error: unknown) => {
    throw explainPoolFailure(error, { userPoolId });
  });
}

/** Compares the user pool with the state and the roster, and explains failures. */
export async function lookAt(
  { userPoolId, region }: Pool,
  state: readonly StateInstance[],
  { people }: Roster,
  { project: { settings }, enable, recreate, allowReplace, signal, onProgress }: ProposalOptions,
): Promise<PoolComparison> {
  const step = "Checking the user pool";
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
