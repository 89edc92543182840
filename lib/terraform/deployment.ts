import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { SIGN_IN_FLOWS, type SignInFlow } from "../stack/auth-flows.ts";
import type { PasswordPolicy } from "../stack/password-policy.ts";
import { findTerraform } from "./binary.ts";
import { CONNECT, readOutputs } from "./outputs.ts";

/** What was deployed last, as far as the scripts need it. */
export interface Deployment {
  readonly userPoolId: string;
  readonly clientId: string;
  /** Of an app client that was made with one: a sensitive output. */
  readonly clientSecret?: string;
  /** The one that the team chose in its settings. */
  readonly signInFlow?: SignInFlow;
  readonly region: string;
  readonly passwordPolicy: PasswordPolicy;
}

const OUTPUTS = z.object({
  user_pool_id: z.string(),
  user_pool_client_id: z.string(),
  user_pool_client_secret: z.string().nullish(),
  sign_in_flow: z.enum(Object.keys(SIGN_IN_FLOWS) as SignInFlow[]).nullish(),
  region: z.string(),
  password_policy: z.object({
    minimum_length: z.number(),
    require_lowercase: z.boolean(),
    require_uppercase: z.boolean(),
    require_numbers: z.boolean(),
    require_symbols: z.boolean(),
    temporary_password_validity_days: z.number(),
  }),
});

const MANIFEST = z.object({ stacks: z.record(z.string(), z.object({ workingDirectory: z.string() })) });

export interface DeploymentOptions {
  /** The repository's root, which holds `cdktf.out`. */
  readonly projectDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Told when Terraform itself has to be fetched first. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Reads the outputs of the last deploy, whichever backend keeps the state. Terraform reads the state alone: no provider
 * is started and AWS is asked nothing beyond the backend.
 * @throws UserError when nothing was deployed from this directory, or the outputs are not this stack's
 */
export async function readDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { projectDirectory, env = process.env, onProgress } = options;
  const directory = await stackDirectory(join(projectDirectory, "cdktf.out"));
  const { path } = await findTerraform({
    cacheDirectory: join(projectDirectory, ".cache"),
    env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return parseOutputs(await readOutputs({ binary: path, directory, env }));
}

/** @throws UserError when the outputs are not this stack's */
export function parseOutputs(outputs: Record<string, unknown>): Deployment {
  const parsed = OUTPUTS.safeParse(outputs);
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map((issue) => issue.path[0]))].join(", ");
    throw new UserError(`The last deploy's outputs lack what this command needs: ${wrong}`, {
      why: "They were written by another version of the stack, or by another stack.",
      next: ["Deploy again: npm run deploy", "or name the pool yourself: --user-pool-id and --client-id"],
    });
  }
  const { user_pool_id, user_pool_client_id, region, password_policy: policy, sign_in_flow } = parsed.data;
  const secret = parsed.data.user_pool_client_secret;
  return {
    userPoolId: user_pool_id,
    clientId: user_pool_client_id,
    ...(secret ? { clientSecret: secret } : {}),
    ...(sign_in_flow ? { signInFlow: sign_in_flow } : {}),
    region,
    passwordPolicy: {
      minimumLength: policy.minimum_length,
      requireLowercase: policy.require_lowercase,
      requireUppercase: policy.require_uppercase,
      requireNumbers: policy.require_numbers,
      requireSymbols: policy.require_symbols,
      temporaryPasswordValidityDays: policy.temporary_password_validity_days,
    },
  };
}

async function stackDirectory(outdir: string): Promise<string> {
  const notDeployed = (cause: unknown) =>
    new UserError("Nothing has been deployed from this directory", {
      why: `The ids of the pool and the client come from the last deploy, and ${join(outdir, "manifest.json")} is missing or unreadable.`,
      next: [
        "deploy first: npm run deploy",
        CONNECT,
        "or name them: --user-pool-id and --client-id (COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID)",
      ],
      cause,
    });
  let manifest: z.infer<typeof MANIFEST>;
  try {
    manifest = MANIFEST.parse(JSON.parse(await readFile(join(outdir, "manifest.json"), "utf8")));
  } catch (error) {
    throw notDeployed(error);
  }
  const [stack, ...others] = Object.values(manifest.stacks);
  if (stack === undefined || others.length > 0) {
    throw new UserError(
      `cdktf.out holds ${others.length === 0 ? "no stack" : "several stacks"}, so the pool is not clear`,
      {
        next: ["Name it: --user-pool-id and --client-id"],
      },
    );
  }
  return join(outdir, stack.workingDirectory);
}
