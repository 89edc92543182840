import type { Person } from "../../roster/roster.ts";
import { type DirectoryPerson, type NameRules, nameKey, rosterName } from "../pool/people.ts";
import { daysUntil, expiryOf, type Found, inText, STATE_IDS, STATES, type State, stateOf } from "./states.ts";
import { type WordRules, type Words, wordsFor } from "./words.ts";

/** A person on the board. */
export interface StatusRow extends Found, Words {
  readonly state: State;
  /** Estimated days until the temporary password expires: 0 is less than a day, below 0 it has expired. */
  readonly daysLeft?: number;
  readonly expiresAt?: Date;
}

/** Everyone in the roster and the pool. */
export interface StatusReport {
  readonly userPoolId: string;
  /** When the pool was read. */
  readonly at: Date;
  readonly validityDays: number;
  /** Whether second factors were read. */
  readonly mfa: boolean;
  /** Most urgent first: by state, then soonest to expire, then by name. */
  readonly entries: readonly StatusRow[];
  readonly counts: Readonly<Record<State, number>>;
  /** People who should have access: in the roster, neither leaving nor disabled. */
  readonly expected: number;
  /** Those of them who haven't signed in yet. */
  readonly waiting: number;
}

export interface BoardOptions extends Omit<WordRules, "now"> {
  readonly names: NameRules;
  /** @default now */
  readonly now?: Date;
  /** Second factors by Cognito's own username, if they were read. */
  readonly factors?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** Compares the roster and the pool. */
export function buildStatus(
  roster: readonly Person[],
  pool: readonly DirectoryPerson[],
  options: BoardOptions,
): StatusReport {
  const { userPoolId, validityDays, names, factors, now = new Date() } = options;
  const rules = { ...options, now };
  const entries = sideBySide(roster, pool, names)
    .map((found) => {
      const read = found.live && factors?.get(found.live.username);
      return entryOf(read === undefined ? found : { ...found, factors: read }, rules);
    })
    .sort(byNeed);
  const expected = entries.filter(isExpected);
  return {
    userPoolId,
    at: now,
    validityDays,
    mfa: factors !== undefined,
    entries,
    counts: countsOf(entries),
    expected: expected.length,
    waiting: expected.filter(isWaiting).length,
  };
}

/** Without duplicates: if two people in the pool share a name, the first is the roster's. */
function sideBySide(roster: readonly Person[], pool: readonly DirectoryPerson[], names: NameRules): Found[] {
  const same = nameKey(names);
  const live = new Map<string, DirectoryPerson>();
  for (const person of pool) {
    const key = same(rosterName(person, names.signInWith));
    if (!live.has(key)) live.set(key, person);
  }
  const taken = new Set<DirectoryPerson>();
  const declared = roster.map((person): Found => {
    const found = live.get(same(person.username));
    if (found === undefined) return { username: person.username, person };
    taken.add(found);
    return { username: person.username, person, live: found };
  });
  const others = pool.filter((person) => !taken.has(person));
  return [
    ...declared,
    ...others.map((person) => ({ username: rosterName(person, names.signInWith), live: person })),
  ];
}

function entryOf(found: Found, rules: WordRules): StatusRow {
  const state = stateOf(found, rules);
  const expiresAt = found.person && expiryOf(found.live, rules.validityDays);
  return {
    ...found,
    ...wordsFor(state, found, rules),
    state,
    ...(expiresAt && { expiresAt, daysLeft: daysUntil(expiresAt, rules.now) }),
  };
}

const WAITING: ReadonlySet<State> = new Set(STATES.flatMap(({ id, waits }) => (waits ? [id] : [])));

/** In the roster, neither leaving nor disabled. */
const isExpected = ({ person }: Found) => person?.enabled === true && !person.leaving;
const isWaiting = ({ state }: Pick<StatusRow, "state">) => WAITING.has(state);

const RANK = new Map(STATE_IDS.map((id, rank) => [id, rank]));

function byNeed(a: StatusRow, b: StatusRow): number {
  const rank = ({ state }: StatusRow) => RANK.get(state) ?? 0;
  const helped = ({ help }: StatusRow) => (help === undefined ? 1 : 0);
  const ends = ({ expiresAt }: StatusRow) => expiresAt?.getTime() ?? 0;
  return (
    rank(a) - rank(b) || helped(a) - helped(b) || ends(a) - ends(b) || (a.username < b.username ? -1 : 1)
  );
}

function countsOf(entries: readonly StatusRow[]): Record<State, number> {
  const counts = Object.fromEntries(STATE_IDS.map((id) => [id, 0])) as Record<State, number>;
  for (const { state } of entries) counts[state] += 1;
  return counts;
}

/** The summary, in one line. */
export function headlineOf({
  entries,
  expected,
  waiting,
}: Pick<StatusReport, "entries" | "expected" | "waiting">): string {
  if (expected === 0) return "The roster has no one who should have access";
  const all = expected === 1 ? "the only one has" : `all ${grouped(expected)} have`;
  if (waiting === 0) return `Everyone has signed in: ${all} finished the first login`;
  const late = countsOf(entries.filter((entry) => isExpected(entry) && isWaiting(entry)));
  const which = STATES.flatMap(({ id, label }) =>
    late[id] > 0 ? [`${grouped(late[id])} ${inText(label)}`] : [],
  );
  return `${grouped(waiting)} of ${grouped(expected)} ${waiting === 1 ? "hasn't" : "haven't"} signed in yet: ${which.join(", ")}`;
}

/** 1,234 */
const grouped = (count: number) => count.toLocaleString("en");
