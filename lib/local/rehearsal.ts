import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { generatePassword } from "../auth/new-password.ts";
import { runBatch } from "../directory/batch.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Roster } from "../roster/roster.ts";
import { defaultClient } from "../stack/clients.ts";
import { SECRETS_VARIABLE } from "../stack/identity-providers.ts";
import { scopesOf } from "../stack/resource-servers.ts";
import type { PoolSettings, Settings } from "../stack/settings.ts";
import { AWS_PROVIDER, synthesize } from "../stack/synth/roster-stack.ts";
import { type Deployment, parseOutputs, readOutputs } from "../terraform/deployment.ts";
import { applyProgress } from "../terraform/events.ts";
import { findTerraform } from "../terraform/find.ts";
import { useProviderMirror } from "../terraform/provider-mirror.ts";
import { requireTemporaryDirectory, terraform } from "../terraform/run.ts";
import { type Inbox, startCognitoLocal } from "./cognito-local.ts";
import { rehearsalEnvironment, withoutSteering } from "./emulator-environment.ts";
import { type RunningEmulator, startMoto } from "./moto.ts";
import { type RehearsedPerson, walkPerson } from "./rehearse-person.ts";

export interface RehearsalDeployOptions extends Omit<RehearsalOptions, "emulator"> {
  /** Where the stack and its state are written. */
  readonly directory: string;
  /** The emulator's. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * An emulator of Cognito has no IAM to create a role in, so the pool names one that doesn't exist. It doesn't have your
 * functions either: none is called, and Cognito's own messages are sent.
 */
function rehearsedPool({ triggers, ...pool }: PoolSettings): PoolSettings {
  if (!pool.sms?.createRole) return pool;
  const { createRole: _, ...sms } = pool.sms;
  return { ...pool, sms: { ...sms, snsCallerArn: "arn:aws:iam::123456789012:role/rehearsal" } };
}

/** The real stack, made destroyable, applied by the real Terraform and provider to the emulator. */
async function deployForRehearsal(options: RehearsalDeployOptions): Promise<Deployment> {
  const { settings, roster, directory, cacheDirectory, signal, onProgress, environment } = options;
  const env = { ...withoutSteering(options.env ?? process.env), ...environment };
  const { path: binary } = await findTerraform({ cacheDirectory, env, onProgress, signal });

  onProgress("Synthesizing");
  const stackDirectory = synthesize({
    // A rehearsal's state stays in its own directory, wherever the real one is.
    settings: {
      ...settings,
      pool: rehearsedPool(settings.pool),
      backend: { type: "local" },
      destroyable: true,
    },
    roster,
    env: environment,
    outdir: join(directory, "cdktf.out"),
  });
  if (useProviderMirror(stackDirectory, AWS_PROVIDER, { env }) === undefined && !env.TF_PLUGIN_CACHE_DIR) {
    // Without a mirror, the provider, some 150 MB, comes from the registry: once, not for every rehearsal.
    env.TF_PLUGIN_CACHE_DIR = join(cacheDirectory, "terraform-plugins");
    await mkdir(env.TF_PLUGIN_CACHE_DIR, { recursive: true });
  }

  const context = { binary, directory: stackDirectory, env, signal };
  onProgress("Terraform: preparing the AWS provider");
  await terraform(context, ["init", "-input=false"]);
  onProgress("Terraform: planning");
  await terraform(context, ["apply", "-auto-approve", "-input=false", "-json"], {
    onEvent: applyProgress(({ done, total, current }) =>
      onProgress("Terraform: creating", `${done} of ${total}: ${current}`),
    ),
  });
  return parseOutputs(await readOutputs(context));
}

/** `cognito-local` runs in this process and writes invitations to its log; `moto` is `moto_server` from the PATH. */
export type EmulatorName = "cognito-local" | "moto";

export interface RehearsalOptions {
  readonly settings: Settings;
  readonly roster: Roster;
  /** @default "cognito-local" */
  readonly emulator?: EmulatorName;
  /** Where Terraform and its provider are kept if they have to be downloaded. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Called with a step, its progress, and the seconds left if they can be estimated. */
  readonly onProgress: (step: string, detail?: string, secondsLeft?: number) => void;
}

/** What can be inspected while the rehearsal's emulator still runs. */
export interface Rehearsal {
  readonly people: readonly RehearsedPerson[];
  readonly deployment: Deployment;
  /** What AWS tools, Terraform and our own commands need to talk to the emulator. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everyone's new password. */
  readonly password: string;
  /** Contains the stack, its state and the emulator's data; removed at the end. */
  readonly directory: string;
}

/**
 * The whole main job without AWS: an emulator, real Terraform with the real provider, and everyone's invitation, first login
 * and sign-in. It stops what it starts, and removes what it writes, even after a failure or an abort.
 * @param look called at the end, while the emulator still runs
 * @throws UserError if something is missing or refused; the signal's reason if aborted
 */
export async function rehearse(
  options: RehearsalOptions,
  look: (rehearsal: Rehearsal) => Promise<void>,
): Promise<void> {
  const { settings, roster, signal, onProgress, env = process.env } = options;
  const name = options.emulator ?? "cognito-local";
  if (name === "cognito-local" && settings.pool.mfa === "required") {
    throw new UserError("The built-in emulator can't rehearse a pool that requires MFA", {
      why: "cognito-local can't set up an authenticator app during the first login.",
      next: ["npm run local -- --emulator moto"],
      exitCode: EXIT.wrong,
    });
  }
  requireTemporaryDirectory(process.env);
  const directory = await mkdtemp(join(tmpdir(), "cognito-roster-rehearsal-"));
  // The emulator's data contains everyone's password: it is deleted even if this process ends halfway.
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  let emulator: (RunningEmulator & { inbox?: Inbox }) | undefined;
  try {
    onProgress(`Starting ${name}`);
    emulator = name === "moto" ? await startMoto() : await startCognitoLocal(directory);
    const environment = rehearsalEnvironment(emulator.endpoint, settings.region);
    const deployment = await deployForRehearsal({
      ...options,
      settings: name === "moto" ? settings : withoutServices(settings),
      directory,
      env,
      environment: { ...environment, ...(name === "moto" && secretsForRehearsal(settings)) },
    });

    const password = generatePassword(deployment.passwordPolicy);
    // Not cognitoClient: an emulator has no quotas.
    const client = new CognitoIdentityProviderClient({
      endpoint: environment.AWS_ENDPOINT_URL,
      region: deployment.region,
      credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
    });
    const { inbox } = emulator;
    const outcomes = await runBatch(
      {
        people: roster.people,
        look: undefined,
        signal,
        onProgress: ({ done, total, secondsLeft }) =>
          onProgress("First logins", `${done} of ${total}`, secondsLeft),
      },
      (person) => walkPerson(person, { deployment, client, password, inbox }),
    );
    signal.throwIfAborted();
    const people = outcomes.flatMap((outcome) => {
      if (outcome.state === "failed") throw outcome.error;
      return outcome.state === "done" ? [outcome.result] : [];
    });
    await look({ people, deployment, environment, password, directory });
  } finally {
    await emulator?.stop();
    remove();
    process.removeListener("exit", remove);
  }
}

/**
 * cognito-local supports nothing beside a pool, and Terraform would wait many minutes for a domain. Of several app clients, the
 * one that people sign in through is enough.
 */
function withoutServices(settings: Settings): Settings {
  const { resourceServers, identityProviders = {}, client: _client, clients: _clients, ...rest } = settings;
  const { secretStore: _store, ...client } = defaultClient(settings).settings;
  const { domainPrefix: _, domain: __, ...pool } = settings.pool;
  const unknown = new Set(scopesOf(resourceServers));
  const scopes = client.oauth?.scopes?.filter((scope) => !unknown.has(scope));
  const allowed = client.identityProviders?.filter((name) => !Object.hasOwn(identityProviders, name));
  return {
    ...rest,
    pool,
    client: {
      ...client,
      ...(allowed && { identityProviders: allowed }),
      ...(client.oauth &&
        scopes && { oauth: { ...client.oauth, scopes: scopes.length > 0 ? scopes : ["openid"] } }),
    },
  };
}

/** The real ones are not passed on: a rehearsal uses none of Terraform's variables. */
function secretsForRehearsal({ identityProviders = {} }: Settings): Record<string, string> {
  const secrets = Object.fromEntries(Object.keys(identityProviders).map((name) => [name, "rehearsal"]));
  return Object.keys(secrets).length === 0 ? {} : { [`TF_VAR_${SECRETS_VARIABLE}`]: JSON.stringify(secrets) };
}
