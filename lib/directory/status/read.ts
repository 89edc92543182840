import {
  AdminGetUserCommand,
  DescribeUserPoolCommand,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoClient } from "../../cognito/client.ts";
import type { Person } from "../../roster/roster.ts";
import { isPasswordless } from "../../stack/factors.ts";
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
 * The second factors that people have set up: one request each (AdminGetUser), which makes each person a billed monthly
 * active user. In parallel, within UserRead's quota if the client is `cognitoClient`.
 * @returns Cognito's names of the factors, by its own username; accounts deleted meanwhile are missing
 * @throws what the SDK throws for the first person who couldn't be read
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
  /** Read everyone who has finished individually: each becomes a billed monthly active user. @default false */
  readonly mfa?: boolean;
  /** Called with the number of people to be read individually, before the first is. */
  readonly onBilled?: (people: number) => void;
  /** Whether suggested commands must name the pool. @default false */
  readonly namePool?: boolean;
  readonly onProgress: (step: string, detail?: string, secondsLeft?: number) => void;
  readonly signal?: AbortSignal;
}

/** The board, with its sources. */
export interface Status {
  readonly board: StatusReport;
  readonly pool: UserPoolType;
}

/**
 * Reads the pool: one request for its settings, and one for every 60 people. No one becomes a monthly active user, unless
 * second factors are requested. Changes nothing.
 * @throws what the SDK throws; `explainPoolFailure` explains it
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
    passwordless: isPasswordless(pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors),
    selfSignUp: pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly === false,
  });
  return { board, pool };

  async function factorsOf(everyone: readonly DirectoryPerson[]) {
    // No one else can have set one up.
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

/** UserList and UserRead are shared with every app in the account: a board uses a tenth of them. */
const SHARE = 0.1;
const AT_LEAST_SECONDS = 10;

/** People per ListUsers request (pool/people.ts). */
const PAGE = 60;

/**
 * Seconds between two refreshes of a watched board.
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
