import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { personAt } from "../review/plan.ts";
import { readStateFile, type StateInstance } from "../terraform/state.ts";

const POOL = z.looseObject({
  name: z.string(),
  username_attributes: z.array(z.string()).nullish(),
  alias_attributes: z.array(z.string()).nullish(),
  username_configuration: z.unknown(),
  schema: z.array(z.looseObject({ name: z.string() })).nullish(),
  lifecycle: z.looseObject({ prevent_destroy: z.boolean().optional() }).optional(),
});

const STACK = z.object({
  terraform: z.object({
    backend: z.object({ local: z.object({ path: z.string() }).optional() }).optional(),
  }),
  resource: z.object({ aws_cognito_user_pool: z.object({ pool: POOL }) }),
});

type PoolArguments = z.output<typeof POOL>;

/** The arguments that Cognito only takes when it creates a pool (provider 5.100.0 marks them ForceNew), and their settings. */
const FIXED: readonly (readonly [setting: string, value: (pool: PoolArguments) => unknown])[] = [
  ["name", (pool) => pool.name],
  ["username_attributes (signInWith)", (pool) => sorted(pool.username_attributes)],
  ["alias_attributes", (pool) => sorted(pool.alias_attributes)],
  ["username_configuration (case_sensitive)", (pool) => caseSensitive(pool.username_configuration)],
];

/**
 * Refuses a pool setting that Cognito can't change, before Terraform is started: it would replace the pool, and everyone in
 * it. Compares what was synthesized with what is deployed, by the state that is given; else by the local backend's file, which
 * can be read without Terraform. With another backend a plain synth does not know, and Terraform's own `prevent_destroy`
 * refuses the plan.
 * @throws UserError (exit 2)
 */
export function refusePoolReplacement(stackDirectory: string, state?: readonly StateInstance[]): void {
  const stack = STACK.safeParse(JSON.parse(readFileSync(join(stackDirectory, "cdk.tf.json"), "utf8"))).data;
  const wanted = stack?.resource.aws_cognito_user_pool.pool;
  // A stack that may be destroyed has nobody to lose.
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
  const removed = custom(pool).filter((name) => !custom(wanted).includes(name));
  if (differing.length === 0 && removed.length === 0) return;

  const people = deployed.filter((one) => personAt(one) !== undefined).length;
  const everyone = people === 1 ? "1 person in it" : `all ${people} people in it`;
  if (differing.length > 0) {
    throw new UserError("A setting of the user pool was changed that Cognito can't change", {
      why: `${differing.join("; ")}. It would cost the pool and ${everyone}: deleted, and created anew with other passwords and subs.`,
      next: [
        "take the change in config.ts back",
        "or deploy a second stack (another `stack` in config.ts) beside this one, and move people over",
      ],
      exitCode: EXIT.wrong,
    });
  }
  throw new UserError(`Custom attributes can't be taken out of a user pool: ${removed.join(", ")}`, {
    why: "Cognito keeps them for ever; the deploy would stop in the middle.",
    next: ["put them back into pool.customAttributes in config.ts: nobody has to use them"],
    exitCode: EXIT.wrong,
  });
}

/** Terraform writes custom attributes into the state without their prefix, as they were configured. */
function custom({ schema }: PoolArguments): string[] {
  return (schema ?? []).map(({ name }) => name);
}

function sorted(values: readonly string[] | null | undefined): string[] {
  return [...(values ?? [])].sort();
}

/** A missing block is Cognito's default, a case-sensitive pool. cdktf writes an object, the state a list. */
function caseSensitive(block: unknown): boolean {
  const one: unknown = Array.isArray(block) ? block[0] : block;
  return z.object({ case_sensitive: z.boolean() }).safeParse(one).data?.case_sensitive ?? true;
}

function shown(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "none" : JSON.stringify(value);
}
