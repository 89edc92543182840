import {
  type AttributeType,
  ListUsersCommand,
  type UserType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../auth/client.ts";

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
  /** Told after each page how many people are known so far. */
  readonly onProgress?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** ListUsers returns no more (API reference, QueryLimitType). */
const PAGE = 60;

/**
 * Everyone in the user pool, by ListUsers: 60 people a request, and nobody becomes a monthly active user by it (AdminGetUser
 * does that). One page follows the other, since each needs the token of the one before; the client keeps them below the quota
 * (UserList, 30 requests a second: some 1,800 people) and tries again what is throttled all the same.
 * @throws what the SDK throws; `explainFailure` (lib/auth/failure.ts) has the words
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
