import type { AppClient } from "../../lib/auth/secret-hash.ts";
import { regionOf } from "../../lib/cognito/pool-id.ts";
import type { PoolIdentity } from "../../lib/directory/pool/facts.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import type { PasswordPolicy, SignInFlow } from "../../lib/stack/settings.ts";
import { escapeControls, wrapIndented } from "../../lib/text/terminal.ts";
import type { Shown } from "../progress.ts";
import { ROOT } from "./main.ts";
import { config } from "./settings.ts";

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

/** How the pool was named, where it was not config.ts's stack that decided. */
function namedBy({ userPoolId }: TargetOptions, env: NodeJS.ProcessEnv): string | undefined {
  if (userPoolId) return "--user-pool-id";
  return env.COGNITO_USER_POOL_ID ? "COGNITO_USER_POOL_ID" : undefined;
}

/** The pool's name in config.ts, unless it is another pool that was named. */
export function nameOf(options: TargetOptions, env: NodeJS.ProcessEnv): { readonly name?: string } {
  return namedBy(options, env) === undefined ? { name: config.pool.name } : {};
}

/**
 * Says on stderr which pool it is, for a command that is about to change something.
 * @param shown the progress, which makes room for it
 */
export function announcePool(pool: PoolIdentity, options: TargetOptions, shown?: Shown): void {
  shown?.stop();
  const { columns } = process.stderr;
  process.stderr.write(`${wrapIndented("", poolLine(pool, options, process.env), columns).join("\n")}\n`);
}

/** Which pool it is, and, where it is not config.ts, who says so. */
export function poolLine(
  { name, id, account, region }: PoolIdentity,
  options: TargetOptions,
  env: NodeJS.ProcessEnv,
): string {
  const by = namedBy(options, env);
  return [
    name === null ? `User pool ${id}` : `User pool ${escapeControls(name)} (${id})`,
    ...(account === null ? [] : [`AWS account ${account}`]),
    ...(region === null ? [] : [`region ${region}`]),
    ...(by === undefined ? [] : [`named by ${by}, not by config.ts`]),
  ].join(", ");
}

const NEITHER = "or name neither, for what config.ts's stack deployed";
