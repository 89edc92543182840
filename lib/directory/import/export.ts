import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import { parseRoster } from "../../roster/parse.ts";
import { holdsPassword, looksLikeSecret } from "../../roster/redact.ts";
import type { RosterRules } from "../../roster/roster.ts";
import { rosterRulesOf } from "../pool/facts.ts";
import { type DirectoryPerson, type ReadPeopleOptions, readPeople, rosterName } from "../pool/people.ts";
import { sheetText } from "../spreadsheet/export.ts";
import { type PoolRoster, rosterFromPool } from "./roster.ts";

/** A person with everything a listing returns, for the record: a roster has no place for half of it. */
export interface RecordedPerson {
  /** The name in the roster, or the one it would use. */
  readonly name: string;
  readonly sub: string;
  /** UserStatus of the Cognito API. */
  readonly status: string;
  readonly enabled: boolean;
  /** ISO 8601, UTC; missing if the pool doesn't say. */
  readonly createdAt?: string;
  readonly modifiedAt?: string;
  readonly groups: readonly string[];
  /** By Cognito's names, sorted; without any whose name or value looks like a secret. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PoolExport {
  /** The people whom a roster can hold, as users.json. */
  readonly roster: PoolRoster;
  /** Everyone, also people a roster can't hold, sorted by name. */
  readonly people: readonly RecordedPerson[];
  /** The rules for a roster that follow from the pool's own settings. */
  readonly rules: RosterRules;
}

/**
 * Reads a pool's people as a roster and as a record. Changes nothing, and makes no one a monthly active user. The order is
 * fixed: two exports of an unchanged pool are identical.
 * @throws what the SDK throws (`explainPoolFailure` explains it)
 */
export async function exportPool(client: CognitoClient, options: ReadPeopleOptions): Promise<PoolExport> {
  const { userPoolId: UserPoolId, onProgress, signal } = options;
  onProgress("Reading the pool's settings");
  const described = await client.send(
    new DescribeUserPoolCommand({ UserPoolId }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  const pool = described.UserPool ?? {};
  const rules = rosterRulesOf(pool);
  const { people, memberships } = await readPeople(client, options);
  return {
    rules,
    roster: rosterFromPool(people, memberships, rules),
    people: people
      .map((person) =>
        recordOf(person, rosterName(person, rules.signInWith), memberships.of.get(person.username)),
      )
      .sort((a, b) => compare(a.name, b.name) || compare(a.sub, b.sub)),
  };
}

/** Whether a file's content could be an export: a roster, or a record with a person on its first line. */
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

/** JSON Lines, one person a line, so that records can be compared. */
export function recordText(people: readonly RecordedPerson[]): string {
  return people.map((person) => `${JSON.stringify(person)}\n`).join("");
}

/** The exported roster as CSV, for a spreadsheet. */
export function sheetOf({ roster, rules }: Pick<PoolExport, "roster" | "rules">): string {
  return sheetText(parseRoster(roster.text, "users.json", rules).roster?.people ?? [], rules);
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

/** By code unit: the same on every machine, in any locale. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
