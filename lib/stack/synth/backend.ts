import { CloudBackend, LocalBackend, NamedCloudWorkspace, S3Backend, type TerraformBackend } from "cdktf";
import type { Construct } from "constructs";
import type { BackendSettings, S3BackendSettings } from "../settings.ts";
import { defaultStateKey, localStatePath } from "../state-place.ts";

export interface BackendProps {
  readonly settings: BackendSettings;
  /** The stack's name: part of the state's. */
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
  }
}

/** What is left out, by a variable that is not set as well. */
function placeOf(settings: S3BackendSettings, stack: string, region: string | undefined) {
  const where = settings.region ?? (region || undefined);
  return { key: settings.key ?? defaultStateKey(stack), ...(where !== undefined && { region: where }) };
}

/**
 * The lock is an object beside the state (`<key>.tflock`), written on the condition that there is none. Where the
 * environment sends S3 to another endpoint, its buckets are parts of the path, since `bucket.host` need not exist, and
 * STS is not asked first: it may be missing there, or be the real one.
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
  // cdktf 0.21 does not know it yet
  backend.addOverride("use_lockfile", true);
  return backend;
}
