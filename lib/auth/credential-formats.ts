import { EXIT, UserError } from "../errors.ts";
import { commandLine } from "../shell.ts";
import type { AwsCredentials } from "./aws-credentials.ts";

/**
 * The document that the AWS CLI and the SDKs read from a `credential_process`
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
 */
export function processDocument(credentials: AwsCredentials): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  const document = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  };
  return JSON.stringify(document, undefined, 2);
}

/** Commands of a POSIX shell that set the variables which every AWS tool reads. */
export function exportLines(credentials: AwsCredentials): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return [
    commandLine`export AWS_ACCESS_KEY_ID=${accessKeyId}`,
    commandLine`export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    commandLine`export AWS_SESSION_TOKEN=${sessionToken}`,
    commandLine`export AWS_CREDENTIAL_EXPIRATION=${expiration.toISOString()}`,
  ].join("\n");
}

/** What a profile's `credential_process` runs, from any folder and without a terminal. */
export interface Profile {
  readonly name: string;
  /** The identity pool's. */
  readonly region: string;
  /** The project's folder, absolute. */
  readonly root: string;
  readonly username: string;
  /** The environment of config.ts. @default there are none */
  readonly environment: string | undefined;
  /**
   * The entry names the ids, so that it reads no state: a state in S3 would need credentials of perhaps this very profile.
   */
  readonly userPoolId: string;
  readonly clientId: string;
  readonly identityPoolId: string;
  /** The token file, absolute. */
  readonly tokens: string;
}

/** Names that need no quotes in `~/.aws/config`. */
const PROFILE_NAME = /^[\w.@+-]{1,64}$/;

/**
 * @returns the name unchanged
 * @throws UserError (exit 2) for a name that would need quotes in `~/.aws/config`, or would be more than a name there
 */
export function checkedProfileName(name: string): string {
  if (PROFILE_NAME.test(name)) return name;
  throw new UserError("That can't be the name of a profile", {
    why: "It becomes a line of ~/.aws/config.",
    next: ["use up to 64 letters, digits and . _ @ + -"],
    exitCode: EXIT.wrong,
  });
}

/**
 * The entry of a profile for `~/.aws/config`. It contains no secret, only where the tokens are.
 * @throws UserError (exit 2) for an unusable name, or a path with a line break
 */
export function profileEntry(profile: Profile): string {
  const { name, region, root, username, environment, userPoolId, clientId, identityPoolId, tokens } = profile;
  const options = {
    "--env": environment,
    "--user-pool-id": userPoolId,
    "--client-id": clientId,
    "--identity-pool-id": identityPoolId,
    "--tokens": tokens,
  } as const;
  const process = commandLine`npm run --silent --prefix ${root} aws-credentials -- ${username} --json ${options}`;
  if (/[\r\n]/.test(process)) {
    throw new UserError("A path with a line break can't be in ~/.aws/config", {
      next: ["keep the project and the token file elsewhere"],
      exitCode: EXIT.wrong,
    });
  }
  const section = checkedProfileName(name) === "default" ? "default" : `profile ${name}`;
  return [`[${section}]`, `region = ${region}`, `credential_process = ${process}`].join("\n");
}
