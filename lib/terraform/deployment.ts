import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { FLOW_NAMES, type PasswordPolicy, type Settings, type SignInFlow } from "../stack/settings.ts";
import { localStatePath, placeIn, statePlace } from "../stack/state-place.ts";
import { TerraformError } from "./errors.ts";
import { findTerraform } from "./find.ts";
import { parseAnswer, type TerraformContext, terraform } from "./run.ts";

/**
 * The outputs of what was deployed from a stack's directory, by name; sensitive ones too. Reads only the state: no provider is
 * started.
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
  const { outputs, cause } = await outputsIn(context);
  if (outputs === undefined) throw nothingDeployed(directory, cause);
  return outputs;
}

interface Outputs {
  /** Absent where nothing was deployed. */
  readonly outputs?: Record<string, unknown> | undefined;
  /** Why Terraform could not look: it has not been initialised there. */
  readonly cause?: unknown;
}

async function outputsIn(context: TerraformContext): Promise<Outputs> {
  try {
    const { stdout } = await terraform(context, ["output", "-json"]);
    return { outputs: valuesOf(parseAnswer("terraform output", stdout)) };
  } catch (error) {
    if (notInitialised(error)) return { cause: error };
    throw error;
  }
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

export interface DeploymentOptions {
  /** The repository's root, which holds `cdktf.out`. */
  readonly projectDirectory: string;
  /** What config.ts says: they alone decide, whatever was synthesized last. */
  readonly settings: Pick<Settings, "stack" | "backend">;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Called when Terraform itself has to be downloaded first. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Reads what the last deploy of config.ts's stack put out, from the backend that config.ts names. Terraform reads the state
 * alone: no provider is started and AWS is asked nothing beyond the backend.
 * @throws UserError when that stack was not deployed from here, or its outputs are not this stack's; with exit 2 when config.ts
 *   names no stack
 */
export async function readDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { projectDirectory, settings, env = process.env, onProgress } = options;
  const { stack, backend } = settings;
  if (!stack) {
    throw new UserError("config.ts names no `stack`", {
      why: "It decides which user pool a command is about.",
      next: ["name it in config.ts; where it depends on a variable, set the variable"],
      exitCode: EXIT.wrong,
    });
  }
  const directory = join(projectDirectory, STACKS, stack);
  const synthesized = existsSync(join(directory, "cdk.tf.json"));
  const wanted = statePlace(backend, stack);
  // Of a backend that config.ts has no word for, an app's own stack has decided.
  const { place = wanted } = synthesized ? synthesizedPlace(directory) : {};
  if (!synthesized || place !== wanted) {
    const outputs = localOutputs(options);
    if (outputs !== undefined) return parseOutputs(outputs);
    throw synthesized ? otherPlace(stack, place, wanted) : stackNotDeployed(options, true);
  }
  const { path } = await findTerraform({
    cacheDirectory: join(projectDirectory, ".cache"),
    env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const found = await outputsIn({ binary: path, directory, env });
  // What Terraform has seen to be empty is empty; where it could not look, the file may say.
  const unknown = found.cause !== undefined;
  const outputs = found.outputs ?? (unknown ? localOutputs(options) : undefined);
  if (outputs === undefined) throw stackNotDeployed(options, unknown, found.cause);
  return parseOutputs(outputs);
}

const STACKS = join("cdktf.out", "stacks");

/** Where the state is that a stack was last synthesized for; nothing for another kind of backend than config.ts knows. */
function synthesizedPlace(directory: string): { readonly place?: string } {
  try {
    const place = placeIn(JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")).terraform);
    return place === undefined ? {} : { place };
  } catch {
    return {}; // Terraform says what is wrong with it.
  }
}

/**
 * The outputs in the local backend's file: plain cdktf deletes the directory of a stack when it synthesizes another one, and
 * the state stays. Another workspace's is elsewhere, and only Terraform knows where.
 */
function localOutputs({
  projectDirectory,
  settings: { stack, backend },
  env = process.env,
}: DeploymentOptions): Record<string, unknown> | undefined {
  if ((backend ?? { type: "local" }).type !== "local" || env.TF_WORKSPACE) return undefined;
  return fileOutputs(join(projectDirectory, STACKS, stack, localStatePath(stack)));
}

function fileOutputs(stateFile: string): Record<string, unknown> | undefined {
  try {
    return valuesOf(JSON.parse(readFileSync(stateFile, "utf8")).outputs);
  } catch {
    return undefined; // It is missing, or encrypted, or broken: the next plan says which.
  }
}

/** Terraform's outputs, each an object with its value. */
function valuesOf(outputs: unknown): Record<string, unknown> | undefined {
  const entries = Object.entries(outputs as Record<string, { readonly value: unknown }>);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
}

function otherPlace(stack: string, place: string, wanted: string): UserError {
  return new UserError(
    `config.ts keeps the state of the stack ${stack} in ${wanted}, and it was last in ${place}`,
    {
      why: "This clone has not been connected to the state that config.ts names, and the other one may know another user pool.",
      next: ["connect to it: npm run plan", NAME_THEM],
    },
  );
}

const NAME_THEM =
  "or name the pool: --user-pool-id and --client-id (COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID)";

/** @param unknown nobody has looked whether somebody else deployed it */
function stackNotDeployed(
  { projectDirectory, settings: { stack } }: DeploymentOptions,
  unknown: boolean,
  cause?: unknown,
): UserError {
  const { deployed, connected } = otherStacks(projectDirectory, stack);
  const others = [
    ...(deployed.length > 0 ? [`Deployed from here: ${deployed.join(", ")}.`] : []),
    ...(connected.length > 0 ? [`Planned or deployed from here: ${connected.join(", ")}.`] : []),
  ];
  return new UserError(`Nothing has been deployed from this directory for the stack ${stack}`, {
    why: ["config.ts names that stack, and its last deploy has the user pool's ids.", ...others].join(" "),
    next: [
      "deploy first: npm run deploy",
      ...(unknown ? [CONNECT] : []),
      ...(others.length > 0
        ? ["or, for another stack, change `stack` in config.ts, or the variable that it depends on"]
        : []),
      NAME_THEM,
    ],
    cause,
  });
}

/** The other stacks that this directory has worked for: with a local state, and connected to a state elsewhere. */
function otherStacks(projectDirectory: string, stack: string) {
  const deployed = entriesOf(projectDirectory)
    .flatMap((file) => /^terraform\.(.+)\.tfstate$/.exec(file)?.[1] ?? [])
    .filter((name) => fileOutputs(join(projectDirectory, `terraform.${name}.tfstate`)) !== undefined);
  const connected = entriesOf(join(projectDirectory, STACKS)).filter((name) =>
    existsSync(join(projectDirectory, STACKS, name, ".terraform", "terraform.tfstate")),
  );
  const isOther = (name: string) => name !== stack;
  return {
    deployed: deployed.filter(isOther),
    connected: connected.filter((name) => isOther(name) && !deployed.includes(name) && keptElsewhere(name)),
  };

  function keptElsewhere(name: string): boolean {
    const { place } = synthesizedPlace(join(projectDirectory, STACKS, name));
    return place !== statePlace(undefined, name);
  }
}

function entriesOf(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).sort() : [];
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
