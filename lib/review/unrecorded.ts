import type { CognitoClient } from "../auth/client.ts";
import { listGroups } from "../directory/list-groups.ts";
import { listPeople } from "../directory/list-people.ts";
import { rosterName } from "../directory/names.ts";
import { fold } from "../roster/formats.ts";
import type { Person } from "../roster/roster.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./addresses.ts";

export interface UnrecordedOptions {
  readonly userPoolId: string;
  readonly state: readonly StateInstance[];
  readonly people: readonly Person[];
  readonly signInWith: "email" | "username";
  /** Whether the pool takes Hanako and hanako for two people. */
  readonly caseSensitive: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told how many people are known so far. */
  readonly onProgress?: (count: number) => void;
}

/** What the user pool has and the state does not. */
export interface Unrecorded {
  /** In the roster, and named as there: a create whose answer was lost, or an apply that was killed. To be imported. */
  readonly people: readonly string[];
  /** Groups that the roster names, likewise. */
  readonly groups: readonly string[];
  /** Nobody declared them: reported, and never touched. */
  readonly strangers: readonly string[];
}

/**
 * Compares the user pool with the state, by one pass of ListUsers (60 people a call; nobody becomes a monthly active user by
 * it), and of ListGroups only when a group is to be created.
 * @throws what the SDK throws; `explainPoolFailure` (lib/directory/failure.ts) has the words
 */
export async function findUnrecorded(client: CognitoClient, options: UnrecordedOptions): Promise<Unrecorded> {
  const { userPoolId, state, people, signInWith, caseSensitive, signal, onProgress } = options;
  // Where the pool takes two spellings for one name, the import uses the roster's.
  const same = caseSensitive ? (name: string) => name : fold;
  const recorded = new Set(state.flatMap((one) => same(personAt(one)?.username ?? "") || []));
  const inRoster = new Map(people.map(({ username }) => [same(username), username]));
  const missing: string[] = [];
  const strangers: string[] = [];
  const found = await listPeople(client, {
    userPoolId,
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  for (const person of found) {
    const name = rosterName(person, signInWith);
    if (recorded.has(same(name))) continue;
    const listed = inRoster.get(same(name));
    if (listed === undefined) strangers.push(name);
    else missing.push(listed);
  }
  return {
    people: missing,
    groups: await missingGroups(client, options),
    strangers: strangers.sort(),
  };
}

async function missingGroups(
  client: CognitoClient,
  { userPoolId, state, people, signal }: UnrecordedOptions,
): Promise<string[]> {
  const recorded = new Set(
    state.flatMap(({ type, key }) => (type === "aws_cognito_user_group" ? [String(key)] : [])),
  );
  const wanted = new Set(people.flatMap(({ groups }) => groups).filter((group) => !recorded.has(group)));
  if (wanted.size === 0) return [];
  const found = await listGroups(client, { userPoolId, ...(signal && { abortSignal: signal }) });
  return found.filter((group) => wanted.has(group));
}
