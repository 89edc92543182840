import { setTimeout as wait } from "node:timers/promises";
import { cognitoClient } from "../cognito/client.ts";
import { regionOf } from "../cognito/pool-id.ts";
import { EXIT, UserError } from "../errors.ts";
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

/** Nobody waits longer than this for a number that is only shown. */
const PATIENCE_MS = 3_000;

/**
 * The AWS account that the credentials belong to, by GetCallerIdentity, which needs no permission: for a first deploy, when no
 * pool's ARN has it.
 * @param env names the endpoints, as for the SDK
 * @param region @default as the SDK finds it
 * @returns undefined where there is no answer (an emulator without STS, no network, no credentials): the deploy itself will say
 */
export async function callerAccount(
  env: NodeJS.ProcessEnv,
  region: string | undefined,
): Promise<string | undefined> {
  const elsewhere = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  // Cognito is an emulator, and STS would be asked at AWS.
  if (elsewhere && !env.AWS_ENDPOINT_URL && !env.AWS_ENDPOINT_URL_STS) return undefined;
  const patience = new AbortController();
  const given = wait(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([ask(region), given]);
  } catch {
    return undefined;
  } finally {
    patience.abort();
  }
}

async function ask(region: string | undefined): Promise<string | undefined> {
  // Most plans never need it.
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = new STSClient({ ...(region === undefined ? {} : { region }), maxAttempts: 1 });
  return (await client.send(new GetCallerIdentityCommand({}))).Account;
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
