import type { CognitoClient } from "../auth/client.ts";
import type { Adoption } from "../stack/adoption.ts";
import type { Settings } from "../stack/settings.ts";
import { describePool, type PoolDescription } from "./describe-pool.ts";
import { importNotes } from "./import-notes.ts";
import { refuseOtherNames, rosterRulesOf } from "./pool-facts.ts";
import { regionOf } from "./pool-id.ts";
import { proposeClient } from "./propose-client.ts";
import { proposePool } from "./propose-pool.ts";
import { readPeople } from "./read-people.ts";
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
  refuseOtherNames(description.pool);
  const settings = proposeSettings(before, description);
  const { people, memberships } = await readPeople(client, { userPoolId, onProgress, ...aborting });
  const roster = rosterFromPool(people, memberships, rosterRulesOf(description.pool));
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
