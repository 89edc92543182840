import { setTimeout as wait } from "node:timers/promises";
import { cognitoClient } from "../cognito/client.ts";
import { regionOf } from "../cognito/pool-id.ts";
import { EXIT, UserError } from "../errors.ts";
import { networkAgents } from "../network/agents.ts";
import type { Adoption } from "../stack/synth/import-blocks.ts";
import type { StateInstance } from "../terraform/state.ts";
import type { DriftOfThings } from "./find-drift.ts";

/**
 * The region that Terraform's provider works in: the settings', else the environment's as the provider reads it, else the AWS
 * profile's.
 * @returns undefined where none is said
 */
export async function workingRegion(
  settings: { readonly region?: string },
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const said = settings.region || env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return (
    said ||
    (await cognitoClient()
      .config.region()
      .catch(() => undefined))
  );
}

/**
 * In another region Terraform finds nothing, takes everything for gone, and would write that into the state.
 * @param deployed the region of the pool that is in the state. @default nothing is deployed
 * @throws UserError (exit 3)
 */
export function refuseOtherRegion(deployed: string | undefined, working: string | undefined): void {
  if (deployed === undefined || working === undefined || deployed === working) return;
  throw new UserError(`REFUSED: the user pool is in ${deployed}, and this run is for ${working}`, {
    why: "There Terraform would find nobody, and take everything for deleted. Nothing was read or changed.",
    next: [
      `AWS_REGION=${deployed}, or region: "${deployed}" in config.ts`,
      "for a pool of its own in the other region: another `stack` in config.ts",
    ],
    exitCode: EXIT.refused,
  });
}

/**
 * A pool that is gone can't be put back, and must not leave the state: everyone would be created anew beside it.
 * @throws UserError (exit 3)
 */
export function refuseMissingPool({ things }: Pick<DriftOfThings, "things">): void {
  if (!things.some(({ about, missing }) => about === "pool" && missing)) return;
  throw new UserError("REFUSED: Terraform does not find the user pool", {
    why: "It is in the state. Either these credentials are another account's, or the pool was deleted, with everyone in it. Nothing was changed.",
    next: [
      "see whose credentials they are: aws sts get-caller-identity",
      "if the pool is gone for good, a new one takes another `stack` in config.ts",
    ],
    exitCode: EXIT.refused,
  });
}

/** A question that guards a deploy waits no longer than this for its answer, the SDK's own retries included. */
const PATIENCE_MS = 3_000;

/**
 * Waits for an answer, but not for long.
 * @param milliseconds how long
 * @throws Error when it took longer; what `answer` throws
 */
export async function withinPatience<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  const patience = new AbortController();
  const given = wait(milliseconds, undefined, { signal: patience.signal, ref: false }).then(() => {
    throw Object.assign(new Error(`no answer in ${milliseconds / 1_000} seconds`), { name: "TimeoutError" });
  });
  given.catch(() => {});
  try {
    return await Promise.race([answer, given]);
  } finally {
    patience.abort();
  }
}

/** What IAM and the services call a request that these credentials may not make. */
const DENIED = /^(?:AccessDenied|NotAuthorized|UnauthorizedOperation)/;

/** Whether somebody was not allowed to look: the one failure that a guard may pass, with a notice. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.name);
}

/** Whose credentials these are, or why nobody knows. */
export type CallerAccount =
  | { readonly account: string }
  | {
      readonly account?: undefined;
      /** `unasked`: Cognito is an emulator, and STS would be asked at AWS. */
      readonly unknown: "unasked" | "denied" | "unanswered";
    };

/**
 * The AWS account that the credentials belong to, by GetCallerIdentity, which needs no permission: for a first deploy, when no
 * pool's ARN has it. Answers within three seconds.
 * @param env names the endpoints, as for the SDK
 * @param region @default as the SDK finds it
 */
export async function callerAccount(
  env: NodeJS.ProcessEnv,
  region: string | undefined,
): Promise<CallerAccount> {
  const elsewhere = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  if (elsewhere && !env.AWS_ENDPOINT_URL && !env.AWS_ENDPOINT_URL_STS) return { unknown: "unasked" };
  try {
    const account = await withinPatience(ask(region), PATIENCE_MS);
    return account ? { account } : { unknown: "unanswered" };
  } catch (error) {
    return { unknown: isDenied(error) ? "denied" : "unanswered" };
  }
}

async function ask(region: string | undefined): Promise<string | undefined> {
  // Most plans never need it.
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = new STSClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 3,
    requestHandler: networkAgents(),
  });
  return (await client.send(new GetCallerIdentityCommand({}))).Account;
}

/** What a first deploy says when it could not find out the account: a sentence, or nothing. */
export function accountNotices(caller: CallerAccount): string[] {
  if (caller.account !== undefined || caller.unknown === "unasked") return [];
  return [
    caller.unknown === "denied"
      ? "These credentials may not ask whose they are (sts:GetCallerIdentity), so the AWS account was not checked."
      : "STS gave no answer to whose credentials these are, so the AWS account was not checked. Check it yourself: aws sts get-caller-identity",
  ];
}

/**
 * A plan that was reviewed for one account must not be applied in one that nobody knows.
 * @param file the kept plan, as the reader names it
 * @param reviewed the account that it was made for. @default unknown then as well
 * @throws UserError (exit 3), except where these credentials may not ask
 */
export function requireKnownAccount(file: string, reviewed: string | undefined, caller: CallerAccount): void {
  if (reviewed === undefined || caller.account !== undefined || caller.unknown === "denied") return;
  throw new UserError(`REFUSED: could not look whether this is the AWS account ${reviewed}`, {
    why: `${file} was made for that account, and STS gave no answer to whose credentials these are. Nothing was changed.`,
    next: ["try again; whose credentials they are: aws sts get-caller-identity"],
    exitCode: EXIT.refused,
  });
}

export interface Pool {
  readonly userPoolId: string;
  readonly region?: string;
}

/** The pool whose people there are: the deployed one, else the one that is to be adopted. */
export function poolOf(state: readonly StateInstance[], adoption: Adoption | undefined): Pool | undefined {
  const { userPoolId, region } = deployedPool(state);
  if (userPoolId !== undefined) return { userPoolId, ...(region && { region }) };
  if (adoption === undefined) return undefined;
  const itsRegion = regionOf(adoption.userPoolId);
  return { userPoolId: adoption.userPoolId, ...(itsRegion && { region: itsRegion }) };
}

/** The pool that is in the state, and the region it lies in: the fourth part of its ARN. */
export function deployedPool(state: readonly StateInstance[]): { userPoolId?: string; region?: string } {
  const pool = state.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const { id, arn } = pool?.attributes ?? {};
  if (typeof id !== "string") return {};
  const region = typeof arn === "string" ? arn.split(":")[3] : undefined;
  return { userPoolId: id, ...(region ? { region } : {}) };
}
