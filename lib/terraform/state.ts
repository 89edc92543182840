import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { PRIVATE, writeFile } from "../files.ts";
import { addressKey } from "../stack/terraform-text.ts";
import { TerraformError } from "./errors.ts";
import { type TerraformContext, terraform } from "./run.ts";

/** One instance of a resource as the state has it. */
export interface StateInstance {
  readonly type: string;
  readonly name: string;
  /** The for_each key, or the count index; null without either. */
  readonly key: string | number | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Incomplete: its creation was interrupted, or failed after its first call. Terraform would replace it. */
  readonly tainted?: true;
}

const INSTANCE = z.object({
  index_key: z.union([z.string(), z.number()]).nullish(),
  attributes: z.looseObject({}).nullish(),
  status: z.string().optional(),
});

/** Instances are checked one by one: zod would copy all of them. */
const STATE = z.object({
  version: z.literal(4),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  resources: z.array(
    z.object({
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(z.custom<z.infer<typeof INSTANCE>>((one) => INSTANCE.safeParse(one).success)),
    }),
  ),
});

let last: { readonly text: string; readonly value: unknown } | undefined;

/**
 * Parses a state's JSON. The last one stays in memory, since everything that reads a state of 30 MB would parse it again.
 * @returns shared by all callers, which must not change it
 */
export function parseState(text: string): unknown {
  if (last?.text !== text) last = { text, value: JSON.parse(text) };
  return last.value;
}

/**
 * What Terraform manages, from the local backend's file.
 * @returns undefined if there is none, or it can't be read (OpenTofu may have encrypted it)
 */
export function readStateFile(path: string): Omit<PulledState, "text"> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return contentsOf(readFileSync(path, "utf8"));
  } catch {
    return undefined; // Terraform explains what is wrong with its own file better than we can
  }
}

/** @param text the state's JSON (format 4, since Terraform 0.12); empty if nothing was deployed yet */
export function instancesOf(text: string): StateInstance[] {
  return contentsOf(text).instances;
}

function contentsOf(text: string): Omit<PulledState, "text"> {
  if (text.trim() === "") return { instances: [], outputs: {} };
  const parsed = STATE.safeParse(parseState(text));
  if (!parsed.success) {
    throw new UserError("Terraform's state has a format that this version doesn't support", {
      why: "Without reading it, people can't be protected from being deleted or created twice.",
      next: ["use the Terraform release that wrote it, or a newer version of this package"],
      cause: parsed.error,
    });
  }
  const instances = parsed.data.resources.flatMap(({ mode, type, name, instances }) =>
    mode === "managed"
      ? instances.map(({ index_key, attributes, status }) => ({
          type,
          name,
          key: index_key ?? null,
          attributes: attributes ?? {},
          ...(status === "tainted" ? { tainted: true as const } : {}),
        }))
      : [],
  );
  const outputs = Object.entries(parsed.data.outputs ?? {}).map(([name, { value }]) => [name, value]);
  return { instances, outputs: Object.fromEntries(outputs) };
}

/** What a pulled state contains. */
export interface PulledState {
  /** The state's own JSON; empty if nothing was deployed yet. It may contain secrets. */
  readonly text: string;
  readonly instances: StateInstance[];
  /** The values of the last deploy's outputs by name, sensitive ones too. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Identifies the state: it changes with every deploy.
 * @param text as in {@link PulledState}
 */
export function versionOf(text: string): string {
  if (text.trim() === "") return "none";
  const { lineage, serial } = z.object({ lineage: z.string(), serial: z.number() }).parse(parseState(text));
  return `${lineage} ${serial}`;
}

/**
 * Everything that Terraform manages here, by `terraform state pull`: no provider is started, and nothing in AWS is called
 * besides the backend, so no one becomes a monthly active user. `terraform init` must have run.
 * @throws TerraformError if the state can't be reached; UserError if its format is unknown
 */
export async function pullState(context: TerraformContext): Promise<PulledState> {
  const { stdout } = await terraform(context, ["state", "pull"]);
  return { text: stdout, ...contentsOf(stdout) };
}

/**
 * An instance's address as Terraform's command line and its plans write it: the one in the state, wherever the configuration
 * has it now.
 */
export function addressOf({ type, name, key }: Pick<StateInstance, "type" | "name" | "key">): string {
  const index = key === null ? "" : `[${typeof key === "number" ? key : addressKey(key)}]`;
  return `${type}.${name}${index}`;
}

/** What the state should say about one instance instead. */
export type StateEdit =
  /** It is removed from the state; the real resource is not touched. */
  | "forget"
  /** These attributes; it then counts as complete, even if its creation was interrupted. */
  | { readonly attributes: Readonly<Record<string, unknown>> };

/** The state's file (format 4), as far as it is edited here; the rest stays unchanged. */
interface StateFile {
  readonly serial: number;
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly provider: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly status?: string;
    }[];
  }[];
}

/**
 * The state with these edits, as the next version: Terraform accepts it with `state push` as long as no one has written another
 * one. Nothing is written here.
 * @param text what `terraform state pull` printed
 * @param edits by address
 * @param additions what exists and Terraform can't import. They may be part of a resource that is already in the state
 */
