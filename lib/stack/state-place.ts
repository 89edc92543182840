import type { BackendSettings } from "./settings.ts";

/**
 * Where the local backend keeps the state of a stack: beside cdktf.out. Relative to the stack's directory, for cdktf would
 * write this machine's absolute path.
 */
export function localStatePath(stack: string): string {
  return `../../../terraform.${stack}.tfstate`;
}

/** The name of a stack's state in a bucket, where the settings give it none. */
export function defaultStateKey(stack: string): string {
  return `${stack}.tfstate`;
}

/**
 * The place of a stack's state, in words. Two that are the same are the same place.
 * @param backend config.ts's. @default the local one
 */
export function statePlace(backend: BackendSettings | undefined, stack: string): string {
  switch (backend?.type) {
    case undefined:
    case "local":
      return fileWords(localStatePath(stack));
    case "s3":
      return bucketWords(backend.bucket, backend.key ?? defaultStateKey(stack));
    case "hcp":
      return workspaceWords(backend.organization, backend.workspace);
  }
}

/** Of the kinds of backend that the settings have, what the `terraform` block of a cdk.tf.json says. */
interface TerraformBlock {
  readonly backend?: {
    readonly local?: { readonly path?: string };
    readonly s3?: { readonly bucket?: string; readonly key?: string };
  };
  readonly cloud?: { readonly organization?: string; readonly workspaces?: { readonly name?: string } };
}

/**
 * As {@link statePlace}, of what was synthesized.
 * @param block the `terraform` block of a cdk.tf.json
 * @returns undefined for another kind of backend, which an app of a team's own may have
 */
export function placeIn({ backend: { local, s3 } = {}, cloud }: TerraformBlock): string | undefined {
  if (local) return fileWords(local.path);
  if (s3) return bucketWords(s3.bucket, s3.key);
  return cloud && workspaceWords(cloud.organization, cloud.workspaces?.name);
}

const fileWords = (path = "") => `the file ${path.replace(/^(\.\.\/)+/, "")}`;
const bucketWords = (bucket = "", key = "") => `s3://${bucket}/${key}`;
const workspaceWords = (organization = "", workspace = "") =>
  `the workspace ${workspace} of ${organization} in HCP Terraform`;
