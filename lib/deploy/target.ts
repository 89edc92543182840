import { setTimeout as wait } from "node:timers/promises";
import { cognitoClient } from "../cognito/client.ts";
import { regionOf } from "../cognito/pool-id.ts";
import { EXIT, UserError } from "../errors.ts";
import { networkAgents } from "../network/agents.ts";
import type { Adoption } from "../stack/synth/import-blocks.ts";
import type { StateInstance } from "../terraform/state.ts";
import type { DriftOfThings } from "./find-drift.ts";

/**
 * The region that Terraform's provider uses: from the settings, otherwise from the environment, otherwise from the AWS
 * profile.
 * @returns undefined if none is set
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
 * In another region, Terraform finds nothing, treats everything as deleted, and would write that into the state.
 * @param deployed the region of the pool in the state. @default nothing is deployed
 * @throws UserError (exit 3)
 */
export function refuseOtherRegion(deployed: string | undefined, working: string | undefined): void {
  if (deployed === undefined || working === undefined || deployed === working) return;
  throw new UserError(`REFUSED: the user pool is in ${deployed}, and this run is for ${working}`, {
    why: "Terraform would find no one there and treat everything as deleted. Nothing was read or changed.",
    next: [
      `AWS_REGION=${deployed}, or region: "${deployed}" in config.ts`,
      "for a separate pool in the other region, use another `stack` in config.ts",
    ],
    exitCode: EXIT.refused,
  });
}

/**
 * A deleted pool can't be restored, and must stay in the state: otherwise everyone would be created again in a new one.
 * @throws UserError (exit 3)
 */
export function refuseMissingPool({ things }: Pick<DriftOfThings, "things">): void {
  if (!things.some(({ about, missing }) => about === "pool" && missing)) return;
  throw new UserError("REFUSED: the user pool was not found", {
    why: "It is in the state, so either these credentials belong to another account, or the pool was deleted with everyone in it. Nothing was changed.",
    next: [
      "check whose credentials these are: aws sts get-caller-identity",
      "if the pool is gone for good, use another `stack` in config.ts for a new one",
    ],
    exitCode: EXIT.refused,
  });
}

/** The limit for a check that guards a deploy, including the SDK's retries. */
const PATIENCE_MS = 3_000;

/**
 * Waits for a response within a limit.
 * @param milliseconds the limit
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

/** What IAM and the services call a request that isn't permitted. */
const DENIED = /^(?:AccessDenied|NotAuthorized|UnauthorizedOperation)/;

/** Whether the lookup wasn't permitted: the only failure that a guard may pass, with a notice. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.name);
}

/** The account of the credentials, or why it is unknown. */
export type CallerAccount =
  | { readonly account: string }
  | {
      readonly account?: undefined;
      /** `unasked`: Cognito is an emulator, while STS would be AWS's. */
      readonly unknown: "unasked" | "denied" | "unanswered";
    };

/**
 * The AWS account of the credentials, by GetCallerIdentity, which needs no permission: for a first deploy, before a pool's
 * ARN has it. Responds within three seconds.
 * @param env names the endpoints, as for the SDK
 * @param region @default as the SDK finds it
 */
export async function callerAccount(
  env: NodeJS.ProcessEnv,
  region: string | undefined,
): Promise<CallerAccount> {
  const elsewhere = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  if (elsewhere && stsIsAws(env)) return { unknown: "unasked" };
  try {
    const { Account: account } = await withinPatience(ask(region), PATIENCE_MS);
    return account ? { account } : { unknown: "unanswered" };
  } catch (error) {
    return { unknown: isDenied(error) ? "denied" : "unanswered" };
  }
}

const stsIsAws = (env: NodeJS.ProcessEnv) => !env.AWS_ENDPOINT_URL && !env.AWS_ENDPOINT_URL_STS;

