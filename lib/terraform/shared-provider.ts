import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { TerraformError } from "./errors.ts";
import type { Diagnostic } from "./events.ts";
import {
  cliConfigFile,
  filesBeside,
  garbageCollection,
  isLarge,
  type TerraformContext,
  terraformEnvironment,
} from "./run.ts";
import type { FilterThread } from "./schema-filter.mjs";

/** What the provider prints when it is ready, as go-plugin's reattach configuration. */
const READY = /TF_REATTACH_PROVIDERS='(\{.*\})'/;
const REATTACH = z.record(
  z.string(),
  z.looseObject({ Addr: z.looseObject({ Network: z.literal("unix"), String: z.string() }) }),
);

/** A start takes less than a second; on a slower machine, sharing saves nothing. */
const PATIENCE_MS = 15_000;

/**
 * Starts the AWS provider once for a plan and for showing it. Otherwise each would start its own, and read all of its 700 MB
 * for a checksum, which `terraform init` has just compared with the lock file. With 10 people, of a plan and its show, 1.2 of
 * 4.0 s of CPU (5.100.0).
 *
 * This is how Terraform attaches to a provider under test (TF_REATTACH_PROVIDERS, and the provider's own `-debug`). Its socket is
 * in a directory that no other user may enter. It ends with this process, even if that is killed.
 *
 * Not used on Windows, where the socket would be a port open to everyone; when the provider is being debugged or replaced: TF_LOG…,
 * TF_REATTACH_PROVIDERS, `dev_overrides`; and where it may have several configurations, such as one more region: a provider that
 * Terraform attaches to has only one, the last.
 * @param context whose `terraform init` has run. With a `provider` from {@link keepProvider}, that one is used
 * @param use may plan once. Called again with the original context if the provider has died halfway, or lacked a schema
 * @param state its JSON, if it is known: Terraform then reads the schemas of only those types that are mentioned in it or in
 *   the configuration
 */
export async function sharingProvider<T>(
  context: PlanningContext,
  use: (context: TerraformContext) => Promise<T>,
  state?: string,
): Promise<T> {
  const { env = process.env, provider: kept } = context;
  const provider = kept === undefined ? await started(context, state) : await kept.start();
  if (provider === undefined) return await use(context);
  try {
    const result = await use({ ...context, env: { ...env, TF_REATTACH_PROVIDERS: provider.reattach } });
    provider.uses += 1;
    return result;
  } catch (error) {
    if (!(error instanceof TerraformError) || error.interrupted) throw error;
    const errors = error.diagnostics.filter(({ severity }) => severity === "error");
    const ours = provider.filtered && errors.some(({ summary }) => OF_A_SCHEMA.test(summary));
    const others = provider.uses === 0 || (errors.length > 0 && errors.every(isOthers));
    if (!ours && others && (await answers(provider.socket))) throw error;
    await kept?.stop();
  } finally {
    if (kept === undefined) await provider.stop();
  }
  return await use(context);
}

/** Where plans are made, each with a provider of its own unless one is given: {@link keepProvider}. */
export interface PlanningContext extends TerraformContext {
  readonly provider?: KeptProvider | undefined;
}

/** A provider for several plans of one stack, one after the other. */
export interface KeptProvider {
  /** Starts it, unless it is running. @returns undefined if none can be shared */
  readonly start: () => Promise<Running | undefined>;
  /**
   * For an apply, which is never repeated: the running one only if it has planned twice, and so can be configured anew, and still
   * answers; otherwise a new one.
   */
  readonly forApply: () => Promise<Running | undefined>;
  /** Ends it; the next plan starts another one. */
  readonly stop: () => Promise<void>;
}

/**
 * Applies with one provider: the kept one, or one of its own. Terraform would start two or three for it, and compare all of them with
 * the lock file again.
 * @param state as for {@link sharingProvider}; without it, Terraform starts its own
 */
export async function applyingWithProvider(
  context: PlanningContext,
  state: string | undefined,
  apply: (context: TerraformContext) => Promise<void>,
): Promise<void> {
  const { env = process.env, directory, provider: kept } = context;
  if (state === undefined || (kept === undefined && isLarge(directory))) return await apply(context);
  const provider = kept === undefined ? await started(context, state) : await kept.forApply();
  if (provider === undefined) return await apply(context);
  try {
    await apply({ ...context, env: { ...env, TF_REATTACH_PROVIDERS: provider.reattach } });
  } finally {
    if (kept === undefined) await provider.stop();
  }
}

/**
 * One provider for several plans and the apply of one of them: its start takes as long as a plan of 10 people. Terraform configures
 * it anew each time. If a plan fails with one that was used before, it is made once more without it, unless that is not the provider's fault.
 * @param state of the whole stack, as for {@link sharingProvider}
 * @returns undefined if each plan must have its own: with AWS_CA_BUNDLE, the provider (5.100.0) can't be configured a second
 *   time ("unable to add custom RootCAs"), and with thousands of people, none may take memory between the plans
 */
