import { devNull } from "node:os";
import { LOOPBACK } from "../stack/rules/cognito-limits.ts";

/**
 * The AWS environment of a rehearsal: the emulator's endpoint for every service, and worthless credentials. Profiles and files
 * are disabled, so that a real account can't be reached by mistake.
 * @param endpoint the emulator's base URL
 * @param region @default "us-east-1"
 * @throws Error if the endpoint is not on loopback
 */
export function rehearsalEnvironment(endpoint: string, region = "us-east-1") {
  if (!LOOPBACK.has(new URL(endpoint).hostname)) {
    throw new Error(`A rehearsal never leaves this machine, and ${endpoint} is elsewhere`);
  }
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "rehearsal",
    AWS_SECRET_ACCESS_KEY: "rehearsal",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The caller's environment without anything that would point AWS or Terraform elsewhere. */
export function withoutSteering(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const keep = ([name]: [string, unknown]) =>
    !/^(AWS_|TF_VAR_|TF_CLI_ARGS|TF_WORKSPACE$|TF_DATA_DIR$|TF_LOG)/.test(name);
  return Object.fromEntries(Object.entries(env).filter(keep));
}
