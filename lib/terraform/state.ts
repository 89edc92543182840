import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { type TerraformContext, terraform } from "./run.ts";

/** One instance of a resource as the state has it. */
export interface StateInstance {
  readonly type: string;
  readonly name: string;
  /** The for_each key, or the count index; null without either. */
  readonly key: string | number | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const STATE = z.object({
  version: z.literal(4),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).nullish(),
  resources: z.array(
    z.object({
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(
        z.object({
          index_key: z.union([z.string(), z.number()]).nullish(),
          attributes: z.record(z.string(), z.unknown()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * What Terraform manages, from the local backend's file.
 * @returns undefined where there is none, or none that can be read as such (OpenTofu may have encrypted it)
 */
export function readStateFile(path: string): StateInstance[] | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return instancesOf(readFileSync(path, "utf8"));
  } catch {
    return undefined; // Terraform says what is wrong with its own file better than we can
  }
}

/** @param text the state's JSON (format 4, since Terraform 0.12); empty where nothing was deployed yet */
export function instancesOf(text: string): StateInstance[] {
  return contentsOf(text).instances;
}

function contentsOf(text: string): Omit<PulledState, "text"> {
  if (text.trim() === "") return { instances: [], outputs: {} };
  const parsed = STATE.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new UserError("Terraform's state has a form that this version does not know", {
      why: "Without knowing who is in it, nobody could be protected from being deleted or created twice.",
      next: ["use the Terraform release that wrote it, or a newer version of this package"],
      cause: parsed.error,
    });
  }
  const instances = parsed.data.resources.flatMap(({ mode, type, name, instances }) =>
    mode === "managed"
      ? instances.map(({ index_key, attributes }) => ({
          type,
          name,
          key: index_key ?? null,
          attributes: attributes ?? {},
        }))
      : [],
  );
  const outputs = Object.entries(parsed.data.outputs ?? {}).map(([name, { value }]) => [name, value]);
  return { instances, outputs: Object.fromEntries(outputs) };
}

/** What a pulled state holds. */
export interface PulledState {
  /** The state's own JSON; empty where nothing was deployed yet. It may hold secrets. */
  readonly text: string;
  readonly instances: StateInstance[];
  /** The values of the last deploy's outputs by name, sensitive ones too. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Everything that Terraform manages here, by `terraform state pull`: no provider is started, and AWS is asked nothing beyond
 * the backend, so nobody becomes a monthly active user by it. `terraform init` must have run.
 * @throws TerraformError when the state cannot be reached; UserError when its form is unknown
 */
export async function pullState(context: TerraformContext): Promise<PulledState> {
  const { stdout } = await terraform(context, ["state", "pull"]);
  return { text: stdout, ...contentsOf(stdout) };
}
