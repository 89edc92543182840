import { z } from "zod";
import { UserError } from "../errors.ts";
import { blockKind } from "../stack/synth/shards.ts";

const VALUES = z.record(z.string(), z.unknown()).nullish();

/**
 * The part of `terraform show -json PLAN` that a review is made of. Newer releases of the format 1.x only add to it.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
const PLAN = z.object({
  format_version: z.string().regex(/^1\./),
  errored: z.boolean().default(false),
  /** False if Terraform deferred a part to a later plan. Absent before Terraform 1.8. */
  complete: z.boolean().default(true),
  /** Whether an apply would do anything at all, even if only to outputs or addresses. Absent before Terraform 1.8. */
  applyable: z.boolean().default(true),
  planned_values: z.object({ outputs: z.record(z.string(), z.looseObject({})).optional() }).optional(),
  output_changes: z.record(z.string(), z.looseObject({ actions: z.array(z.string()) })).default({}),
  deferred_changes: z.array(z.unknown()).default([]),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        previous_address: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        index: z.union([z.string(), z.number()]).optional(),
        /** Names what a replacement that failed halfway has left behind. */
        deposed: z.string().optional(),
        change: z.object({
          actions: z.array(z.string()),
          before: VALUES,
          after: VALUES,
          after_unknown: VALUES,
          before_sensitive: z.unknown(),
          after_sensitive: z.unknown(),
          replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
          importing: z.looseObject({ id: z.string().optional() }).nullish(),
        }),
      }),
    )
    .default([]),
});

export type Plan = z.output<typeof PLAN>;
export type ResourceChange = Plan["resource_changes"][number];

/**
 * @param json what `terraform show -json PLAN` printed
 * @param options.partial whether Terraform was asked for a part: the plan then counts as incomplete. @default false
 * @throws UserError if this plan can't be reviewed in full
 */
export function parsePlan(json: unknown, { partial = false }: { readonly partial?: boolean } = {}): Plan {
  const parsed = PLAN.safeParse(json);
  const why = !parsed.success
    ? "Its format is unknown to this version, and what can't be shown must not be applied."
    : parsed.data.errored
      ? "Terraform only made part of it before it failed."
      : (!parsed.data.complete && !partial) || parsed.data.deferred_changes.length > 0
        ? "Terraform deferred part of it to a later plan, and what can't be shown must not be applied."
        : undefined;
  if (parsed.success && why === undefined) return parsed.data;
  throw new UserError("Terraform's plan cannot be reviewed", {
    ...(why === undefined ? {} : { why }),
    next: ["use Terraform 1.11, with which this package is tested"],
    ...(parsed.success ? {} : { cause: parsed.error }),
  });
}

/** Terraform's way of counting: a replacement is added and destroyed, an import that differs is changed too. */
export interface TerraformCounts {
  readonly import: number;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

export function terraformCounts({ resource_changes: all }: Plan): TerraformCounts {
  const managed = all.filter(({ mode }) => mode === "managed").map(({ change }) => change);
  const having = (action: string) => managed.filter(({ actions }) => actions.includes(action)).length;
  return {
    import: managed.filter(({ importing }) => importing != null).length,
    add: having("create"),
    change: having("update"),
    destroy: having("delete"),
  };
}

/** A resource's address in plans, states and events. */
export interface Place {
  readonly type: string;
  readonly name: string;
  readonly key: string | number | null;
}

export interface PersonPlace {
  readonly username: string;
  readonly leaving: boolean;
}

/** The account that a resource is, in whichever block of `lib/stack/synth/shards.ts`. */
export function personAt({ type, name, key }: Place): PersonPlace | undefined {
  if (type !== "aws_cognito_user" || typeof key !== "string") return undefined;
  const kind = blockKind(name);
  if (kind !== "users" && kind !== "leaving") return undefined;
  return { username: key, leaving: kind === "leaving" };
}

/** What is at an address, for people to read: a person's name, or which membership. */
export function calledAt(address: string): string {
  const place = parseAddress(address);
  if (place?.type === "aws_cognito_user_in_group" && typeof place.key === "string") return place.key;
  return (place && personAt(place)?.username) ?? address;
}

/** Reads an address such as `aws_cognito_user.users["hanako@example.com"]`; undefined for one inside a module. */
export function parseAddress(address: string): Place | undefined {
  const match = /^([a-z0-9_]+)\.([\w-]+)(?:\[(.+)\])?$/s.exec(address);
  if (match === null) return undefined;
  const [, type = "", name = "", index] = match;
  return { type, name, key: index === undefined ? null : unquoted(index) };
}

/** Terraform quotes keys as HCL does: with JSON's escapes, and doubled `$${` and `%%{`. */
function unquoted(index: string): string | number {
  if (!index.startsWith('"')) return Number(index);
  const text = index.slice(1, -1).replaceAll("$${", "${").replaceAll("%%{", "%{");
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** What Terraform does with one resource. */
export type Action = "nothing" | "create" | "update" | "delete" | "replace" | "read" | "forget";

const ACTIONS: Readonly<Record<string, Action>> = {
  "no-op": "nothing",
  create: "create",
  update: "update",
  delete: "delete",
  "delete,create": "replace",
  "create,delete": "replace",
  read: "read",
  forget: "forget",
};

/** @throws UserError for unknown actions of a newer Terraform, and for remains of a replacement that failed halfway */
export function actionOf(resource: ResourceChange): Action {
  const { actions } = resource.change;
  const action = ACTIONS[actions.join(",")];
  if (action === undefined) throw notDescribable(resource, `is to be: ${actions.join(", then ")}`);
  if (resource.deposed !== undefined)
    throw notDescribable(resource, "is left over from a failed replacement");
  return action;
}

/** A review must not leave anything out. */
export function notDescribable({ address }: ResourceChange, what: string): UserError {
  return new UserError(`The plan contains something this version can't describe: ${address} ${what}`, {
    why: "What a review can't show must not be applied.",
    next: ["read it as Terraform shows it: npx cdktf diff"],
  });
}
