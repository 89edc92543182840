import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { holdsPassword, looksLikeSecret } from "../../roster/redact.ts";
import { refuseOtherNames, rosterRulesOf } from "../pool/facts.ts";
import { type DirectoryPerson, type ReadPeopleOptions, readPeople, rosterName } from "../pool/people.ts";
import { type PoolRoster, rosterFromPool } from "./roster.ts";

/** A person with all that a listing has, for the record: a roster has no place for half of it. */
export interface RecordedPerson {
  /** As in the roster, or as it would be. */
  readonly name: string;
  readonly sub: string;
  /** UserStatus of the Cognito API. */
  readonly status: string;
  readonly enabled: boolean;
  /** ISO 8601, UTC; missing where the pool does not say. */
  readonly createdAt?: string;
  readonly modifiedAt?: string;
  readonly groups: readonly string[];
  /** As Cognito names them, in the order of their names; without any whose name or value looks like a secret. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PoolExport {
  /** Whom a roster can hold, as users.json. */
  readonly roster: PoolRoster;
  /** Everyone, also who can't be in a roster, in the order of their names. */
  readonly people: readonly RecordedPerson[];
}

/**
 * Reads a pool's people back: as a roster, and as a record. Changes nothing, and makes nobody a monthly active user.
 * Everything is in a fixed order: of a pool that has not changed, two exports are the same to the byte.
 * @throws UserError for a pool of phone numbers; what the SDK throws (`explainPoolFailure` has the words)
 */
export async function exportPool(client: CognitoClient, options: ReadPeopleOptions): Promise<PoolExport> {
  const { userPoolId: UserPoolId, onProgress, signal } = options;
  onProgress("Reading the pool's settings");
  const described = await client.send(
    new DescribeUserPoolCommand({ UserPoolId }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  const pool = described.UserPool ?? {};
  refuseOtherNames(pool);
  const rules = rosterRulesOf(pool);
  const { people, memberships } = await readPeople(client, options);
  return {
    roster: rosterFromPool(people, memberships, rules),
    people: people
      .map((person) =>
        recordOf(person, rosterName(person, rules.signInWith), memberships.of.get(person.username)),
      )
      .sort((a, b) => compare(a.name, b.name) || compare(a.sub, b.sub)),
  };
}

/** Whether a file's content is what an export may be: a roster, or a record, with a person on its first line. */
export function isExport(content: Buffer): boolean {
  const text = content.toString();
  return hasField(text, "users") || hasField(text.split("\n", 1)[0], "sub");
}

function hasField(text: string | undefined, field: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(text ?? ""), field);
  } catch {
    return false;
  }
}

/** JSON Lines: a person a line, so that a later record can be compared with it. */
export function recordText(people: readonly RecordedPerson[]): string {
  return people.map((person) => `${JSON.stringify(person)}\n`).join("");
}

function recordOf(person: DirectoryPerson, name: string, groups: readonly string[] = []): RecordedPerson {
  const { sub, status, enabled, createdAt, modifiedAt } = person;
  const attributes = Object.entries(person.attributes)
    .filter(([key, value]) => !looksLikeSecret(key.replace(/^custom:/, "")) && !holdsPassword(value))
    .sort(([a], [b]) => compare(a, b));
  return {
    name,
    sub,
    status,
    enabled,
    ...(createdAt && { createdAt: createdAt.toISOString() }),
    ...(modifiedAt && { modifiedAt: modifiedAt.toISOString() }),
    groups,
    attributes: Object.fromEntries(attributes),
  };
}

/** By code unit: the same on every machine, whatever its language. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
