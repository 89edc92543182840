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

/**
 * How many people a deploy puts back. With more, something larger has happened than a change in the console, at which
 * somebody should look.
 */
export const MAX_PUT_BACK = 500;

/**
 * Half-made things that a deploy takes up again instead of replacing them, which `prevent_destroy` would refuse for ever after.
 * The pool, its client and its groups: whatever was not set yet, the comparison with the real ones finds.
 * @returns the same state where there are none
 */
export function untainted({ text, instances }: Read): Read {
  const things = instances.filter(
    ({ type, tainted }) => tainted && type !== "aws_cognito_user" && type !== "aws_cognito_user_in_group",
  );
  if (things.length === 0) return { text, instances };
  return edited(text, new Map(things.map((one) => [addressOf(one), { attributes: {} }])));
}

/** A state, as its text and as what is in it. */
type Read = Pick<PulledState, "text" | "instances">;

export interface Reconciled extends Read {
  /** Whether it is another state than the one that was pulled. */
  readonly changed: boolean;
  /** Called as people know them: what an interrupted deploy had begun, and this one finishes. */
  readonly finished: number;
}

/**
 * The state as the user pool has it, so that a plan that leaves out refreshing puts back what has drifted: pure, from what the
 * comparison found. Nobody is read one by one for it, and nothing is written; a deploy makes it the current state once it may.
 * @param pulled the state as Terraform has it
 * @throws UserError (exit 3) when more than {@link MAX_PUT_BACK} people have drifted
 */
export function reconcileState(
  pulled: Read,
  { look, things }: { readonly look: PoolComparison; readonly things: DriftOfThings },
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
  // Another account that took the name is in no group of the one before, once it is accepted.
  const accepted = new Set(outdated.map(({ instance }) => String(instance.key)));
  const others = new Set(
    look.drift.people.flatMap(({ username, otherAccount }) =>
      otherAccount && accepted.has(username) ? [username] : [],
    ),
  );
  // Whose account is gone and stays so is in no group either way; made anew, the memberships would need the account.
  const held = new Set(
    look.drift.people.flatMap(({ username, what, held }) => (held && what === "missing" ? [username] : [])),
  );
  for (const one of strandedMemberships(left, present, others)) {
    if (!held.has(String(one.attributes.username))) edits.set(addressOf(one), "forget");
  }
  const given = look.groups.given;
  if (edits.size + given.length === 0) return { ...pulled, changed: false, finished: 0 };
  return { ...edited(pulled.text, edits, given), changed: true, finished: finished.length };
}

/**
 * The state without what Terraform has read of people's own: after it has changed somebody, the provider (5.100.0) writes all
 * of their attributes into the state, and would erase at the next change what their line does not name.
 * @returns the state's JSON; undefined where there is nothing of that kind
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
  return new UserError(`REFUSED: ${count} people are not in the user pool as they were deployed`, {
    why: `A deploy puts at most ${MAX_PUT_BACK} people back. So many do not change by chance: a script may have run over the pool, or the state is not this pool's.`,
    next: [
      "npm run plan -- --out FILE shows who they are, and puts nobody back",
      "to have Terraform read everyone, who all become billed active users, and put them back: npm run deploy -- --refresh",
    ],
    exitCode: EXIT.refused,
  });
}
