import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CognitoUserPoolSchema } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { personAt } from "../review/plan.ts";
import { commandLine } from "../shell.ts";
import { readStateFile, type StateInstance } from "../terraform/state.ts";

const LIMITS = z.record(z.string(), z.string().nullish());

const SCHEMA = z.looseObject({
  name: z.string(),
  attribute_data_type: z.string().optional(),
  mutable: z.boolean().nullish(),
  required: z.boolean().nullish(),
  developer_only_attribute: z.boolean().nullish(),
  // cdktf writes an object, the state a list.
  string_attribute_constraints: z.union([LIMITS, z.array(LIMITS.nullable())]).nullish(),
  number_attribute_constraints: z.union([LIMITS, z.array(LIMITS.nullable())]).nullish(),
});

const POOL = z.looseObject({
  name: z.string(),
  username_attributes: z.array(z.string()).nullish(),
  alias_attributes: z.array(z.string()).nullish(),
  username_configuration: z.unknown(),
  schema: z.array(SCHEMA).nullish(),
  lifecycle: z
    .looseObject({
      prevent_destroy: z.boolean().optional(),
      ignore_changes: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .optional(),
});

const STACK = z.object({
  terraform: z.object({
    backend: z.object({ local: z.object({ path: z.string() }).optional() }).optional(),
  }),
  resource: z.object({ aws_cognito_user_pool: z.object({ pool: POOL }) }),
});

type PoolArguments = z.output<typeof POOL>;

/** The arguments that Cognito accepts only when it creates a pool (ForceNew in provider 5.100.0), with their settings. */
const FIXED: readonly (readonly [setting: string, value: (pool: PoolArguments) => unknown])[] = [
  ["name", (pool) => pool.name],
  ["username_attributes (signInWith)", (pool) => sorted(pool.username_attributes)],
  ["alias_attributes (aliases)", (pool) => sorted(pool.alias_attributes)],
  ["username_configuration (case_sensitive)", (pool) => caseSensitive(pool.username_configuration)],
];

/** The synthesized pool, or undefined if a team's own app made it differently. */
const wantedPool = (stackDirectory: string) =>
  STACK.safeParse(JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8"))).data;

/**
 * Refuses a change to an immutable pool setting before Terraform starts: it would replace the pool, and everyone in it.
 * Compares the synthesized pool with the deployed one, from the given state; otherwise from the local backend's file, which
 * can be read without Terraform. With another backend, a plain synth can't tell, and Terraform's own `prevent_destroy`
 * refuses the plan.
 * @throws UserError (exit 2)
 */
export function refusePoolReplacement(stackDirectory: string, state?: readonly StateInstance[]): void {
  const stack = wantedPool(stackDirectory);
  const wanted = stack?.resource.aws_cognito_user_pool.pool;
  // A destroyable stack needs no protection.
  if (wanted?.lifecycle?.prevent_destroy !== true) return;
  const path = stack?.terraform.backend?.local?.path;
  const deployed =
    state ?? (path === undefined ? undefined : readStateFile(resolve(stackDirectory, path))?.instances);
  const instance = deployed?.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const pool = POOL.safeParse(instance?.attributes).data;
  if (deployed === undefined || pool === undefined) return;

  const differing = FIXED.flatMap(([setting, value]) => {
    const [from, to] = [value(pool), value(wanted)];
    return isDeepStrictEqual(from, to) ? [] : [`${setting}: ${shown(from)} → ${shown(to)}`];
  });
  const changed = ignored(wanted) ? [] : changedAttributes(pool, wanted);
  if (differing.length === 0 && changed.length === 0) return;

  const people = deployed.filter((one) => personAt(one) !== undefined).length;
  const everyone = people === 1 ? "1 person in it" : `all ${people} people in it`;
  if (differing.length > 0) {
    throw new UserError("Cognito can't change this setting of an existing user pool", {
      why: `${differing.join("; ")}. The pool and ${everyone} would be deleted and created again, with new passwords and subs.`,
      next: [
        "undo the change in config.ts",
        "or deploy a second stack (another `stack` in config.ts) and move people to it",
      ],
      exitCode: EXIT.wrong,
    });
  }
  const removed = changed.filter(({ to }) => to === undefined).map(({ name }) => name);
  if (removed.length > 0) {
    throw new UserError(`Custom attributes can't be removed from a user pool: ${removed.join(", ")}`, {
      why: "Cognito keeps them forever, so the deploy would fail halfway.",
      next: ["put them back into pool.customAttributes in config.ts; nobody has to use them"],
      exitCode: EXIT.wrong,
    });
  }
  throw new UserError(
    `The attributes of a user pool can't be changed: ${changed.map(({ name }) => name).join(", ")}`,
    {
      why: `${changed.map(({ name, from, to }) => `${name}: ${from} → ${to}`).join("; ")}. Cognito can add attributes but never change them, so the deploy would fail halfway.`,
      next: [
        "undo the change in pool.customAttributes (or pool.asIs.schema) in config.ts",
        "or add a new attribute under another name",
      ],
      exitCode: EXIT.wrong,
    },
  );
}

interface ChangedAttribute {
  readonly name: string;
  readonly from: string;
  /** Undefined for a removed attribute. */
  readonly to: string | undefined;
}

/**
 * Attributes of the deployed pool that would change. Provider 5.100.0 (user_pool.go, resourceUserPoolUpdate) only adds
 * attributes: any other difference fails at the apply, "cannot modify or remove schema items". The state has custom
 * attributes without their prefix, as configured.
 */
function changedAttributes(pool: PoolArguments, wanted: PoolArguments): ChangedAttribute[] {
  const next = new Map((wanted.schema ?? []).map((attribute) => [attribute.name, attribute]));
  return (pool.schema ?? []).flatMap((attribute) => {
    const { name } = attribute;
    const other = next.get(name);
    const from = inWords(attribute);
    const to = other && inWords(other);
    // A state that has only the name comes from an older version.
    const same = attribute.attribute_data_type === undefined ? other !== undefined : from === to;
    return same ? [] : [{ name, from, to }];
  });
}

/** An attribute's definition as one text: "String, 0–2048 characters, can change". Omitted parts are Cognito's defaults. */
function inWords(attribute: z.output<typeof SCHEMA>): string {
  const text = one(attribute.string_attribute_constraints);
  const number = one(attribute.number_attribute_constraints);
  const { attribute_data_type: type = "String" } = attribute;
  const limits = number.min_value || number.max_value;
  return [
    type,
    ...(type === "String" ? [`${text.min_length || 0}–${text.max_length || 2048} characters`] : []),
    ...(type === "Number" && limits ? [range(number.min_value, number.max_value)] : []),
    attribute.mutable ? "can change" : "never changes",
    ...(attribute.required ? ["required"] : []),
    ...(attribute.developer_only_attribute ? ["for developers only"] : []),
  ].join(", ");
}

const range = (least: string | null | undefined, most: string | null | undefined) =>
  most ? `${least || "…"}–${most}` : `${least} or more`;

function one(limits: z.output<typeof SCHEMA>["string_attribute_constraints"]): z.output<typeof LIMITS> {
  return (Array.isArray(limits) ? limits[0] : limits) ?? {};
}

/**
 * Refuses to adopt a pool whose attributes differ from config.ts: with no state to compare, the plan would pass, and the
 * provider would fail at the apply.
 * @param attributes as DescribeUserPool has them: `declarable` (lib/directory/pool/schema.ts)
 * @throws UserError (exit 2)
 */
export function refuseOtherAttributes(
  stackDirectory: string,
  userPoolId: string,
  attributes: readonly CognitoUserPoolSchema[],
): void {
  const wanted = wantedPool(stackDirectory)?.resource.aws_cognito_user_pool.pool;
  if (wanted === undefined || ignored(wanted)) return;
  const schema = attributes.map((block) => ({
    name: block.name,
    attribute_data_type: block.attributeDataType,
    mutable: block.mutable === true,
    required: block.required === true,
    developer_only_attribute: block.developerOnlyAttribute === true,
    string_attribute_constraints: {
      min_length: block.stringAttributeConstraints?.minLength,
      max_length: block.stringAttributeConstraints?.maxLength,
    },
    number_attribute_constraints: {
      min_value: block.numberAttributeConstraints?.minValue,
      max_value: block.numberAttributeConstraints?.maxValue,
    },
  }));
  const differing = changedAttributes({ ...wanted, schema }, wanted);
  if (differing.length === 0) return;
  throw new UserError(
    `The user pool ${userPoolId} has other attributes than config.ts says: ${differing.map(({ name }) => name).join(", ")}`,
    {
      why: `${differing.map(({ name, from, to }) => `${name} is ${from}${to === undefined ? ", and not declared" : `, not ${to}`}`).join("; ")}. Cognito never changes an attribute, so the deploy would fail halfway.`,
      next: [
        "declare them as they are in pool.customAttributes (or pool.asIs.schema) in config.ts",
        commandLine`or have it written for you: npm run import-users -- --user-pool-id ${userPoolId}`,
      ],
      exitCode: EXIT.wrong,
    },
  );
}

/** A team's own app may leave the schema to the pool. */
function ignored({ lifecycle }: PoolArguments): boolean {
  const { ignore_changes: names = [] } = lifecycle ?? {};
  return names === "all" || (Array.isArray(names) && names.includes("schema"));
}

function sorted(values: readonly string[] | null | undefined): string[] {
  return [...(values ?? [])].sort();
}

/** A missing block means Cognito's default, a case-sensitive pool. cdktf writes an object, the state a list. */
function caseSensitive(block: unknown): boolean {
  const one: unknown = Array.isArray(block) ? block[0] : block;
  return z.object({ case_sensitive: z.boolean() }).safeParse(one).data?.case_sensitive ?? true;
}

function shown(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "none" : JSON.stringify(value);
}