export function editedState(
  text: string,
  edits: ReadonlyMap<string, StateEdit>,
  additions: readonly StateInstance[] = [],
): string {
  const state = parseState(text) as StateFile;
  const resources = state.resources.flatMap((resource) => {
    const { mode, type, name } = resource;
    const instances = resource.instances.flatMap((instance) => {
      const edit =
        mode === "managed"
          ? edits.get(addressOf({ type, name, key: instance.index_key ?? null }))
          : undefined;
      if (edit === undefined) return [instance];
      if (edit === "forget") return [];
      const { status: _, ...rest } = instance;
      return [{ ...rest, attributes: { ...instance.attributes, ...edit.attributes } }];
    });
    return instances.length === 0 ? [] : [{ ...resource, instances }];
  });
  for (const { type, name, key, attributes } of additions) {
    const instance = { ...(key !== null && { index_key: key }), schema_version: 0, attributes };
    const at = resources.findIndex((one) => one.mode === "managed" && one.type === type && one.name === name);
    const known = resources[at];
    if (known !== undefined) resources[at] = { ...known, instances: [...known.instances, instance] };
    else resources.push({ mode: "managed", type, name, provider: providerOf(state), instances: [instance] });
  }
  return JSON.stringify({ ...state, serial: state.serial + 1, resources });
}

/**
 * The state with a different value of an output, as the next version.
 * @param text what `terraform state pull` printed, or an edited one that was not pushed yet
 */
export function withOutput(text: string, name: string, value: string): string {
  const state = parseState(text) as StateFile & { readonly outputs?: object };
  const outputs = { ...state.outputs, [name]: { value, type: "string" } };
  return JSON.stringify({ ...state, serial: state.serial + 1, outputs });
}

/** An instance's new place in the state. */
export interface Relocation {
  /** The resource's name, of the same type. */
  readonly name: string;
  readonly key: string;
  /** Replaces its attributes. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * The state with these instances under other keys, with everything else about them kept. Its serial stays: the code that makes
 * it the next version raises it once, so that Terraform still refuses it if someone has written another one meanwhile.
 * @param relocations by their current address; the new one must be free
 */
export function relocated(text: string, relocations: ReadonlyMap<string, Relocation>): string {
  const state = parseState(text) as StateFile;
  type Resource = StateFile["resources"][number];
  const arrivals: {
    readonly like: Resource;
    readonly instance: Resource["instances"][number];
    readonly name: string;
  }[] = [];
  const resources = state.resources.map((resource) => ({
    ...resource,
    instances: resource.instances.flatMap((instance) => {
      const { mode, type, name } = resource;
      const to =
        mode === "managed"
          ? relocations.get(addressOf({ type, name, key: instance.index_key ?? null }))
          : undefined;
      if (to === undefined) return [instance];
      const attributes = { ...instance.attributes, ...to.attributes };
      arrivals.push({
        like: resource,
        name: to.name,
        instance: { ...instance, index_key: to.key, attributes },
      });
      return [];
    }),
  }));
  for (const { like, name, instance } of arrivals) {
    const at = resources.findIndex(
      (one) => one.mode === "managed" && one.type === like.type && one.name === name,
    );
    const known = resources[at];
    if (known !== undefined) resources[at] = { ...known, instances: [...known.instances, instance] };
    else resources.push({ ...like, name, instances: [instance] });
  }
  return JSON.stringify({ ...state, resources: resources.filter(({ instances }) => instances.length > 0) });
}

/** The provider of all of this package's resources. */
function providerOf({ resources }: StateFile): string {
  const provider = resources.find(({ type }) => type.startsWith("aws_"))?.provider;
  if (provider === undefined) throw new Error("a state without a resource of AWS has nothing to be edited");
  return provider;
}

/** Beside cdk.tf.json, and deleted afterwards: the state may contain an app client's secret. */
const PUSHED = "edited.tfstate";

/**
 * Makes an edited state the current one, in any backend.
 * @param text from {@link editedState}
 * @throws UserError (exit 3) if someone has deployed since it was pulled; TerraformError
 */
export async function pushState(context: TerraformContext, text: string): Promise<void> {
  const file = join(context.directory, PUSHED);
  try {
    writeFile(file, text, { mode: PRIVATE });
    await terraform(context, ["state", "push", PUSHED]);
  } catch (error) {
    if (!(error instanceof TerraformError) || !/serial/i.test(JSON.stringify(error.diagnostics))) throw error;
    throw new UserError("REFUSED: someone deployed after this plan was made", {
      why: "What was reviewed may no longer be what would happen. Nothing was changed.",
      next: ["make a new plan: npm run deploy"],
      exitCode: EXIT.refused,
      cause: error,
    });
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Whether another run is changing the state right now, which explains differences between the user pool and the state. Uses a
 * command that takes the lock and changes nothing; without permission to lock, it reports nothing.
 * @throws TerraformError that says who holds it
 */
export async function requireUnlocked(context: TerraformContext): Promise<void> {
  try {
    await terraform(context, ["untaint", "-allow-missing", "aws_cognito_user.nobody"]);
  } catch (error) {
    if (error instanceof TerraformError && error.message.includes(" is locked: ")) throw error;
  }
}
