import { z } from "zod";
import { UserError } from "../errors.ts";

const VALUES = z.record(z.string(), z.unknown()).nullish();

/**
 * The part of `terraform show -json PLAN` that a review is made of. Newer releases of the format 1.x only add to it.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
const PLAN = z.object({
  format_version: z.string().regex(/^1\./),
  errored: z.boolean().default(false),
  /** Whether an apply would do anything at all, also only to outputs or addresses. Absent before Terraform 1.8. */
  applyable: z.boolean().default(true),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        previous_address: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        index: z.union([z.string(), z.number()]).optional(),
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

/** @throws UserError when this is no plan that can be reviewed in full */
export function parsePlan(json: unknown): Plan {
  const parsed = PLAN.safeParse(json);
  if (parsed.success && !parsed.data.errored) return parsed.data;
  throw new UserError("Terraform's plan cannot be reviewed", {
    why: parsed.success
      ? "Terraform made only a part of it before it failed."
      : "Its form is one that this version does not know, and what is not shown must not be applied.",
    next: ["use Terraform 1.11, with which this package is tested"],
    ...(parsed.success ? {} : { cause: parsed.error }),
  });
}
