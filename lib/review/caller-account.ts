import { setTimeout as wait } from "node:timers/promises";

/** Nobody waits longer than this for a number that is only shown. */
const PATIENCE_MS = 3_000;

/**
 * The AWS account that the credentials belong to, by GetCallerIdentity, which needs no permission: for a first deploy, when no
 * pool's ARN tells it.
 * @param env names the endpoints, as for the SDK
 * @param region @default as the SDK finds it
 * @returns undefined where there is no answer (an emulator without STS, no network, no credentials): the deploy itself will say
 */
export async function callerAccount(
  env: NodeJS.ProcessEnv,
  region: string | undefined,
): Promise<string | undefined> {
  const elsewhere = env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  // Cognito is an emulator, and STS would be asked at AWS.
  if (elsewhere && !env.AWS_ENDPOINT_URL && !env.AWS_ENDPOINT_URL_STS) return undefined;
  const patience = new AbortController();
  const given = wait(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([ask(region), given]);
  } catch {
    return undefined;
  } finally {
    patience.abort();
  }
}

async function ask(region: string | undefined): Promise<string | undefined> {
  // Most plans never need it.
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = new STSClient({ ...(region === undefined ? {} : { region }), maxAttempts: 1 });
  return (await client.send(new GetCallerIdentityCommand({}))).Account;
}
