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
import { closest } from "../roster/problem.ts";
import type { Roster } from "../roster/roster.ts";
import { looseningNotices, parseGuardsOutput } from "../stack/guards.ts";
import type { PulledState, StateInstance } from "../terraform/state.ts";
import type { PoolComparison } from "./compare-pool.ts";
import { namesakes } from "./other-pools.ts";
import type { Project } from "./project.ts";
import { accountNotices, type CallerAccount, type Pool } from "./target.ts";

/** What is deployed, and the requested exceptions. */
export interface GuardedRun {
  readonly project: Project;
  /** Replaces the guards' `maxRemovals` for this run. */
  readonly allowRemovals?: number | undefined;
  /** Usernames that may be deleted although the person seems to join again under another name. */
  readonly allowReplace: readonly string[];
  /** People who were disabled by hand and may be enabled again. @default no one */
  readonly enable?: readonly string[];
  /** People who were deleted by hand and may be created again. @default no one */
  readonly recreate?: readonly string[];
  /** Accounts to adopt even if nothing shows that they are the roster's. @default no one */
  readonly adopt?: readonly string[];
}

/** One edit would remove both the guard and what it guards. */
const NOT_YET =
  "The deployed stack isn't `destroyable`, and this change makes it so: deploy that by itself first.";

/**
 * The guards of this run, including those of the last deploy.
 * @throws UserError (exit 2) for contradictory guards, and (exit 3) if those of the last deploy can't be read
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

/** What is judged: a plan, the findings beside it, and its region. */
interface Judged {
  readonly review: Review;
  readonly drift: Drift;
  readonly pool: Pool | undefined;
  /** @default the SDK's own chain */
  readonly region: string | undefined;
  /** For a first deploy. */
  readonly caller: CallerAccount | undefined;
}

/** Everything that blocks a plan, and notices about the guards, in sentences. */
export interface Judgement {
  readonly refused: readonly Refusal[];
  readonly notices: readonly string[];
}

/**
 * Judges a plan, new or kept, by the guards of this run.
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
      ...misnamedNotices(options),
    ],
  };
}

/** Of options that name people of the roster: the names that no one there has, such as mistyped ones. */
export function misnamedNotices({ project: { roster }, ...named }: GuardedRun): string[] {
  const known = roster.people.map(({ username }) => username);
  return (["enable", "recreate", "adopt"] as const).flatMap((option) =>
    (named[option] ?? [])
      .filter((name) => !known.includes(name))
      .map((name) => {
        const meant = closest(name, known);
        const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
        return `--${option} does nothing for ${name}: no one in the roster is called that.${hint}`;
      }),
  );
}

/** Changes that would give access to someone who wasn't named. */
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

/** @throws RefusedError (exit 3) for lines removed before the people had left */
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

/** @throws UserError (exit 3) for anything that Terraform can't plan from the current state */
export function refuseUnreconciled(
  recorded: readonly StateInstance[],
  { drift, groups }: PoolComparison,
  refresh: boolean,
): void {
  const halfMade = recorded.filter(({ tainted }) => tainted).length;
  // Terraform's own refresh finds that they are gone.
  const forgotten = refresh ? 0 : drift.outdated.filter(({ edit }) => edit === "forget").length;
  // Terraform's own refresh doesn't see what is in neither the state nor a line.
  const unseen = refresh
    ? groups.memberships.filter(({ what, stranger }) => what === "added" && !stranger).length
    : 0;
  if (halfMade + forgotten + unseen === 0) return;
  const words = [
    halfMade > 0
      ? `${counted(halfMade, "resource was", "resources were")} left half-created by an interrupted deploy`
      : "",
    forgotten > 0
      ? `${counted(forgotten, "account was", "accounts were")} deleted outside this repository`
      : "",
    unseen > 0
      ? `${counted(unseen, "group membership was", "group memberships were")} added outside this repository`
      : "",
  ];
  throw new UserError(
    `REFUSED: the state and the user pool differ: ${words.filter(Boolean).join(", and ")}`,
    {
      why: "A saved plan, or one made with --refresh, can't fix that, because it is made from the state.",
      next: ["fix it first: npm run deploy"],
      exitCode: EXIT.refused,
    },
  );
}
