import { EXIT, UserError } from "../errors.ts";
import { personAt } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import {
  addressOf,
  editedState,
  instancesOf,
  type PulledState,
  type StateEdit,
  type StateInstance,
} from "../terraform/state.ts";
import { type PoolComparison, strandedMemberships } from "./compare-pool.ts";
import { type DriftOfThings, deployedAttributes } from "./find-drift.ts";

/** How many people a deploy restores. More than that isn't a manual change in the console, and someone should investigate. */
export const MAX_PUT_BACK = 500;

/**
 * Half-made things that a deploy completes instead of replacing, which `prevent_destroy` would refuse forever. The pool, its
 * client and its groups: the comparison with the real ones finds whatever wasn't set yet.
 * @returns the same state if there are none
 */
export function untainted({ text, instances }: Read): Read {
  const things = instances.filter(
    ({ type, tainted }) => tainted && type !== "aws_cognito_user" && type !== "aws_cognito_user_in_group",
  );
  if (things.length === 0) return { text, instances };
  return edited(text, new Map(things.map((one) => [addressOf(one), { attributes: {} }])));
}

/** A state, as text and parsed. */
type Read = Pick<PulledState, "text" | "instances">;

export interface Reconciled extends Read {
  /** Whether it differs from the pulled state. */
  readonly changed: boolean;
  /** How many half-created resources of an interrupted deploy this one completes. */
  readonly finished: number;
}

/**
 * The state as the user pool has it, so that a plan without a refresh restores what has drifted: a pure function of the
 * comparison. It reads no one individually and writes nothing; a deploy makes it the current state when it may.
 * @param pulled Terraform's state
 * @param pulled.renamed whether people have other names in it than in the current state (rename-people.ts)
 * @throws UserError (exit 3) when more than {@link MAX_PUT_BACK} people have drifted
 */
export function reconcileState(
  pulled: Read,
  {
    look,
    things,
    renamed = false,
  }: { readonly look: PoolComparison; readonly things: DriftOfThings; readonly renamed?: boolean },
): Reconciled {
  const { outdated } = look.drift;
  const differing = outdated.filter(({ instance, edit }) => edit !== "forget" && !instance.tainted).length;
  if (differing > MAX_PUT_BACK) throw tooMany(differing);
  const finished = pulled.instances.filter(({ tainted }) => tainted);
  const edits = new Map<string, StateEdit>([
    ...[...finished, ...look.groups.made].map((one) => [addressOf(one), { attributes: {} }] as const),
    ...things.edits,
    ...outdated.map(({ instance, edit }) => [addressOf(instance), edit] as const),
    ...look.groups.lost.map((one) => [addressOf(one), "forget"] as const),
  ]);
  const left = pulled.instances.filter((instance) => edits.get(addressOf(instance)) !== "forget");
  const present = { people: new Set(look.unrecorded.people), groups: new Set(look.unrecorded.groups) };
  // Once accepted, another account with the name is in none of the earlier account's groups.
  const accepted = new Set(outdated.map(({ instance }) => String(instance.key)));
  const others = new Set(
    look.drift.people.flatMap(({ username, otherAccount }) =>
      otherAccount && accepted.has(username) ? [username] : [],
    ),
  );
  // If the account stays deleted, it has no memberships anyway; recreating them would need the account.
  const held = new Set(
    look.drift.people.flatMap(({ username, what, held }) => (held && what === "missing" ? [username] : [])),
  );
  for (const one of strandedMemberships(left, present, others)) {
    if (!held.has(String(one.attributes.username))) edits.set(addressOf(one), "forget");
  }
  const given = look.groups.given;
  if (edits.size + given.length === 0 && !renamed) return { ...pulled, changed: false, finished: 0 };
  return { ...edited(pulled.text, edits, given), changed: true, finished: finished.length };
}

/**
 * The state without people's own attributes: after changing a person, the provider (5.100.0) writes all their attributes into
 * the state, and at the next change would erase those that their line doesn't name.
 * @returns the state's JSON; undefined if it has none of them
 */
export function withoutOwnAttributes(
  { text, instances }: Read,
  roster: readonly Person[],
): string | undefined {
  const lines = new Map(roster.map((person) => [person.username, deployedAttributes(person)]));
  const edits = instances.flatMap((instance) => {
    const line = lines.get(personAt(instance)?.username ?? "");
    if (line === undefined) return [];
    const all = Object.entries(Object(instance.attributes.attributes));
    const kept = all.filter(([name]) => name === "sub" || line[name] !== undefined);
    if (kept.length === all.length) return [];
    return [[addressOf(instance), { attributes: { attributes: Object.fromEntries(kept) } }] as const];
  });
  return edits.length === 0 ? undefined : editedState(text, new Map(edits));
}

function edited(
  text: string,
  edits: ReadonlyMap<string, StateEdit>,
  additions: readonly StateInstance[] = [],
): Read {
  const result = editedState(text, edits, additions);
  return { text: result, instances: instancesOf(result) };
}

function tooMany(count: number): UserError {
  return new UserError(`REFUSED: ${count} people differ in the user pool from what was deployed`, {
    why: `A deploy puts back at most ${MAX_PUT_BACK} people. So many changes are rarely an accident: a script may have changed the pool, or the state belongs to another pool.`,
    next: [
      "npm run plan -- --out FILE lists them, and puts no one back",
      "to put everyone back, each read by Terraform and billed as an active user: npm run deploy -- --refresh",
    ],
    exitCode: EXIT.refused,
  });
}
