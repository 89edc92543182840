import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/errors.ts";
import type { PasswordPolicy } from "../../lib/stack/password-policy.ts";

export interface Target {
  readonly clientId: string;
  readonly userPoolId?: string;
  /** Unknown: the SDK's own chain decides. */
  readonly region?: string;
  /** Known only when the ids come from what was deployed. */
  readonly passwordPolicy?: PasswordPolicy;
}

export interface TargetOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
}

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Which user pool and app client a command speaks to: the options, else COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID,
 * else Terraform's outputs. The client id alone is enough; it finds its pool.
 * @throws UserError (exit 2) for a pool without a client; whatever readDeployment throws when nothing was deployed
 */
export async function resolveTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  const clientId = options.clientId || env.COGNITO_CLIENT_ID;
  const userPoolId = options.userPoolId || env.COGNITO_USER_POOL_ID;
  if (clientId) {
    const region = regionOf(userPoolId) ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
    return { clientId, ...(userPoolId ? { userPoolId } : {}), ...(region ? { region } : {}) };
  }
  if (userPoolId) {
    throw new UserError("A user pool is named, but no app client", {
      why: "People sign in through an app client; the deployed one may belong to another user pool.",
      next: ["add --client-id ID, or COGNITO_CLIENT_ID", "or name neither, for what was deployed last"],
      exitCode: 2,
    });
  }
  // Only now: with ids at hand nobody needs Terraform, nor waits for its code to load.
  const { readDeployment } = await import("../../lib/terraform/deployment.ts");
  return readDeployment({
    projectDirectory: PROJECT,
    env,
    onProgress: (message) => void process.stderr.write(`${message}\n`),
  });
}

/** `ap-northeast-1_AbC` lies in ap-northeast-1; emulators use other forms (`local_AbC`). */
function regionOf(userPoolId: string | undefined): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-\d+)_/.exec(userPoolId ?? "")?.[1];
}
