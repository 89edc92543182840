import { config } from "../../config.ts";
import type { AppClient } from "../../lib/auth/secret-hash.ts";
import { regionOf } from "../../lib/cognito/pool-id.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import type { PasswordPolicy, SignInFlow } from "../../lib/stack/settings.ts";
import { ROOT } from "./main.ts";

export interface Target extends AppClient {
  /** Unknown: the SDK's own chain decides. */
  readonly region?: string;
  /** Known only when the ids come from what was deployed. */
  readonly passwordPolicy?: PasswordPolicy;
  /** Likewise, where the team chose one. */
  readonly signInFlow?: SignInFlow;
}

export interface TargetOptions {
  readonly userPoolId?: string;
  readonly clientId?: string;
}

/**
 * Which user pool and app client a command speaks to: the options, else COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID (with
 * COGNITO_CLIENT_SECRET where the client has a secret), else the outputs of config.ts's stack. Both ids or neither: SRP needs the pool's,
 * and so does whoever verifies the tokens, for what a token says of its own origin proves nothing.
 * @throws UserError (exit 2) for one without the other; whatever readDeployment throws when nothing was deployed
 */
export async function resolveTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Promise<Target> {
  const clientId = options.clientId || env.COGNITO_CLIENT_ID;
  const userPoolId = options.userPoolId || env.COGNITO_USER_POOL_ID;
  if (clientId && userPoolId) {
    const region = regionOf(userPoolId) ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
    const clientSecret = env.COGNITO_CLIENT_SECRET;
    return { clientId, userPoolId, ...(region ? { region } : {}), ...(clientSecret ? { clientSecret } : {}) };
  }
  if (userPoolId) {
    throw new UserError("A user pool is named, but no app client", {
      why: "People sign in through an app client; the deployed one may belong to another user pool.",
      next: ["add --client-id ID, or COGNITO_CLIENT_ID", NEITHER],
      exitCode: EXIT.wrong,
    });
  }
  if (clientId) {
    throw new UserError("An app client is named, but no user pool", {
      why: "Without the user pool's id the password would have to be sent as it is, and nobody could verify the tokens.",
      next: ["add --user-pool-id ID, or COGNITO_USER_POOL_ID", NEITHER],
      exitCode: EXIT.wrong,
    });
  }
  // Only now: with ids at hand nobody needs Terraform, nor waits for its code to load.
  const { readDeployment } = await import("../../lib/terraform/deployment.ts");
  return readDeployment({
    projectDirectory: ROOT,
    settings: config,
    env,
    onProgress: (message) => void process.stderr.write(`${message}\n`),
  });
}

const NEITHER = "or name neither, for what config.ts's stack deployed";
