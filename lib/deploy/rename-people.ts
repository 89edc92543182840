import type { Renaming } from "../review/person.ts";
import { personAt } from "../review/plan.ts";
import { type Refusal, RefusedError } from "../review/refusals.ts";
import { fold } from "../roster/formats.ts";
import { quote } from "../roster/redact.ts";
import type { Person, Roster } from "../roster/roster.ts";
import { ATTRIBUTE_WORDS, attributeOf } from "../roster/sign-in-names.ts";
import { commandLine } from "../shell.ts";
import { membershipKey } from "../stack/synth/moved-blocks.ts";
import { blockFor } from "../stack/synth/shards.ts";
import { addressOf, instancesOf, type PulledState, type Relocation, relocated } from "../terraform/state.ts";
import type { PoolComparison } from "./compare-pool.ts";

/** A state, as text and parsed. */
type Read = Pick<PulledState, "text" | "instances">;

/** A person whose line has another key than their account was deployed under. */
export interface Rename extends Pick<Renaming, "from" | "to" | "emailVerified"> {
  /** From the state; empty if it has none. */
  readonly sub: string;
}

const CANT = "can't rename an account";

export interface RenamedState extends Read {
  readonly renames: readonly Rename[];
}

/**
 * The state after renaming: people who were deployed under a `formerly` name get the new key, with their memberships and
 * their line's address, so that a plan neither creates nor deletes them. A pure function. Cognito is updated
 * (AdminUpdateUserAttributes, by `sub`) before this state is written, so that the next deploy can continue one that was
 * killed in between: the account already has its new address.
 *
 * People never deployed under the former name need no renaming: their `formerly` is from a completed deploy, or the pool is
 * new.
 * @throws RefusedError (exit 3) when both names are deployed, which are two accounts, or the old one in another spelling
 */
export function renamePeople<T extends Read>(read: T, { people, file }: Roster): T & RenamedState {
  const wanted = people.filter((person) => person.formerly !== undefined);
  if (wanted.length === 0) return { ...read, renames: [] };
  const deployed = new Map(
    read.instances.flatMap((instance) => {
      const person = personAt(instance);
      return person === undefined ? [] : [[person.username, instance] as const];
    }),
  );
  const byFormer = new Map(
    wanted.flatMap((person) =>
      person.formerly !== undefined && deployed.has(person.formerly)
        ? [[person.formerly, person] as const]
        : [],
    ),
  );
  const spelt = otherwiseSpelt(wanted, deployed);
  if (spelt.length > 0) throw new RefusedError(spelt, file, CANT);
  if (byFormer.size === 0) return { ...read, renames: [] };
  const twice = [...byFormer].filter(([, { username }]) => deployed.has(username));
  if (twice.length > 0) throw new RefusedError(twice.map(bothDeployed), file, CANT);

  const moves = new Map<string, Relocation>();
  for (const instance of read.instances) {
    const { type, name, attributes } = instance;
    const former =
      type === "aws_cognito_user_in_group" ? String(attributes.username) : personAt(instance)?.username;
    const person = former === undefined ? undefined : byFormer.get(former);
    if (person === undefined) continue;
    const { username } = person;
    const pool = String(attributes.user_pool_id);
    const group = String(attributes.group_name);
    moves.set(addressOf(instance), {
      name: blockFor(name, username),
      ...(type === "aws_cognito_user"
        ? {
            key: username,
            attributes: {
              username,
              id: `${pool}/${username}`,
              attributes: readdressedAttributes(attributes.attributes, person),
            },
          }
        : {
            key: membershipKey(username, group),
            attributes: { username, id: `${pool}/${group}/${username}` },
          }),
    });
  }
  const text = relocated(read.text, moves);
  const renames = [...byFormer].map(([from, person]) => ({
    from,
    to: person.username,
    emailVerified: isVerified(person),
    sub: String(deployed.get(from)?.attributes.sub ?? ""),
  }));
  return { ...read, text, instances: instancesOf(text), renames };
}

/**
 * Former names that are deployed in another spelling: taken literally they match no one, and the person would be created as a
 * new one.
 */
function otherwiseSpelt(wanted: readonly Person[], deployed: ReadonlyMap<string, unknown>): Refusal[] {
  const byFold = new Map([...deployed.keys()].map((username) => [fold(username), username]));
  return wanted.flatMap(({ username, formerly = "" }) => {
    const alike = deployed.has(formerly) || deployed.has(username) ? undefined : byFold.get(fold(formerly));
    return alike === undefined
      ? []
      : {
          message: `the "formerly" of ${quote(username)} is written ${quote(formerly)}, and deployed as ${quote(alike)}`,
          hint: `Write it as it was deployed: ${quote(username)}: { "formerly": ${JSON.stringify(alike)}, … }`,
        };
  });
}

