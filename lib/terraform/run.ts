import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import { OTHERS } from "../files.ts";
import { TerraformError, terraformFailure } from "./errors.ts";
import { type Diagnostic, parseEvent, type TerraformEvent } from "./events.ts";
import { superviseTerraform } from "./supervise.ts";

/**
 * Terraform's own configuration file as TF_CLI_CONFIG_FILE names it, if it exists: absolute, since Terraform runs in
 * another directory than the one a relative path was meant from.
 */
export function cliConfigFile(env: NodeJS.ProcessEnv): string | undefined {
  const named = env.TF_CLI_CONFIG_FILE;
  return named && statSync(named, { throwIfNoEntry: false })?.isFile() ? resolve(named) : undefined;
}

/**
 * The environment for Terraform: no prompts, no update check, no advice about next commands. A TF_CLI_CONFIG_FILE that names a
 * missing file is left out, since Terraform would warn about it on every run.
 */
export function terraformEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TF_CLI_CONFIG_FILE: _, ...rest } = env;
  const configFile = cliConfigFile(env);
  return {
    ...rest,
    ...(configFile === undefined ? {} : { TF_CLI_CONFIG_FILE: configFile }),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
  };
}

/** Bytes of cdk.tf.json; with 1,000 people in one group each, about 760,000. */
const SMALL_CONFIGURATION = 1_000_000;

/**
 * Terraform and its provider are Go programs, and their start creates more garbage than everything that follows. With less
 * frequent collection, a plan takes a quarter less CPU, and the biggest process 650 MB instead of 610 (1.11.4 and 5.100.0; with
 * 1,000 people 760 MB instead of 610). With 4,000 people nothing is gained and the memory doubles, so not there. The operator's
 * GOGC and GOMEMLIMIT take precedence.
 * @param directory the one with cdk.tf.json
 */
export function garbageCollection(directory: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.GOGC !== undefined || env.GOMEMLIMIT !== undefined) return {};
  return isLarge(directory) ? {} : { GOGC: "400" };
}

/** Whether the configuration in a directory is of more than about a thousand people. */
export function isLarge(directory: string): boolean {
  const size = statSync(join(directory, "cdk.tf.json"), { throwIfNoEntry: false })?.size ?? 0;
  return size > SMALL_CONFIGURATION;
}

const READS_STATE = /^(output|state pull)\b/;
const WRITES_STATE = /^(state push|untaint)\b/;

/** Nobody listens there, and nobody asks. */
const NO_PROVIDER = { Protocol: "grpc", ProtocolVersion: 5, Addr: { Network: "unix", String: "none" } };

/**
 * For commands that only read or write the state, and start no provider, Terraform nevertheless compares all 700 MB of it with the
 * lock file: 0.4 s of CPU (1.11.4). Not one that somebody else has started.
 */
function uncheckedProvider(args: readonly string[], { directory, env = process.env }: TerraformContext) {
  const command = args.join(" ");
  const isUnused = READS_STATE.test(command) || (WRITES_STATE.test(command) && !describesState(directory));
  if (!isUnused || env.TF_REATTACH_PROVIDERS) return {};
  const registries = ["registry.terraform.io", "registry.opentofu.org"];
  const started = registries.map((registry) => [`${registry}/hashicorp/aws`, NO_PROVIDER]);
  return { TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(started)) };
}

/**
 * Whether the state may be in HCP Terraform, which also gets a description of it in JSON: that needs the provider's schemas. Of
 * thousands of people, it would take longer to find out.
 */
function describesState(directory: string): boolean {
  if (isLarge(directory) || filesBeside(directory).length > 0) return true;
  try {
    const { terraform } = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
    return terraform.backend === undefined || terraform.backend.remote !== undefined;
  } catch {
    return true;
  }
}

/** What Terraform or OpenTofu reads beside cdk.tf.json: names of files, which someone put there. */
export function filesBeside(directory: string): string[] {
  return readdirSync(directory).filter(
    (name) => /\.(?:tf|tofu|tfvars)(?:\.json)?$/.test(name) && name !== "cdk.tf.json",
  );
}

export interface TerraformContext {
  /** Path of the executable, from findTerraform. */
  readonly binary: string;
  /** The stack's directory, the one with cdk.tf.json. */
  readonly directory: string;
  /** The whole environment Terraform starts from (secrets travel here, as TF_VAR_*, never as arguments). @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Where things are kept that take long to find out. @default nowhere */
  readonly cacheDirectory?: string | undefined;
  /** Stops Terraform gracefully; see {@link TerraformOptions.gracePeriodMs}. */
  readonly signal?: AbortSignal | undefined;
}

export interface TerraformOptions {
  /** Called with each event of a `-json` stream as it arrives. */
  readonly onEvent?: ((event: TerraformEvent) => void) | undefined;
  /** How long Terraform may take to stop before it is killed. @default 15 s */
  readonly gracePeriodMs?: number;
}

/** Why a command that changed nothing was interrupted. */
export const NOT_STARTED = "It had not started yet.";

/** Characters of output: the JSON of a plan over thousands of people is long, and execa ends the process at its limit. */
const MAX_OUTPUT = 500_000_000;

