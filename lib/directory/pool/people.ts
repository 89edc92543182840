import {
  type AttributeType,
  ListUsersCommand,
  type UserType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { fold } from "../../roster/formats.ts";
import { nameAttribute, type SignInWith } from "../../roster/sign-in-names.ts";
import { listMemberships, type Memberships } from "./groups.ts";

/** A person in the user pool. */
export interface DirectoryPerson {
  /** Cognito's own username: the sub in a pool that signs in by e-mail or by phone. */
  readonly username: string;
  readonly sub: string;
  /** By Cognito's names, including `custom:`; without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** UserStatus of the Cognito API: FORCE_CHANGE_PASSWORD, CONFIRMED, … */
  readonly status: string;
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
}

export interface ListPeopleOptions {
  readonly userPoolId: string;
  /** A Cognito filter such as `email ^= "a"`: one standard attribute, equal or by prefix. @default everyone */
  readonly filter?: string;
  /** Called after each page with the number of people so far. */
  readonly onProgress?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** ListUsers returns no more (API reference, QueryLimitType). */
const PAGE = 60;

/**
 * Everyone in the user pool, by ListUsers: 60 people a request, and no one becomes a monthly active user (AdminGetUser would
 * do that). Pages are read one after another, since each needs the previous one's token; the client stays within the quota
 * (UserList, 30 requests a second: some 1,800 people) and retries what is still throttled.
 * @throws what the SDK throws; `explainFailure` (lib/auth/explain-error.ts) explains it
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
  readonly signInWith: SignInWith;
  /** Whether the pool treats Hanako and hanako as two people. */
  readonly caseSensitive: boolean;
}

/**
 * The person's name in a roster: the e-mail address or phone number in a pool that signs in by it (where Cognito's own
 * username is the sub), otherwise the username. Falls back to the sub if the address is missing.
 */
export function rosterName({ attributes, username }: DirectoryPerson, signInWith: SignInWith): string {
  const attribute = nameAttribute(signInWith);
  return attribute === undefined ? username : (attributes[attribute] ?? username);
}

/** How names are compared in a pool. */
export const nameKey = ({ caseSensitive }: Pick<NameRules, "caseSensitive">) =>
  caseSensitive ? (name: string) => name : fold;

export interface ReadPeopleOptions {
  readonly userPoolId: string;
  /** Called with each step, and the number of people so far. */
  readonly onProgress: (step: string, detail?: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Everyone in a pool with their groups: one request for every 60 people, and one for every 60 members of each group.
 * @throws what the SDK throws; `explainPoolFailure` explains it
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