/** The attributes after the address change. */
function readdressedAttributes(attributes: unknown, person: Person) {
  const name = attributeOf(person.username);
  return { ...Object(attributes), [name]: person.username, [`${name}_verified`]: String(isVerified(person)) };
}

/** Whether the team vouches for the sign-in address. */
const isVerified = ({ username, emailVerified, phoneVerified }: Person): boolean =>
  attributeOf(username) === "email" ? emailVerified : phoneVerified !== false;

const bothDeployed = ([from, { username }]: readonly [string, Person]): Refusal => ({
  message: `${quote(username)} is already deployed, and so is its "formerly", ${quote(from)}: they are two accounts`,
  hint:
    `One account can't replace another. If ${quote(from)} is leaving, put its line back with "leaving": true and remove "formerly"; ` +
    "out; delete the line in a later change.",
});

/**
 * The result for each rename, given the user pool.
 * @param look made with the renamed state
 * @param known deployed usernames
 * @param privileged groups that the settings call privileged. @default none
 * @returns the people who have an account: the others are reported as missing
 * @throws RefusedError (exit 3) where another account has the address, or it is unclear which account is meant
 */
export function settleRenames(
  renames: readonly Rename[],
  { drift, accountOf }: Pick<PoolComparison, "drift" | "accountOf">,
  { people, file }: Roster,
  known: ReadonlySet<string>,
  privileged: readonly string[] = [],
): Renaming[] {
  const refused: Refusal[] = [];
  const now = new Map(drift.readdressed.map((one) => [one.username, one.now]));
  const settled = renames.flatMap(({ from, to, sub, emailVerified }): Renaming[] => {
    const holder = accountOf(to);
    if (sub === "") refused.push(halfMade(from, to));
    else if (holder !== undefined && holder.sub !== sub) refused.push(taken(from, to));
    else if (holder !== undefined) return [{ from, to, emailVerified, done: true }];
    else if (now.has(to)) {
      const there = now.get(to);
      return [{ from, to, emailVerified, ...(there !== undefined && there !== from && { there }) }];
    }
    return [];
  });
  const renamed = new Set(renames.map(({ to }) => to));
  for (const { username, formerly } of people) {
    if (formerly === undefined || renamed.has(username) || known.has(username)) continue;
    if (accountOf(formerly) !== undefined && accountOf(username) === undefined)
      refused.push(unrecorded(formerly, username));
  }
  if (refused.length > 0) throw new RefusedError(refused, file, CANT);
  const groupsOf = new Map(people.map(({ username, groups }) => [username, groups]));
  return settled.map((one) => {
    const held = (groupsOf.get(one.to) ?? []).filter((group) => privileged.includes(group));
    return held.length === 0 ? one : { ...one, privileged: held };
  });
}

const halfMade = (from: string, to: string): Refusal => ({
  message: `the state doesn't know which account ${quote(from)} is: an interrupted deploy left it half-created`,
  hint: `Deploy the line as ${quote(from)} first; then ${quote(to)} with its "formerly".`,
});

const taken = (from: string, to: string): Refusal => ({
  message: `${quote(from)} can't become ${quote(to)}: another account in the user pool has that ${ATTRIBUTE_WORDS[attributeOf(to)]}`,
  hint: `Only one account can have it. See whose it is: ${commandLine`npm run status`}. Give ${quote(from)} another one, or delete the other account first.`,
});

const unrecorded = (from: string, to: string): Refusal => ({
  message: `${quote(from)}, the "formerly" of ${quote(to)}, is in the user pool but not in the state: ${quote(to)} would be a second account`,
  hint: `Adopt the account under its present name first: write ${quote(from)} as the name, without "formerly", and deploy. Rename it in a later change.`,
});

/** Removes the drift that is really this change's own renames. */
export function withoutRenamed(look: PoolComparison, renames: readonly Renaming[]): PoolComparison {
  if (renames.length === 0) return look;
  const renamed = new Set(renames.flatMap(({ to, done }) => (done ? [] : [to])));
  const people = look.drift.people.filter(({ username }) => !renamed.has(username));
  return { ...look, drift: { ...look.drift, people } };
}

/** @throws RefusedError (exit 3) for a kept plan, which can't rename: it is made from the current state */
export function refuseRenames(renames: readonly Rename[], file: string): void {
  const [first] = renames;
  if (first === undefined) return;
  throw new RefusedError(
    [
      {
        message: `${quote(first.from)} becomes ${quote(first.to)}${renames.length > 1 ? ` (and ${renames.length - 1} more)` : ""}: a saved plan (--out) or one made with --refresh can't change it`,
        hint: "Such a plan is made from the state, where the account has its former name. Deploy without either: npm run deploy",
      },
    ],
    file,
    CANT,
  );
}
