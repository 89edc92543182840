import { accessSync, constants, existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
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
 * The environment for Terraform: never asks, never calls home, says nothing about next commands to type. A
 * TF_CLI_CONFIG_FILE that names a missing file is left out, for Terraform would warn about it on every run.
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

export interface TerraformContext {
  /** Path of the executable, from findTerraform. */
  readonly binary: string;
  /** The stack's directory, the one that holds cdk.tf.json. */
  readonly directory: string;
  /** The whole environment Terraform starts from (secrets travel here, as TF_VAR_*, never as arguments). @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Stops Terraform in good order; see {@link TerraformOptions.gracePeriodMs}. */
  readonly signal?: AbortSignal | undefined;
}

export interface TerraformOptions {
  /** Called with each event of a `-json` stream as it comes. */
  readonly onEvent?: ((event: TerraformEvent) => void) | undefined;
  /** How long Terraform may take to stop before it is killed. @default 15 s */
  readonly gracePeriodMs?: number;
}

/** Why a command was interrupted that did nothing. */
export const NOT_STARTED = "It had not started yet.";

/** Characters of output: the JSON of a plan over thousands of people is long, and execa ends the process at its limit. */
const MAX_OUTPUT = 500_000_000;

/**
 * Runs Terraform; nothing else in this package starts it. It runs in a process group of its own, so that the terminal's
 * Ctrl-C reaches it only through the signal, once. A script must turn SIGINT, SIGTERM and SIGHUP into that abort.
 *
 * Never put a secret into `args`: every user of the machine can read them. Use TF_VAR_* in `context.env`.
 * @returns what it printed, without the events of a `-json` stream
 * @throws TerraformError when it fails, cannot be started, or was stopped by the signal (`interrupted`)
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
  // What Terraform writes (state, its backup, plans) is its owner's alone: it may hold an app client's secret.
  // init writes no state, but providers into TF_PLUGIN_CACHE_DIR, which a machine's accounts may share.
  const umask = args[0] === "init" ? undefined : process.umask(OTHERS);
  const child = execa(binary, args, {
    cwd: directory,
    env: terraformEnvironment(env),
    extendEnv: false,
    stdin: "ignore",
    stdout: function* (line: unknown) {
      const event = parseEvent(String(line));
      if (event === undefined) yield line;
      else {
        if (event.diagnostic !== undefined) diagnostics.push(event.diagnostic);
        observer.report(event);
      }
    },
    detached: process.platform !== "win32",
    cleanup: false,
    reject: false,
    maxBuffer: MAX_OUTPUT,
  });
  if (umask !== undefined) process.umask(umask);
  const supervision =
    child.pid === undefined ? undefined : superviseTerraform(child.pid, gracePeriodMs, signal);
  // on "exit", not after `await`: a provider that was left behind would hold our pipes open for ever
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
        ? `It did not stop within ${gracePeriodMs / 1000} seconds and was killed: its state may lack what it had just created.`
        : "It finished the calls that were under way and saved its state.",
    );
  }
  if (result.signal !== undefined) {
    throw new TerraformError(`${command} was ended from outside, by ${result.signal}`, {
      why: "Its state may lack what it had just created.",
      next: ["Check the memory and time limits of this machine, then run the command again"],
      diagnostics,
    });
  }
  throw terraformFailure(command, diagnostics, result.stderr ?? "", directory);
}

/**
 * Terraform talks with its provider through a socket there, and says nothing of it where that fails.
 * @throws UserError when TMPDIR names none that can be written to
 */
export function requireTemporaryDirectory({ TMPDIR }: NodeJS.ProcessEnv): void {
  if (process.platform === "win32" || !TMPDIR) return;
  try {
    accessSync(`${TMPDIR}/.`, constants.W_OK);
  } catch (error) {
    throw new UserError(`TMPDIR names ${TMPDIR}, which is no directory that can be written to`, {
      why: "Terraform and its provider need one for temporary files.",
      next: ["set TMPDIR to one, or unset it"],
      cause: error,
    });
  }
}

/** An exception thrown while reading the stream would close the pipe, and with it Terraform in the middle of its work. */
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
    next: ["Run the command again: it takes up where this one stopped"],
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
 * @throws TerraformError when it is none: then what was started is not Terraform, or an old one
 */
export function parseAnswer(command: string, stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new TerraformError(`${command} printed no JSON`, {
      why: "What was started may not be Terraform, or be a version before 0.12.",
      next: ["check TERRAFORM_BINARY_NAME, and which terraform is on the PATH: terraform version"],
      cause: error,
    });
  }
}
