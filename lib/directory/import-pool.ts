import type { CognitoClient } from "../auth/client.ts";
import { UserError } from "../errors.ts";
import type { Adoption } from "../stack/adoption.ts";
import type { Settings } from "../stack/settings.ts";
import { describePool, type PoolDescription } from "./describe-pool.ts";
import { importNotes } from "./import-notes.ts";
import { listMemberships } from "./list-groups.ts";
import { listPeople } from "./list-people.ts";
import { regionOf } from "./pool-id.ts";
import { proposeClient } from "./propose-client.ts";
import { proposePool } from "./propose-pool.ts";
import { type PoolRoster, rosterFromPool } from "./roster-from-pool.ts";

export interface ImportOptions {
  readonly userPoolId: string;
  /** @default the pool's only app client */
  readonly clientId?: string | undefined;
  /** The team's settings so far: what the pool doesn't say stays as it is there. */
  readonly settings: Settings;
  /** Told what goes on, and how many people are known. */
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/** An existing pool in this package's terms. */
export interface PoolImport {
  readonly roster: PoolRoster;
  /** With them a deploy leaves the pool and the client as they are. */
  readonly settings: Settings;
  readonly adoption: Adoption;
  /** What a team should know before it deploys. */
  readonly notes: readonly string[];
}

/**
 * Reads a pool that exists: its people and groups, and its settings. Changes nothing.
 * Calls: one for every 60 people, one for every 60 members of each group, and four or five more; none of them makes anybody a
 * monthly active user.
 * @throws UserError for a pool that can't be adopted; what the SDK throws (`explainPoolFailure` has the words)
 */
export async function importPool(client: CognitoClient, options: ImportOptions): Promise<PoolImport> {
  const { userPoolId, settings: before, onProgress } = options;
  const aborting = options.signal === undefined ? {} : { signal: options.signal };
  onProgress("Reading the pool's settings");
  const description = await describePool(client, { userPoolId, clientId: options.clientId, ...aborting });
  refuseOtherNames(description, userPoolId);
  const settings = proposeSettings(before, description);
  const rules = {
    signInWith: settings.pool.signInWith ?? ("email" as const),
    customAttributes: settings.pool.customAttributes ?? [],
  };
  onProgress("Reading people");
  const people = await listPeople(client, {
    userPoolId,
    onProgress: (count) => onProgress("Reading people", `${count} so far`),
    ...aborting,
  });
  const memberships = await listMemberships(client, {
    userPoolId,
    onProgress: (group) => onProgress("Reading groups", group),
    ...aborting,
  });
  const roster = rosterFromPool(people, memberships, rules);
  return {
    roster,
    settings,
    adoption: {
      userPoolId,
      ...(description.client && { clientId: description.client.ClientId }),
      ...(settings.pool.domainPrefix && { domain: settings.pool.domainPrefix }),
      people: roster.people,
      groups: roster.groups,
    },
    notes: importNotes({ description, roster, settings, groups: memberships.groups }),
  };
}

function proposeSettings(before: Settings, { pool, mfa, client }: PoolDescription): Settings {
  const { pool: _, client: placeholder, region: __, ...kept } = before;
  const region = regionOf(pool.Id ?? "");
  return {
    ...kept,
    ...(region !== undefined && { region }),
    pool: proposePool(pool, mfa),
    client: client === undefined ? placeholder : proposeClient(client),
  };
}

function refuseOtherNames({ pool: { UsernameAttributes: names = [] } }: PoolDescription, id: string): void {
  if (names.length === 0 || names.includes("email")) return;
  throw new UserError(`People of the user pool ${id} sign in with their phone number`, {
    why: "This package knows pools in which people sign in with an e-mail address or a username of their own; which of them a pool is can never be changed.",
    next: ["such a pool can't be adopted; make a new one and invite its people there"],
  });
}
