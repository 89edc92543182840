import {
  CloudBackend,
  HttpBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformBackend,
} from "cdktf";
import type { Construct } from "constructs";
import type { BackendSettings, HttpBackendSettings, S3BackendSettings } from "../settings.ts";
import { defaultStateKey, localStatePath } from "../state-place.ts";

export interface BackendProps {
  readonly settings: BackendSettings;
  /** The stack's name: part of the state's name. */
  readonly stack: string;
  /** The stack's region. */
  readonly region: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The stack's backend. Credentials come from the environment, as the provider's do, and are never written.
 * @param settings as the settings' rules accept them
 */
export function stateBackend(
  scope: Construct,
  { settings, stack, region, env }: BackendProps,
): TerraformBackend {
  switch (settings.type) {
    case "local":
      return new LocalBackend(scope, { path: localStatePath(stack) });
    case "s3":
      return s3Backend(scope, { ...settings, ...placeOf(settings, stack, region) }, env);
    case "hcp":
      return new CloudBackend(scope, {
        organization: settings.organization,
        workspaces: new NamedCloudWorkspace(settings.workspace),
      });
    case "http":
      return httpBackend(scope, settings);
  }
}

/** What is left out, including by an unset variable. */
function placeOf(settings: S3BackendSettings, stack: string, region: string | undefined) {
  const where = settings.region ?? (region || undefined);
  return { key: settings.key ?? defaultStateKey(stack), ...(where !== undefined && { region: where }) };
}

/** Terraform locks only if it has an address to lock: without these, two deploys could run at once. */
function httpBackend(scope: Construct, { address, ...given }: HttpBackendSettings): HttpBackend {
  const lockAddress = given.lockAddress ?? `${address}/lock`;
  return new HttpBackend(scope, {
    address,
    lockAddress,
    unlockAddress: lockAddress,
    lockMethod: given.lockMethod ?? "POST",
    unlockMethod: given.unlockMethod ?? "DELETE",
  });
}

/**
 * The lock is an object beside the state (`<key>.tflock`), written on condition that there is none. If the environment sends S3
 * to another endpoint, buckets go into the path, since `bucket.host` need not exist, and STS is not called first: it may be
 * missing there, or be the real one.
 */
function s3Backend(
  scope: Construct,
  { bucket, key, region, kmsKeyId }: S3BackendSettings & { readonly key: string },
  env: NodeJS.ProcessEnv,
): S3Backend {
  const otherEndpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const backend = new S3Backend(scope, {
    bucket,
    key,
    encrypt: true,
    ...(region === undefined ? {} : { region }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(otherEndpoint
      ? {
          usePathStyle: true,
          skipCredentialsValidation: true,
          skipRequestingAccountId: true,
          skipMetadataApiCheck: true,
        }
      : {}),
  });
  // cdktf 0.21 doesn't support it yet
  backend.addOverride("use_lockfile", true);
  return backend;
}
