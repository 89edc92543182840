import {
  type AttributeType,
  ListUsersCommand,
  type UserType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { fold } from "../../roster/formats.ts";
import { listMemberships, type Memberships } from "./groups.ts";

/** A person as the user pool has them. */
export interface DirectoryPerson {
  /** Cognito's own: the sub in a pool that signs in by e-mail. */
  readonly username: string;
  readonly sub: string;
  /** As Cognito names them, `custom:` included; without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** UserStatus of the Cognito API: FORCE_CHANGE_PASSWORD, CONFIRMED, … */
  readonly status: string;
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
}

export interface ListPeopleOptions {
  readonly userPoolId: string;
  /** In Cognito's own words, such as `email ^= "a"`: one standard attribute, compared or begun with. @default everyone */
  readonly filter?: string;
  /** Called after each page with how many people are known so far. */
  readonly onProgress?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** ListUsers returns no more (API reference, QueryLimitType). */
const PAGE = 60;

/**
 * Everyone in the user pool, by ListUsers: 60 people a request, and nobody becomes a monthly active user by it (AdminGetUser
 * does that). One page follows the other, since each needs the token of the one before; the client keeps them below the quota
 * (UserList, 30 requests a second: some 1,800 people) and tries again what is throttled all the same.
 * @throws what the SDK throws; `explainFailure` (lib/auth/explain-error.ts) has the words
 */
export async function listPeople(
  client: CognitoClient,
  { userPoolId, filter: Filter, onProgress, signal }: ListPeopleOptions,
): Promise<DirectoryPerson[]> {
  const people: DirectoryPerson[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListUsersCommand({ UserPoolId: userPoolId, Filter, Limit: PAGE, PaginationToken: token }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    people.push(...(page.Users ?? []).map(personOf));
    onProgress?.(people.length);
    token = page.PaginationToken;
  } while (token);
  return people;
}

function personOf(user: UserType): DirectoryPerson {
  const { sub = "", ...attributes } = attributesOf(user.Attributes);
  return {
    username: user.Username ?? "",
    sub,
    attributes,
    enabled: user.Enabled ?? true,
    status: user.UserStatus ?? "UNKNOWN",
    ...(user.UserCreateDate && { createdAt: user.UserCreateDate }),
    ...(user.UserLastModifiedDate && { modifiedAt: user.UserLastModifiedDate }),
  };
}

function attributesOf(attributes: readonly AttributeType[] = []): Record<string, string> {
  return Object.fromEntries(attributes.map(({ Name = "", Value = "" }) => [Name, Value]));
}

/** How a pool names people. */
export interface NameRules {
  readonly signInWith: "email" | "username";
  /** Whether the pool takes Hanako and hanako for two people. */
  readonly caseSensitive: boolean;
}

/**
 * The name under which the roster has this person, or would have them: the e-mail address in a pool that signs in by e-mail
 * (Cognito's own username is the sub there), else the username. The sub stands in for an address that is missing.
 */
export function rosterName(person: DirectoryPerson, signInWith: "email" | "username"): string {
  return signInWith === "email" ? (person.attributes.email ?? person.username) : person.username;
}

/** How names compare in a pool. */
export const nameKey = ({ caseSensitive }: Pick<NameRules, "caseSensitive">) =>
  caseSensitive ? (name: string) => name : fold;

export interface ReadPeopleOptions {
  readonly userPoolId: string;
  /** Called with each step, and how many people are known. */
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