export function keepProvider(context: TerraformContext, state: string): KeptProvider | undefined {
  const { env = process.env, directory } = context;
  if (env.AWS_CA_BUNDLE || isLarge(directory)) return undefined;
  let running: Promise<Running | undefined> | undefined;
  const start = () => {
    running ??= started(context, state);
    return running;
  };
  const stop = async () => {
    const last = running;
    running = undefined;
    await (await last)?.stop();
  };
  return {
    start,
    forApply: async () => {
      const last = await running;
      if (last !== undefined && last.uses > 1 && (await answers(last.socket))) return last;
      await stop();
      return await start();
    },
    stop,
  };
}

/** What Terraform says where a schema is missing, or no answer came: with all schemas and a provider of its own, it may not. */
const OF_A_SCHEMA = /schema|did not respond|Invalid (resource|data source|ephemeral resource) type/i;

/** Not that of a provider which could not be configured again: a resource's comes after that, the lock's before it. */
const isOthers = ({ summary, address = "provider[" }: Diagnostic) =>
  !/(^|\.)provider\[/.test(address) || summary === "Error acquiring the state lock";

/** Bytes. With fewer, there is too little to release. */
const LARGE = 250_000_000;

/**
 * Terraform and the provider are about to need most of the memory. V8 would keep what a large state and its configuration left
 * behind: with 10,000 people in 3 groups each, 400 MB instead of 300.
 */
function releaseMemory(): void {
  if (process.memoryUsage.rss() < LARGE) return;
  setFlagsFromString("--expose-gc");
  runInNewContext("globalThis.gc?.()");
}

export interface Running {
  /** For TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  readonly socket: string;
  /** Whether it seems to have only some of its schemas. */
  readonly filtered: boolean;
  /** How many plans have succeeded with it. */
  uses: number;
  readonly stop: () => Promise<void>;
}

/**
 * Ends the provider when our end of its standard input is closed, however this process ends, and then itself. It waits for the
 * provider, so that measurements of this process count both.
 */
export const GUARD =
  'exec 3<&0; "$0" -debug </dev/null 3<&- & p=$!; { cat <&3 >/dev/null; kill -9 $p; } & wait $p; rm -rf "$1"';

/** Bytes of a socket's path on macOS; Linux has 107. Node 20 and 22 cut a longer one off, silently. */
const PATH_MAX = 103;

const started = (context: TerraformContext, state?: string) => start(context, state).catch(() => undefined);

async function start(context: TerraformContext, state?: string): Promise<Running | undefined> {
  const { env = process.env, directory, cacheDirectory, signal } = context;
  const provider =
    mayShare(env) && isConfiguredOnce(directory) ? installedProvider(directory, env) : undefined;
  if (provider === undefined || signal?.aborted) return undefined;
  releaseMemory();
  // mkdtemp makes it accessible to its owner only.
  const own = await mkdtemp(join(env.TMPDIR || tmpdir(), "roster-tf-"));
  const child = spawn("/bin/sh", ["-c", GUARD, provider.path, own], {
    cwd: directory,
    env: { ...terraformEnvironment(env), ...garbageCollection(directory, env), TMPDIR: own },
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()).once("error", () => done()));
  let closeFilter = async () => {};
  const stop = async () => {
    await closeFilter();
    child.ref();
    child.stdin.destroy();
    await ended;
    child.stdout.destroy();
    await rm(own, { recursive: true, force: true });
  };
  child.stdin.on("error", () => {});
  try {
    const printed = await ready(child);
    const [attached] = Object.values(REATTACH.parse(JSON.parse(printed ?? "{}")));
    if (attached !== undefined) {
      // Neither may keep this process alive.
      child.unref();
      const { Addr: address } = attached;
      const socket = address.String;
      const filter = join(own, "filter");
      const types = Buffer.byteLength(filter) > PATH_MAX ? undefined : neededTypes(directory, state);
      if (types !== undefined) {
        const kept = cacheDirectory ? { file: join(cacheDirectory, SCHEMAS), key: provider.key } : undefined;
        closeFilter = await startFilter({ provider: socket, listen: filter, types, kept });
        attached.Addr = { ...address, String: filter };
      }
      const reattach = JSON.stringify({ [provider.address]: attached });
      return { reattach, socket, filtered: types !== undefined, uses: 0, stop };
    }
  } catch {
    // As if there were no shared one: each command starts its own.
  }
  await stop();
  return undefined;
}

/** All schemas of the provider that was last asked. */
const SCHEMAS = "provider-schemas";

/**
 * @returns ends it
 * @throws what keeps it from listening
 */
async function startFilter(schemaFilter: FilterThread): Promise<() => Promise<void>> {
  const thread = new Worker(new URL("./schema-filter.mjs", import.meta.url), {
    workerData: { schemaFilter },
    execArgv: [],
  });
  try {
    await once(thread, "message");
  } finally {
    // Should it fail later, Terraform finds no provider, and says so.
    thread.on("error", () => {}).unref();
  }
  return async () => void (await thread.terminate());
}

/**
 * The types that may be in the plan: by their names, anywhere in the configuration or the state.
 * @returns undefined if the state is not known, or if there are so many calls that handing them on takes longer than the schemas
 */
function neededTypes(directory: string, state: string | undefined): ReadonlySet<string> | undefined {
  if (state === undefined || isLarge(directory)) return undefined;
  const text = readFileSync(join(directory, "cdk.tf.json"), "utf8");
  return new Set(`${text} ${state}`.match(/\baws_\w+/g));
}

interface Configuration {
  readonly terraform?: {
    readonly required_providers?: Readonly<Record<string, { readonly source?: string }>>;
  };
  readonly provider?: Readonly<Record<string, Block | readonly Block[]>>;
  readonly module?: object;
}

interface Block {
  readonly alias?: string;
}

/** Whether the AWS provider has one configuration, and all of what it is to do is known: not where a module or another file has more. */
function isConfiguredOnce(directory: string): boolean {
  const text = readFileSync(join(directory, "cdk.tf.json"), "utf8");
  const { terraform, provider = {}, module } = JSON.parse(text) as Configuration;
  if (module !== undefined || filesBeside(directory).length > 0) return false;
  // Such as aws, hashicorp/aws, or with the registry before it.
  const sourceOf = (name: string) => terraform?.required_providers?.[name]?.source ?? name;
  const [only, ...more] = Object.entries(provider)
    .filter(([name]) => /(^|\/)aws$/.test(sourceOf(name)))
    .flatMap(([, blocks]) => blocks);
  return only?.alias === undefined && more.length === 0;
}

/** @returns undefined if it ends, or prints nothing for too long */
function ready(child: ReturnType<typeof spawn>): Promise<string | undefined> {
  return new Promise((done) => {
    let printed = "";
    const timer = setTimeout(() => done(undefined), PATIENCE_MS);
    const finish = (found?: string) => {
      clearTimeout(timer);
      done(found);
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed = `${printed}${text}`.slice(-10_000);
      const found = READY.exec(printed)?.[1];
      if (found !== undefined) finish(found);
    });
    child.once("error", () => finish());
    child.once("exit", () => finish());
  });
}

