import { readFileSync } from "node:fs";
import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PRIVATE } from "../files.ts";
import type { TerraformEvent } from "./events.ts";
import { targetArguments } from "./plan.ts";
import { isLarge, parseAnswer, type TerraformContext, terraform } from "./run.ts";
import { type PlanningContext, sharingProvider } from "./shared-provider.ts";
import { parseState } from "./state.ts";

type Blocks = Readonly<Record<string, unknown>>;

/** `cdk.tf.json`, as far as it is read here. */
interface Configuration {
  readonly terraform?: Blocks;
  readonly provider?: Blocks;
  readonly resource?: Readonly<Record<string, Blocks>>;
  readonly locals?: Blocks;
  readonly variable?: Blocks;
  readonly data?: Readonly<Record<string, Blocks>>;
  readonly moved?: readonly { readonly from: string }[];
}

/**
 * The part of a configuration without resources of these types, with whatever it refers to and nothing more: no outputs,
 * imports or backend, so that its state is a file beside it.
 * @param without resource types; nothing that stays may refer to one of them
 */
export function partOfConfiguration(configuration: Configuration, without: ReadonlySet<string>): object {
  const { provider = {}, resource = {}, locals = {}, variable = {}, data = {}, moved = [] } = configuration;
  const kept = Object.fromEntries(Object.entries(resource).filter(([type]) => !without.has(type)));
  const terraform = { required_providers: configuration.terraform?.required_providers ?? {} };
  const part = { terraform, provider, resource: kept };
  const used: { locals: Blocks; variable: Blocks; data: Blocks } = { locals: {}, variable: {}, data: {} };
  // What is referred to may refer to more.
  for (let text = JSON.stringify(part), before = ""; text !== before; ) {
    before = text;
    used.locals = mentioned(locals, "local", text);
    used.variable = mentioned(variable, "var", text);
    used.data = Object.fromEntries(
      Object.entries(data)
        .map(([type, blocks]) => [type, mentioned(blocks, `data.${type}`, text)] as const)
        .filter(([, blocks]) => Object.keys(blocks).length > 0),
    );
    text = JSON.stringify({ ...part, ...used });
  }
  return {
    ...part,
    // Terraform treats an empty section as a block whose name is missing.
    ...Object.fromEntries(Object.entries(used).filter(([, blocks]) => Object.keys(blocks).length > 0)),
    moved: moved.filter(({ from }) => !without.has(from.split(".")[0] ?? "")),
  };
}

function mentioned(blocks: Blocks, prefix: string, text: string): Blocks {
  const names = new Set([...text.matchAll(/[\w.-]+/g)].flatMap(([word]) => namedBy(word, prefix)));
  return Object.fromEntries(Object.entries(blocks).filter(([name]) => names.has(name)));
}

/** `local.names.x` names the local `names`. */
function namedBy(word: string, prefix: string): string[] {
  const name = word.startsWith(`${prefix}.`) ? word.slice(prefix.length + 1).split(".")[0] : undefined;
  return name === undefined ? [] : [name];
}

/** Within the stack's directory, and so ignored by git. Deleted afterwards; a killed run's is removed by the next one. */
const DIRECTORY = "checked-apart";
const PLAN = "apart.tfplan";

export interface PlanApartOptions {
  /** What `terraform state pull` printed. */
  readonly state: string;
  /** Types of resources to leave out. */
  readonly without: ReadonlySet<string>;
}

/**
 * Compares everything but some types with what really exists, with a Terraform plan that refreshes: of a copy of the
 * configuration and the state with only the rest. So it takes the same few seconds however many people there are, holds no
 * lock, writes no state, can run beside another plan, and is not refused because of people who are about to move (as `-target`
 * is).
 *
 * We don't compare Describe calls of our own with the state: they would save the second of CPU that the plan takes for four
 * resources, most of it the provider's start, but would have to repeat, setting by setting, how the provider reads a response,
 * and which differences it reverses.
 * @returns `terraform show -json` of that plan; undefined if a deploy would reverse nothing
 * @throws TerraformError
 */
