import { EXIT, UserError } from "../errors.ts";
import { refuseHeld, refusePrivileged } from "../review/access.ts";
import {
  explainRemoval,
  explainReturnAsNew,
  missingPeople,
  type PreviousPerson,
  peopleFromState,
} from "../review/departures.ts";
import type { Drift } from "../review/drift.ts";
import { counted, type Limits, limitsOf, type Refusal, RefusedError, refusals } from "../review/refusals.ts";
import type { Review } from "../review/review.ts";
import { calledRoster } from "../roster/files.ts";
import type { Roster } from "../roster/roster.ts";
import { looseningNotices, parseGuardsOutput } from "../stack/guards.ts";
import type { PulledState, StateInstance } from "../terraform/state.ts";
import type { PoolComparison } from "./compare-pool.ts";
import { namesakes } from "./other-pools.ts";
import type { Project } from "./project.ts";
import { accountNotices, type CallerAccount, type Pool } from "./target.ts";

/** What is deployed, and the exceptions that were asked for. */
export interface GuardedRun {
  readonly project: Project;
  /** Instead of the guards' `maxRemovals`, for this run. */
  readonly allowRemovals?: number | undefined;
  /** Usernames that may be deleted while they seem to join anew under another one. */
  readonly allowReplace: readonly string[];
  /** People who were disabled by hand, and may be enabled again. @default nobody */
  readonly enable?: readonly string[];
  /** People who were deleted by hand, and may be created again. @default nobody */
  readonly recreate?: readonly string[];
}

/** Where the guard and what it guards fall in one edit. */
const NOT_YET =
  "The last deploy was not `destroyable`, and config.ts loosens it in this change: deploy that first, by itself.";

/**
 * The guards that hold for this run, those of the last deploy among them.
 * @throws UserError (exit 2) for guards that make no sense, and (exit 3) for those of the last deploy that can't be read
 */
export function limitsFor(
  { instances, outputs }: PulledState,
  { groups }: Pick<PoolComparison, "groups">,
  options: GuardedRun,
): Limits {
  const { settings, roster, adoption } = options.project;
  const last = parseGuardsOutput(outputs.guards);
  return limitsOf(
    {
      ...options,
      settings,
      last,
      staying: roster.people.filter(({ leaving }) => !leaving).length,
      groupsInUse: new Set([...(last?.adopted ?? []), ...(adoption?.groups ?? []), ...groups.inUse]),
    },
    peopleFromState(instances).length,
  );
}

/** What is to be judged: a plan, what was found beside it, and where it is for. */
interface Judged {
  readonly review: Review;
  readonly drift: Drift;
  readonly pool: Pool | undefined;
  /** @default the SDK's own chain */
  readonly region: string | undefined;
  /** Of a first deploy. */
  readonly caller: CallerAccount | undefined;
}

/** All that stands in a plan's way, and what to know of the guards, in sentences. */
export interface Judgement {
  readonly refused: readonly Refusal[];
  readonly notices: readonly string[];
}

/**
 * Judges a plan, whether it was made now or before, by the guards of this run.
 * @param limits from {@link limitsFor}
 */
export async function judge(
  judged: Judged,
  limits: Limits,
  options: GuardedRun & { readonly signal: AbortSignal },
): Promise<Judgement> {
  const { review, drift, region, caller } = judged;
  const settings = { ...options.project.settings, destroyable: limits.destroyable };
  const alike = await namesakes({ ...options, settings, review, region });
  return {
    refused: [
      ...alike.refused,
      ...refusals(review, limits, drift),
      ...accessRefusals(judged, limits, options),
    ],
    notices: [
      ...alike.notices,
      ...(caller === undefined ? [] : accountNotices(caller)),
      ...looseningNotices(limits.loosened ?? {}),
    ],
  };
}

/** What would let somebody in, and that nobody has named. */
function accessRefusals(
  found: Judged,
  { privileged = [] }: Pick<Limits, "privileged">,
  { enable = [], recreate = [], allowReplace }: Pick<GuardedRun, "enable" | "recreate" | "allowReplace">,
): Refusal[] {
  return [
    ...refuseHeld(found, { enable, recreate }),
    ...refusePrivileged(
      found.drift,
      privileged,
      [...enable, ...recreate, ...allowReplace],
      found.pool?.userPoolId,
    ),
  ];
}

/** @throws RefusedError (exit 3) for lines that went although their people had not left */
export function refuseLosses(
  before: readonly PreviousPerson[],
  { people }: Roster,
  { destroyable }: Limits,
  { project: { settings }, allowReplace }: GuardedRun,
): void {
  const { removed, left } = missingPeople(before, people);
  const refused = [
    ...(destroyable
      ? []
      : removed.map((removal) => {
          const refusal = explainRemoval(removal, calledRoster(settings.roster));
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

/** @throws UserError (exit 3) for what Terraform can't plan from the state as it is */
export function refuseUnreconciled(
  recorded: readonly StateInstance[],
  { drift, groups }: PoolComparison,
  refresh: boolean,
): void {
  const halfMade = recorded.filter(({ tainted }) => tainted).length;
  // Terraform's own refresh finds that they are gone.
  const forgotten = refresh ? 0 : drift.outdated.filter(({ edit }) => edit === "forget").length;
  // What is in no state and no line, Terraform's own refresh does not see.
  const unseen = refresh
    ? groups.memberships.filter(({ what, stranger }) => what === "added" && !stranger).length
    : 0;
  if (halfMade + forgotten + unseen === 0) return;
  const words = [
    halfMade > 0
      ? `${counted(halfMade, "thing was", "things were")} left half-made by an interrupted deploy`
      : "",
    forgotten > 0
      ? `${counted(forgotten, "account was", "accounts were")} deleted outside this repository`
      : "",
    unseen > 0
      ? `${counted(unseen, "membership of a group was", "memberships of groups were")} made outside this repository`
      : "",
  ];
  throw new UserError(
    `REFUSED: the state is not as the user pool is: ${words.filter(Boolean).join(", and ")}`,
    {
      why: "A plan that is kept, or made with --refresh, can't put that in order: it is made from the state as it is.",
      next: ["put it in order first: npm run deploy"],
      exitCode: EXIT.refused,
    },
  );
}
