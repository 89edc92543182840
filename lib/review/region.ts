import { cognitoClient } from "../auth/client.ts";
import { UserError } from "../errors.ts";
import type { DriftOfThings } from "./drift-of-things.ts";

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
    exitCode: 3,
  });
}

/**
 * A pool that is gone can't be put back, and must not leave the state: everyone would be created anew beside it.
 * @throws UserError (exit 3)
 */
export function refuseMissingPool({ things }: DriftOfThings): void {
  if (!things.some(({ about, missing }) => about === "pool" && missing)) return;
  throw new UserError("REFUSED: Terraform does not find the user pool", {
    why: "It is in the state. Either these credentials are another account's, or the pool was deleted, with everyone in it. Nothing was changed.",
    next: [
      "see whose credentials they are: aws sts get-caller-identity",
      "if the pool is gone for good, a new one takes another `stack` in config.ts",
    ],
    exitCode: 3,
  });
}
