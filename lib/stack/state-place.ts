import type { BackendSettings } from "./settings.ts";

/**
 * Where the local backend keeps a stack's state: beside cdktf.out. Relative to the stack's directory, since cdktf would write
 * this machine's absolute path.
 */
export function localStatePath(stack: string): string {
  return `../../../terraform.${stack}.tfstate`;
}

/** The name of a stack's state in a bucket, unless the settings have one. */
export function defaultStateKey(stack: string): string {
  return `${stack}.tfstate`;
}

/**
 * A description of where a stack's state is. Equal descriptions mean the same place.
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
    case "http":
      return backend.address;
  }
}

/** For the kinds of backend that the settings support: what the `terraform` block of a cdk.tf.json says. */
interface TerraformBlock {
  readonly backend?: {
    readonly local?: { readonly path?: string };
    readonly s3?: { readonly bucket?: string; readonly key?: string };
    readonly http?: { readonly address?: string };
  };
  readonly cloud?: { readonly organization?: string; readonly workspaces?: { readonly name?: string } };
}

/**
 * Like {@link statePlace}, but of what was synthesized.
 * @param block the `terraform` block of a cdk.tf.json
 * @returns undefined for another kind of backend, which your own app may have
 */
export function placeIn({ backend: { local, s3, http } = {}, cloud }: TerraformBlock): string | undefined {
  if (local) return fileWords(local.path);
  if (s3) return bucketWords(s3.bucket, s3.key);
  if (http) return http.address;
  return cloud && workspaceWords(cloud.organization, cloud.workspaces?.name);
}

const fileWords = (path = "") => `the file ${path.replace(/^(\.\.\/)+/, "")}`;
const bucketWords = (bucket = "", key = "") => `s3://${bucket}/${key}`;
const workspaceWords = (organization = "", workspace = "") =>
  `the workspace ${workspace} of ${organization} in HCP Terraform`;
