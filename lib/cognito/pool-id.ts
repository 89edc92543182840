import { EXIT, UserError } from "../errors.ts";

/** UserPoolIdType in the Cognito API: at most 55 characters of this form. */
const POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/;
const POOL_ID_MAX = 55;

/**
 * @returns the id unchanged
 * @throws UserError (exit 2) for a text that can't be a user pool id
 */
export function checkedPoolId(id: string): string {
  if (POOL_ID.test(id) && id.length <= POOL_ID_MAX) return id;
  throw new UserError(`${JSON.stringify(id.slice(0, 2 * POOL_ID_MAX))} is not a user pool id`, {
    why: "An id looks like eu-west-1_AbCdEfGhI.",
    next: ["take it from the console, or: aws cognito-idp list-user-pools --max-results 60"],
    exitCode: EXIT.wrong,
  });
}

/** By the start of the region: `dnsSuffix` in the SDK's partitions. */
const OTHER_DOMAINS = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
] as const;

/** The region in `ap-northeast-1_AbC`; undefined for ids that emulators make up (`local_AbC`). */
export function regionOf(userPoolId: string): string | undefined {
  return /^((?:eusc-)?[a-z]{2}(?:-[a-z]+)+-\d+)_/.exec(userPoolId)?.[1];
}

/**
 * The issuer that the pool's tokens name; its keys are at `/.well-known/jwks.json` below it. The regions in China and
 * of the European Sovereign Cloud have domains of their own, as in the SDK's endpoints; GovCloud has the usual one.
 * @param region the pool's. @default the one in its id
 */
export function issuerOf(userPoolId: string, region = userPoolId.split("_")[0]): string {
  return `https://cognito-idp.${region}.${domainOf(region)}/${userPoolId}`;
}

/** Where AWS serves the region's APIs: `amazonaws.com` almost everywhere. */
export const domainOf = (region = ""): string =>
  OTHER_DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
