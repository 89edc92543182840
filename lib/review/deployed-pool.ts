import { regionOf } from "../directory/pool-id.ts";
import type { Adoption } from "../stack/adoption.ts";
import type { StateInstance } from "../terraform/state.ts";

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
