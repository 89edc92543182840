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
 * @throws UserError if nothing has been synthesized, initialised or deployed, or the state can't be read
 */
export async function readOutputs(context: TerraformContext): Promise<Record<string, unknown>> {
  const { directory } = context;
  // Terraform itself accepts an empty directory, and returns {}
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
  /** Absent if nothing was deployed. */
  readonly outputs?: Record<string, unknown> | undefined;
  /** Why Terraform could not read it: it has not been initialised there. */
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

/** What to do in a fresh clone if the stack is deployed already. */
const CONNECT = "or, if someone else deployed to a shared backend, connect to it: npm run plan";

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
        ? "Its Terraform state has no outputs, which hold the user pool's ids."
        : "Terraform has not been initialised there, so it cannot reach the state that holds the user pool's ids.",
    next: ["deploy first: npm run deploy", ...(cause === undefined ? [] : [CONNECT])],
    cause,
  });
}

/** One of several app clients. */
export type DeployedClient = Pick<Deployment, "clientId" | "clientSecret" | "signInFlow">;

/** What was deployed last, as far as the scripts need it. */
export interface Deployment {
  readonly userPoolId: string;
  readonly clientId: string;
  /** For an app client that was created with one: a sensitive output. */
  readonly clientSecret?: string;
  /** The one chosen in the settings. */
  readonly signInFlow?: SignInFlow;
  /** If there are several app clients, by their names in config.ts. */
  readonly clients?: Readonly<Record<string, DeployedClient>>;
  readonly region: string;
  readonly passwordPolicy: PasswordPolicy;
  /** If there is one. */
  readonly identityPoolId?: string;
}

const OUTPUTS = z.object({
  user_pool_id: z.string(),
  user_pool_client_id: z.string(),
  user_pool_client_secret: z.string().nullish(),
  sign_in_flow: z.enum(FLOW_NAMES).nullish(),
  user_pool_clients: z
    .record(z.string(), z.object({ id: z.string(), sign_in_flow: z.enum(FLOW_NAMES).nullish() }))
    .nullish(),
  user_pool_client_secrets: z.record(z.string(), z.string()).nullish(),
  identity_pool_id: z.string().nullish(),
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
  /** What config.ts says: it alone decides, whatever was synthesized last. */
  readonly settings: Pick<Settings, "stack" | "backend">;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Called if Terraform itself has to be downloaded first. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Reads the outputs of the last deploy of config.ts's stack, from the backend that config.ts names. Terraform only reads the
 * state: no provider is started, and nothing in AWS is called besides the backend.
 * @throws UserError if that stack was not deployed from here, or its outputs are not this stack's; with exit 2 if config.ts
 *   names no stack
 */
export async function readDeployment(options: DeploymentOptions): Promise<Deployment> {
  return parseOutputs(await readStackOutputs(options));
}

/** Like {@link readDeployment}, with every output as it is, including sensitive ones. */
export async function readStackOutputs(options: DeploymentOptions): Promise<Record<string, unknown>> {
  const { projectDirectory, settings, env = process.env, onProgress } = options;
  const { stack, backend } = settings;
  if (!stack) {
    throw new UserError("config.ts names no `stack`", {
      why: "It determines which user pool a command uses.",
      next: ["set it in config.ts; if it depends on a variable, set the variable"],
      exitCode: EXIT.wrong,
    });
  }
  const directory = join(projectDirectory, STACKS, stack);
  const synthesized = existsSync(join(directory, "cdk.tf.json"));
  const wanted = statePlace(backend, stack);
  // For a backend that no setting covers, your own app has decided.
  const { place = wanted } = synthesized ? synthesizedPlace(directory) : {};
  if (!synthesized || place !== wanted) {
    const outputs = localOutputs(options);
    if (outputs !== undefined) return outputs;
    throw synthesized ? otherPlace(stack, place, wanted) : stackNotDeployed(options, true);
  }
  const { path } = await findTerraform({
    cacheDirectory: join(projectDirectory, ".cache"),
    env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const found = await outputsIn({ binary: path, directory, env });
  // If Terraform found it empty, it is empty; if it could not read it, the file may have it.
  const unknown = found.cause !== undefined;
  const outputs = found.outputs ?? (unknown ? localOutputs(options) : undefined);
  if (outputs === undefined) throw stackNotDeployed(options, unknown, found.cause);
  return outputs;
}

const STACKS = join("cdktf.out", "stacks");

/**
 * The place of the state that a stack was last synthesized for; nothing for a kind of backend that config.ts doesn't support.
 */
function synthesizedPlace(directory: string): { readonly place?: string } {
  try {
    const place = placeIn(JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")).terraform);
    return place === undefined ? {} : { place };
  } catch {
    return {}; // Terraform reports what is wrong with it.
  }
}

/**
 * The outputs in the local backend's file: plain cdktf deletes a stack's directory when it synthesizes another one, and the
 * state stays. Another workspace's is elsewhere, and only Terraform knows where.
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
    return undefined; // It is missing, encrypted, or broken: the next plan reports which.
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
      why: "This clone isn't connected to the state that config.ts names, which may have another user pool.",
      next: ["connect to it: npm run plan", NAME_THEM],
    },
  );
}

const NAME_THEM = "or pass --user-pool-id and --client-id (COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID)";

/** @param unknown whether it is unknown if someone else deployed it */
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

/** The other stacks that this directory has been used for: with a local state, and connected to a remote one. */
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

/** @throws UserError if the outputs are not this stack's */
export function parseOutputs(outputs: Readonly<Record<string, unknown>>): Deployment {
  const parsed = OUTPUTS.safeParse(outputs);
  if (!parsed.success) {
    const wrong = [...new Set(parsed.error.issues.map((issue) => issue.path[0]))].join(", ");
    throw new UserError(`The last deploy's outputs don't have what this command needs: ${wrong}`, {
      why: "Another version of the stack wrote them, or another stack.",
      next: ["Deploy again: npm run deploy", "or pass --user-pool-id and --client-id"],
    });
  }
  const { user_pool_id, user_pool_client_id, region, password_policy: policy, sign_in_flow } = parsed.data;
  const { user_pool_client_secret: secret, user_pool_clients, user_pool_client_secrets } = parsed.data;
  const { identity_pool_id: identityPoolId } = parsed.data;
  const clientOf = (
    clientId: string,
    itsSecret?: string | null,
    flow?: SignInFlow | null,
  ): DeployedClient => ({
    clientId,
    ...(itsSecret ? { clientSecret: itsSecret } : {}),
    ...(flow ? { signInFlow: flow } : {}),
  });
  const clients = Object.entries(user_pool_clients ?? {}).map(([name, { id, sign_in_flow: flow }]) => [
    name,
    clientOf(id, user_pool_client_secrets?.[name], flow),
  ]);
  return {
    userPoolId: user_pool_id,
    ...clientOf(user_pool_client_id, secret, sign_in_flow),
    ...(user_pool_clients ? { clients: Object.fromEntries(clients) } : {}),
    region,
    ...(identityPoolId ? { identityPoolId } : {}),
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