/**
 * Runs Terraform; nothing else in this package starts it. It runs in its own process group, so that the terminal's Ctrl-C
 * reaches it only through the signal, once. A script must turn SIGINT, SIGTERM and SIGHUP into that abort.
 *
 * Never put a secret into `args`: every user of the machine can read them. Use TF_VAR_* in `context.env`.
 * @returns what it printed, without the events of a `-json` stream
 * @throws TerraformError if it fails, can't be started, or was stopped by the signal (`interrupted`)
 */
export async function terraform(
  context: TerraformContext,
  args: readonly string[],
  { onEvent, gracePeriodMs = 15_000 }: TerraformOptions = {},
): Promise<{ readonly stdout: string }> {
  const { binary, directory, env = process.env, signal } = context;
  const command = `terraform ${args[0] ?? ""}`.trimEnd();
  if (signal?.aborted) throw interruption(command, signal, NOT_STARTED);
  requireTemporaryDirectory(env);

  const diagnostics: Diagnostic[] = [];
  const observer = deferringErrors(onEvent);
  // Only the owner may read what Terraform writes (state, its backup, plans): it may contain an app client's secret. init
  // writes no state, but providers into TF_PLUGIN_CACHE_DIR, which a machine's accounts may share.
  const umask = args[0] === "init" ? undefined : process.umask(OTHERS);
  const withoutEvents = function* (line: unknown) {
    const event = parseEvent(String(line));
    if (event === undefined) yield line;
    else {
      if (event.diagnostic !== undefined) diagnostics.push(event.diagnostic);
      observer.report(event);
    }
  };
  const child = execa(binary, args, {
    cwd: directory,
    env: {
      ...terraformEnvironment(env),
      ...garbageCollection(directory, env),
      ...uncheckedProvider(args, context),
    },
    extendEnv: false,
    stdin: "ignore",
    // Reading megabytes of a state line by line takes seconds.
    stdout: args.includes("-json") && args[0] !== "show" ? withoutEvents : "pipe",
    detached: process.platform !== "win32",
    cleanup: false,
    reject: false,
    maxBuffer: MAX_OUTPUT,
  });
  if (umask !== undefined) process.umask(umask);
  const supervision =
    child.pid === undefined ? undefined : superviseTerraform(child.pid, gracePeriodMs, signal);
  // on "exit", not after `await`: a provider that is left running would keep our pipes open for ever
  child.once("exit", () => supervision?.release());
  const result = await child;

  if (result.exitCode === 0) {
    observer.throwFirst();
    return { stdout: result.stdout };
  }
  if (supervision === undefined) throw notStarted(context, result.originalMessage ?? "");
  if (signal?.aborted) {
    throw interruption(
      command,
      signal,
      supervision.killed()
        ? `It did not stop within ${gracePeriodMs / 1000} seconds and was killed. Its state may lack what it had just created.`
        : "It finished its current calls and saved its state.",
    );
  }
  if (result.signal !== undefined) {
    throw new TerraformError(`${command} was killed by ${result.signal}`, {
      why: "Its state may lack what it had just created.",
      next: ["Check the memory and time limits of this machine, then run the command again"],
      diagnostics,
    });
  }
  throw terraformFailure(command, diagnostics, result.stderr ?? "", directory);
}

/**
 * Terraform talks to its provider through a socket there, and its error message doesn't mention that.
 * @throws UserError if TMPDIR is not a writable directory
 */
export function requireTemporaryDirectory({ TMPDIR }: NodeJS.ProcessEnv): void {
  if (process.platform === "win32" || !TMPDIR) return;
  try {
    accessSync(`${TMPDIR}/.`, constants.W_OK);
  } catch (error) {
    throw new UserError(`TMPDIR names ${TMPDIR}, which isn't a writable directory`, {
      why: "Terraform and its provider need one for temporary files.",
      next: ["set TMPDIR to a writable directory, or unset it"],
      cause: error,
    });
  }
}

/** An exception thrown while reading the stream would close the pipe, and stop Terraform halfway. */
function deferringErrors(onEvent: TerraformOptions["onEvent"]) {
  const thrown: unknown[] = [];
  return {
    report: (event: TerraformEvent) => {
      try {
        onEvent?.(event);
      } catch (error) {
        thrown.push(error);
      }
    },
    throwFirst: () => {
      if (thrown.length > 0) throw thrown[0];
    },
  };
}

function interruption(command: string, signal: AbortSignal, why: string): TerraformError {
  return new TerraformError(`${command} was interrupted`, {
    why,
    next: ["Run the command again: it continues where this one stopped"],
    interrupted: true,
    cause: signal.reason,
  });
}

function notStarted({ binary, directory }: TerraformContext, reason: string): TerraformError {
  return existsSync(directory)
    ? new TerraformError(`${binary} could not be started`, {
        why: reason,
        next: ["Install Terraform so that it is on the PATH, or set TERRAFORM_BINARY_NAME to its path"],
      })
    : new TerraformError(`There is no directory ${directory} to run Terraform in`, {
        next: ["npm run synth, which writes it"],
      });
}

/**
 * Reads what a Terraform command printed as JSON.
 * @param command such as "terraform show"
 * @throws TerraformError if it is not JSON: then the program is not Terraform, or an old one
 */
export function parseAnswer(command: string, stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new TerraformError(`${command} printed no JSON`, {
      why: "The program may not be Terraform, or a version before 0.12.",
      next: ["check TERRAFORM_BINARY_NAME, and the terraform on the PATH: terraform version"],
      cause: error,
    });
  }
}
