import { UserError } from "../errors.ts";
import { TerraformError } from "../terraform/failure.ts";

/**
 * Words for a plan that Terraform refuses because the state has changed since; any other error as it is.
 * @param file the plan file that was given; without one the plan was made by this run
 */
export function explainStale(error: unknown, file?: string): unknown {
  if (!(error instanceof TerraformError)) return error;
  if (!error.diagnostics.some(({ summary }) => /saved plan is stale|plan.*different state/i.test(summary))) {
    return error;
  }
  return new UserError("The plan is out of date: somebody has deployed since it was made", {
    why: "Terraform refuses it, for what was reviewed may not be what would happen now. Nothing was changed.",
    next: [
      file === undefined
        ? "make a new one: npm run deploy"
        : `make a new one, and have it reviewed: npm run plan -- --out ${file}`,
    ],
    cause: error,
  });
}
