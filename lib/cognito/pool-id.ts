import { EXIT, UserError } from "../errors.ts";

/** UserPoolIdType in the Cognito API: at most 55 characters of this form. */
const POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/;
const POOL_ID_MAX = 55;

/**
 * @returns the id as it was given
 * @throws UserError (exit 2) for what can't be a user pool's id
 */
export function checkedPoolId(id: string): string {
  if (POOL_ID.test(id) && id.length <= POOL_ID_MAX) return id;
  throw new UserError(`${JSON.stringify(id.slice(0, 2 * POOL_ID_MAX))} is not the id of a user pool`, {
    why: "An id is the region, an underscore, and letters and digits: eu-west-1_AbCdEfGhI.",
    next: ["take it from the console, or: aws cognito-idp list-user-pools --max-results 60"],
    exitCode: EXIT.wrong,
  });
}

/** `ap-northeast-1_AbC` lies in ap-northeast-1; undefined for the ids that emulators make up (`local_AbC`). */
export function regionOf(userPoolId: string): string | undefined {
  return /^((?:eusc-)?[a-z]{2}(?:-[a-z]+)+-\d+)_/.exec(userPoolId)?.[1];
}
