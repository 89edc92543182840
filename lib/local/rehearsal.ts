import { rmSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { generatePassword } from "../auth/new-password.ts";
import { runBatch } from "../directory/batch.ts";
import { EXIT, UserError } from "../errors.ts";
import type { Roster } from "../roster/roster.ts";
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

/** An emulator of Cognito has no IAM in which a role could be created: the pool names one that there is not. */
function rehearsedPool(pool: PoolSettings): PoolSettings {
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
    // The state of a rehearsal stays in its own directory, wherever the team keeps theirs.
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
    // Without a mirror the provider, some 150 MB, comes from the registry: once, not for every rehearsal.
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

/** `cognito-local` runs in this process and delivers invitations to its log; `moto` is `moto_server` from the PATH. */
export type EmulatorName = "cognito-local" | "moto";

export interface RehearsalOptions {
  readonly settings: Settings;
  readonly roster: Roster;
  /** @default "cognito-local" */
  readonly emulator?: EmulatorName;
  /** Where Terraform and its provider are kept when they have to be fetched. */
  readonly cacheDirectory: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Called with a step, how far it is, and how many seconds are left where that can be estimated. */
  readonly onProgress: (step: string, detail?: string, secondsLeft?: number) => void;
}

/** What the rehearsal leaves to look at while its emulator still runs. */
export interface Rehearsal {
  readonly people: readonly RehearsedPerson[];
  readonly deployment: Deployment;
  /** What AWS tools, Terraform and our own commands need to talk to the emulator. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everyone's new password. */
  readonly password: string;
  /** Holds the stack, its state and the emulator's data; removed at the end. */
  readonly directory: string;
}

/**
 * The whole main job without AWS: an emulator, real Terraform with the real provider, everybody's invitation, first login
 * and sign-in. What it starts it stops, and what it writes it removes, also after a failure or an abort.
 * @param look called at the end, while the emulator still runs
 * @throws UserError when something is missing or refused; the signal's reason when it was aborted
 */
export async function rehearse(
  options: RehearsalOptions,
  look: (rehearsal: Rehearsal) => Promise<void>,
): Promise<void> {
  const { settings, roster, signal, onProgress, env = process.env } = options;
  const name = options.emulator ?? "cognito-local";
  if (name === "cognito-local" && settings.pool.mfa === "required") {
    throw new UserError("The embedded Cognito can't rehearse a pool that requires MFA", {
      why: "cognito-local has no way to set an authenticator app up during the first login.",
      next: ["npm run local -- --emulator moto"],
      exitCode: EXIT.wrong,
    });
  }
  requireTemporaryDirectory(process.env);
  const directory = await mkdtemp(join(tmpdir(), "cognito-roster-rehearsal-"));
  // The emulator's data has everybody's password: it goes even when this process ends in the middle.
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  let emulator: (RunningEmulator & { inbox?: Inbox }) | undefined;
  try {
    onProgress(`Starting ${name}`);
    emulator = name === "moto" ? await startMoto() : await startCognitoLocal(directory);
    const environment = rehearsalEnvironment(emulator.endpoint, settings.region);
    const deployment = await deployForRehearsal({
      ...options,
      settings: name === "moto" ? settings : withoutDomain(settings),
      directory,
      env,
      environment,
    });

    const password = generatePassword(deployment.passwordPolicy);
    // Not cognitoClient: an emulator has no quotas to keep to.
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

/** cognito-local knows no domains, and Terraform would wait for one for many minutes. */
function withoutDomain(settings: Settings): Settings {
  const { domainPrefix: _, ...pool } = settings.pool;
  return { ...settings, pool };
}