async function ask(region: string | undefined, credentials?: SessionCredentials) {
  // Most plans never need it.
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = new STSClient({
    ...(region === undefined ? {} : { region }),
    ...(credentials && { credentials }),
    maxAttempts: 3,
    requestHandler: networkAgents(),
  });
  return client.send(new GetCallerIdentityCommand({}));
}

/** Credentials of a role's session, instead of those that the SDK finds. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Whose credentials they are, or why it is unknown. */
export type CallerIdentity =
  | { readonly account: string; readonly arn: string }
  | {
      readonly arn?: undefined;
      /** As for `CallerAccount`; `invalid`: STS doesn't accept them. */
      readonly unknown: "unasked" | "denied" | "unanswered" | "invalid";
    };

/** What STS calls credentials that it doesn't accept (STS API reference, "Common Errors"; IAM: ExpiredToken). */
const INVALID =
  /^(?:InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|ExpiredToken|InvalidToken)/;

/**
 * The role and account of the given credentials, by GetCallerIdentity. Responds within three seconds.
 * @param env names the endpoints, as for the SDK
 */
export async function callerIdentity(
  env: NodeJS.ProcessEnv,
  region: string | undefined,
  credentials: SessionCredentials,
): Promise<CallerIdentity> {
  const elsewhere = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY || env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  if (elsewhere && stsIsAws(env)) return { unknown: "unasked" };
  try {
    const { Account: account, Arn: arn } = await withinPatience(ask(region, credentials), PATIENCE_MS);
    return account && arn ? { account, arn } : { unknown: "unanswered" };
  } catch (error) {
    if (error instanceof Error && INVALID.test(error.name)) return { unknown: "invalid" };
    return { unknown: isDenied(error) ? "denied" : "unanswered" };
  }
}

/** What a first deploy says if it couldn't determine the account: one sentence or none. */
export function accountNotices(caller: CallerAccount): string[] {
  if (caller.account !== undefined || caller.unknown === "unasked") return [];
  return [
    caller.unknown === "denied"
      ? "These credentials aren't allowed to call sts:GetCallerIdentity, so the AWS account was not checked."
      : "STS didn't answer, so the AWS account was not checked. Check it yourself: aws sts get-caller-identity",
  ];
}

/**
 * A plan reviewed for one account must not be applied in an unknown one.
 * @param file the kept plan, as the user typed it
 * @param reviewed the plan's account. @default unknown then as well
 * @throws UserError (exit 3), unless these credentials may not ask
 */
export function requireKnownAccount(file: string, reviewed: string | undefined, caller: CallerAccount): void {
  if (reviewed === undefined || caller.account !== undefined || caller.unknown === "denied") return;
  throw new UserError(`REFUSED: could not check that this is the AWS account ${reviewed}`, {
    why: `${file} was made for that account, and STS didn't say which account these credentials belong to. Nothing was changed.`,
    next: ["check whose credentials these are: aws sts get-caller-identity, then try again"],
    exitCode: EXIT.refused,
  });
}

export interface Pool {
  readonly userPoolId: string;
  readonly region?: string;
}

/** The pool whose people exist: the deployed one, otherwise the one to be adopted. */
export function poolOf(state: readonly StateInstance[], adoption: Adoption | undefined): Pool | undefined {
  const { userPoolId, region } = deployedPool(state);
  if (userPoolId !== undefined) return { userPoolId, ...(region && { region }) };
  if (adoption === undefined) return undefined;
  const itsRegion = regionOf(adoption.userPoolId);
  return { userPoolId: adoption.userPoolId, ...(itsRegion && { region: itsRegion }) };
}

/** The pool in the state, and its region: the fourth part of its ARN. */
export function deployedPool(state: readonly StateInstance[]): { userPoolId?: string; region?: string } {
  const pool = state.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const { id, arn } = pool?.attributes ?? {};
  if (typeof id !== "string") return {};
  const region = typeof arn === "string" ? arn.split(":")[3] : undefined;
  return { userPoolId: id, ...(region ? { region } : {}) };
}