export async function planApart(context: PlanningContext, options: PlanApartOptions): Promise<unknown> {
  const { directory: original, env = process.env } = context;
  const directory = join(original, DIRECTORY);
  const apart = contextOf(context, directory);
  const drifted = new Set<string>();
  const planned = new Set<string>();
  const onEvent = ({ type, change }: TerraformEvent) => {
    if (change === undefined) return;
    if (type === "resource_drift") drifted.add(change.resource.addr);
    if (type === "planned_change") planned.add(change.resource.addr);
  };
  try {
    const state = JSON.stringify(partOfState(parseState(options.state) as State, options.without));
    await makeCopy(original, directory, env, {
      configuration: (whole) => partOfConfiguration(whole, options.without),
      state,
    });
    const args = ["-json", "-input=false", "-refresh=true", "-lock=false", `-out=${PLAN}`];
    const planAndShow = async (sharing: TerraformContext) => {
      await terraform(sharing, ["plan", ...args], { onEvent });
      // Computed values, such as the pool's number of people, drift all the time, and nothing reverses them.
      if (![...drifted].some((address) => planned.has(address))) return undefined;
      const { stdout } = await terraform(sharing, ["show", "-json", PLAN]);
      return parseAnswer("terraform show", stdout);
    };
    return await sharingProvider(apart, planAndShow, state);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Likewise. A separate directory, since both may exist at once. */
const WHOLE_DIRECTORY = "planned-apart";

export interface PlanFromOptions {
  /** The state's JSON: an edited one, or a part of it. */
  readonly state: string;
  /** Instead of `cdk.tf.json`. @default the whole configuration */
  readonly configuration?: object | undefined;
  /** Addresses: only these, and what they depend on, are planned. @default everything */
  readonly targets?: readonly string[] | undefined;
}

/**
 * Plans from another state than the current one, in a copy: holds no lock and writes no state.
 * @returns `terraform show -json` of that plan; it can't be applied
 * @throws TerraformError
 */
export async function planFrom(
  context: PlanningContext,
  { state, configuration, targets = [] }: PlanFromOptions,
): Promise<unknown> {
  const { directory: original, env = process.env } = context;
  const directory = join(original, WHOLE_DIRECTORY);
  const apart = contextOf(context, directory);
  try {
    await makeCopy(original, directory, env, {
      configuration: (whole) => withoutBackend(configuration ?? whole),
      state,
    });
    const args = ["-json", "-input=false", "-refresh=false", "-lock=false", `-out=${PLAN}`];
    const planAndShow = async (sharing: TerraformContext) => {
      await terraform(sharing, ["plan", ...args, ...targetArguments(targets)]);
      const { stdout } = await terraform(sharing, ["show", "-json", PLAN]);
      return parseAnswer("terraform show", stdout);
    };
    return await sharingProvider(apart, planAndShow, state);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** So that its state is a file beside it. */
function withoutBackend({ terraform, ...rest }: Configuration): object {
  return { ...rest, terraform: { required_providers: terraform?.required_providers ?? {} } };
}

/** Percent: the large state is still in this process, and Terraform needs 190 MB instead of 240. */
const FREQUENT_COLLECTION = "50";

/** For a copy. */
function contextOf(context: PlanningContext, directory: string): PlanningContext {
  const { directory: original, env = process.env } = context;
  const { GOGC = isLarge(original) ? FREQUENT_COLLECTION : undefined } = env;
  const own = { TF_DATA_DIR: ".terraform", TF_WORKSPACE: "", ...(GOGC && { GOGC }) };
  return { ...context, directory, env: { ...env, ...own } };
}

interface Copy {
  readonly configuration: (whole: Configuration) => object;
  /** JSON. */
  readonly state: string;
}

async function makeCopy(
  original: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  { configuration, state }: Copy,
): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  // The state may hold an app client's secret.
  await mkdir(join(directory, ".terraform"), { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) =>
    writeFile(join(directory, name), content, { mode: PRIVATE });
  const whole = JSON.parse(readFileSync(join(original, "cdk.tf.json"), "utf8")) as Configuration;
  await write("cdk.tf.json", JSON.stringify(configuration(whole)));
  await write("terraform.tfstate", state);
  await copyFile(join(original, ".terraform.lock.hcl"), join(directory, ".terraform.lock.hcl"));
  const providers = resolve(original, env.TF_DATA_DIR || ".terraform", "providers");
  await symlink(providers, join(directory, ".terraform", "providers"), "junction");
}

interface State {
  readonly resources: readonly { readonly type: string }[];
}

function partOfState(state: State, without: ReadonlySet<string>): object {
  const resources = state.resources.filter(({ type }) => !without.has(type));
  return { ...state, resources, outputs: {}, check_results: null };
}