/** Whether something still listens. */
function answers(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(socket);
    probe.once("connect", () => done(true)).once("error", () => done(false));
    probe.once("close", () => probe.destroy());
    probe.once("connect", () => probe.destroy());
  });
}

function mayShare(env: NodeJS.ProcessEnv): boolean {
  const watched = Object.entries(env).some(
    ([name, value]) => value && (name.startsWith("TF_LOG") || name === "TF_REATTACH_PROVIDERS"),
  );
  return process.platform !== "win32" && !watched && !cliConfigurations(env).some(overrides);
}

const overrides = (file: string) => {
  try {
    return readFileSync(file, "utf8").includes("dev_overrides");
  } catch {
    return false;
  }
};

/** Where Terraform and OpenTofu read their own settings from. */
function cliConfigurations(env: NodeJS.ProcessEnv): string[] {
  const named = cliConfigFile(env) ?? env.TERRAFORM_CONFIG;
  const home = env.HOME || homedir();
  const more = join(home, ".terraform.d");
  const beside = existsSync(more) ? readdirSync(more).filter((name) => name.endsWith(".tfrc")) : [];
  return [
    ...(named ? [named] : []),
    join(home, ".terraformrc"),
    join(home, ".tofurc"),
    ...beside.map((name) => join(more, name)),
  ];
}

interface InstalledProvider {
  /** Such as registry.terraform.io/hashicorp/aws. */
  readonly address: string;
  readonly path: string;
  /** Another one has another: SHA-256 of what the lock file says, and how large the file is. */
  readonly key: string;
}

/** The AWS provider in the lock file, where `init` installed it. */
function installedProvider(directory: string, env: NodeJS.ProcessEnv): InstalledProvider | undefined {
  const lock = readFileSync(join(directory, ".terraform.lock.hcl"), "utf8");
  const [block = "", address, version] =
    /^provider "([\w.-]+\/hashicorp\/aws)" \{\s+version\s+= "([\w.+-]+)"[^}]*/m.exec(lock) ?? [];
  if (address === undefined || version === undefined) return undefined;
  const versions = resolve(directory, env.TF_DATA_DIR || ".terraform", "providers", address, version);
  const [platform, ...others] = readdirSync(versions);
  if (platform === undefined || others.length > 0) return undefined;
  const name = readdirSync(join(versions, platform)).find((file) =>
    file.startsWith("terraform-provider-aws"),
  );
  if (name === undefined) return undefined;
  const path = join(versions, platform, name);
  const key = createHash("sha256")
    .update(`${block}${statSync(path).size}`)
    .digest("hex");
  return { address, path, key };
}
