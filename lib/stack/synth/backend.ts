import { CloudBackend, LocalBackend, NamedCloudWorkspace, S3Backend, type TerraformBackend } from "cdktf";
import type { Construct } from "constructs";
import { EXIT, UserError } from "../../errors.ts";
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
 * @throws UserError (exit 2) for a kind of backend that there is not, or one that lacks its name
 */
export function stateBackend(
  scope: Construct,
  { settings, stack, region, env }: BackendProps,
): TerraformBackend {
  switch (settings.type) {
    case "local":
      return new LocalBackend(scope, { path: localStatePath(stack) });
    case "s3":
      return s3Backend(scope, { key: defaultStateKey(stack), ...(region && { region }), ...settings }, env);
    case "hcp":
      return new CloudBackend(scope, {
        organization: named(settings.organization, "organization"),
        workspaces: new NamedCloudWorkspace(named(settings.workspace, "workspace")),
      });
    default:
      throw new UserError(
        `config.ts: there is no backend ${JSON.stringify((settings as { type?: unknown }).type)}`,
        {
          why: "A state in another place than meant would know nobody, and everyone would be created again.",
          next: ['backend.type is "local", "s3" or "hcp"'],
          exitCode: EXIT.wrong,
        },
      );
  }
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
    bucket: named(bucket, "bucket"),
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

function named(value: unknown, setting: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new UserError(`config.ts: the backend lacks its ${setting}`, {
    next: [`give backend.${setting} in config.ts`],
    exitCode: EXIT.wrong,
  });
}
