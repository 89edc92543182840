import { statSync } from "node:fs";
import { resolve } from "node:path";

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
