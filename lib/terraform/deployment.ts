import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { FLOW_NAMES, type PasswordPolicy, type SignInFlow } from "../stack/settings.ts";
import { TerraformError } from "./errors.ts";
import { findTerraform } from "./find.ts";
import { parseAnswer, type TerraformContext, terraform } from "./run.ts";

/**
 * The outputs of what was deployed last, by name; sensitive ones too. Reads only the state: no provider is started.
 * @throws UserError when nothing has been synthesized, initialised or deployed, or the state cannot be read
 */
export async function readOutputs(context: TerraformContext): Promise<Record<string, unknown>> {
  const { directory } = context;
  // Terraform itself is content with an empty directory, and answers {}
  if (!existsSync(join(directory, "cdk.tf.json"))) {
    throw new UserError(`Nothing has been synthesized: ${join(directory, "cdk.tf.json")} is missing`, {
      why: "The user pool's ids come from the outputs of the last deployment.",
      next: ["deploy first: npm run deploy", CONNECT],
    });
  }
  const { stdout } = await terraform(context, ["output", "-json"]).catch((error: unknown) => {
    throw notInitialised(error) ? nothingDeployed(directory, error) : error;
  });
  const outputs = parseAnswer("terraform output", stdout) as Record<string, { readonly value: unknown }>;
  const entries = Object.entries(outputs).map(([name, { value }]) => [name, value] as const);
  if (entries.length === 0) throw nothingDeployed(directory);
  return Object.fromEntries(entries);
}

/** The way out for a fresh clone of what is deployed already. */
const CONNECT = "or, where somebody else deployed to a shared backend, connect to it: npm run plan";

function notInitialised(error: unknown): boolean {
  return (
    error instanceof TerraformError &&
    error.diagnostics.some(({ summary }) => /initialization required|initialized/i.test(summary))
  );
}

function nothingDeployed(directory: string, cause?: unknown): UserError {
  return new UserError(`Nothing has been deployed from ${directory}`, {
    why:
      cause === undefined
        ? "Its Terraform state has no outputs, and the user pool's ids come from them."
        : "Terraform has not been initialised there, so it cannot reach the state that holds the user pool's ids.",
    next: ["deploy first: npm run deploy", ...(cause === undefined ? [] : [CONNECT])],
    cause,
  });
}

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
  sign_in_flow: z.enum(FLOW_NAMES).nullish(),
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
  /** Called when Terraform itself has to be downloaded first. */
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
