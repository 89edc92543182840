import {
  AdminGetUserCommand,
  DescribeUserPoolCommand,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import type { Person } from "../../roster/roster.ts";
import { type BatchProgress, runBatch } from "../batch.ts";
import { passwordPolicyOf } from "../pool/facts.ts";
import { type DirectoryPerson, listPeople, type NameRules } from "../pool/people.ts";
import { buildStatus, type StatusReport } from "./board.ts";

export interface ReadMfaOptions {
  readonly userPoolId: string;
  readonly people: readonly DirectoryPerson[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (howFar: BatchProgress) => void;
}

/**
 * The second factors that people have set up: a request each (AdminGetUser), which makes each of them a billed monthly active
 * user. Many at a time, at UserRead's quota where the client is `cognitoClient`.
 * @returns by Cognito's own username, as Cognito names the factors; whoever is gone meanwhile is missing
 * @throws what the SDK throws for the first person who could not be read
 */
async function readMfa(
  client: CognitoClient,
  { userPoolId: UserPoolId, people, signal, onProgress }: ReadMfaOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const factors = new Map<string, readonly string[]>();
  const outcomes = await runBatch(
    { people, look: undefined, signal, onProgress },
    async ({ username: Username }) => {
      try {
        const person = await client.send(new AdminGetUserCommand({ UserPoolId, Username }));
        factors.set(Username, person.UserMFASettingList ?? []);
      } catch (error) {
        if (!(error instanceof Error && error.name === "UserNotFoundException")) throw error;
      }
    },
  );
  signal?.throwIfAborted();
  const failed = outcomes.find((outcome) => outcome.state === "failed");
  if (failed !== undefined) throw failed.error;
  return factors;
}

export interface StatusOptions {
  readonly userPoolId: string;
  readonly roster: readonly Person[];
  readonly names: NameRules;
  /** Read everyone who has finished, one by one: each becomes a billed monthly active user. @default false */
  readonly mfa?: boolean;
  /** Called with how many will be read one by one, before the first is. */
  readonly onBilled?: (people: number) => void;
  /** Whether commands that help have to name the pool. @default false */
  readonly namePool?: boolean;
  readonly onProgress: (step: string, detail?: string, secondsLeft?: number) => void;
  readonly signal?: AbortSignal;
}

/** The board, and what it was made of. */
export interface Status {
  readonly board: StatusReport;
  readonly pool: UserPoolType;
}

/**
 * Reads the pool: a request for its settings, and one for every 60 people. Nobody becomes a monthly active user by it, unless
 * second factors are asked for. Changes nothing.
 * @throws what the SDK throws; `explainPoolFailure` has the words
 */
export async function readStatus(client: CognitoClient, options: StatusOptions): Promise<Status> {
  const { userPoolId, roster, names, namePool, mfa = false, onBilled, onProgress, signal } = options;
  const aborting = signal === undefined ? {} : { signal };
  onProgress("Reading the pool's settings");
  const { UserPool: pool = {} } = await client.send(
    new DescribeUserPoolCommand({ UserPoolId: userPoolId }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  onProgress("Reading people");
  const people = await listPeople(client, {
    userPoolId,
    onProgress: (count) => onProgress("Reading people", `${count} so far`),
    ...aborting,
  });
  const factors = mfa ? await factorsOf(people) : undefined;
  const board = buildStatus(roster, people, {
    userPoolId,
    names,
    namePool,
    factors,
    validityDays: passwordPolicyOf(pool).temporaryPasswordValidityDays,
    mfaRequired: pool.MfaConfiguration === "ON",
  });
  return { board, pool };

  async function factorsOf(everyone: readonly DirectoryPerson[]) {
    // Nobody else can have set one up.
    const finished = everyone.filter(({ status, enabled }) => status === "CONFIRMED" && enabled);
    onBilled?.(finished.length);
    return readMfa(client, {
      userPoolId,
      people: finished,
      onProgress: ({ done, total, secondsLeft }) =>
        onProgress("Reading second factors", `${done} of ${total}`, secondsLeft),
      ...aborting,
    });
  }
}

/** UserList and UserRead are shared with every app of the account: a board takes a tenth of them. */
const SHARE = 0.1;
const AT_LEAST_SECONDS = 10;

/** ListUsers (list-people.ts). */
const PAGE = 60;

/**
 * Seconds between two readings of a board that is watched.
 * @param quotas requests a second
 */
export function secondsBetween(
  { entries, mfa, counts }: Pick<StatusReport, "entries" | "mfa" | "counts">,
  quotas: { readonly UserList: number; readonly UserRead: number },
): number {
  const pages = Math.ceil(entries.length / PAGE);
  const read = mfa ? counts.confirmed + counts.mfa + counts["mfa-pending"] : 0;
  return Math.max(
    AT_LEAST_SECONDS,
    Math.ceil(pages / (quotas.UserList * SHARE)),
    Math.ceil(read / (quotas.UserRead * SHARE)),
  );
}
