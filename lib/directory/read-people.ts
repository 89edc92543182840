import type { CognitoClient } from "../auth/client.ts";
import { listMemberships, type Memberships } from "./list-groups.ts";
import { type DirectoryPerson, listPeople } from "./list-people.ts";

export interface ReadPeopleOptions {
  readonly userPoolId: string;
  /** Told what goes on, and how many people are known. */
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Everyone in a pool, and who is in which group: a request for every 60 people, and one for every 60 members of each group.
 * @throws what the SDK throws; `explainPoolFailure` has the words
 */
export async function readPeople(
  client: CognitoClient,
  { userPoolId, onProgress, signal }: ReadPeopleOptions,
): Promise<{ readonly people: readonly DirectoryPerson[]; readonly memberships: Memberships }> {
  const options = { userPoolId, ...(signal === undefined ? {} : { signal }) };
  onProgress("Reading people");
  const people = await listPeople(client, {
    ...options,
    onProgress: (count) => onProgress("Reading people", `${count} so far`),
  });
  const memberships = await listMemberships(client, {
    ...options,
    onProgress: (group) => onProgress("Reading groups", group),
  });
  return { people, memberships };
}
