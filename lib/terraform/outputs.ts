import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { parseAnswer } from "./answer.ts";
import { TerraformError } from "./failure.ts";
import { type TerraformContext, terraform } from "./run.ts";

/**
 * The outputs of what was deployed last, by name; sensitive ones too. Reads only the state: no provider is started.
 * @throws UserError when nothing has been synthesized, initialised or deployed, or the state cannot be read
 */
export async function readOutputs(context: TerraformContext): Promise<Record<string, unknown>> {
  const { directory } = context;
  // Terraform itself is content with an empty directory, and answers {}
  if (!existsSync(join(directory, "cdk.tf.json"))) {
    throw new UserError(`Nothing has been synthesized: ${join(directory, "cdk.tf.json")} is missing`, {
      why: "The user pool's ids come from the outputs of the last deployment.",
      next: ["deploy first: npm run deploy", CONNECT],
    });
  }
  const { stdout } = await terraform(context, ["output", "-json"]).catch((error: unknown) => {
    throw notInitialised(error) ? nothingDeployed(directory, error) : error;
  });
  const outputs = parseAnswer("terraform output", stdout) as Record<string, { readonly value: unknown }>;
  const entries = Object.entries(outputs).map(([name, { value }]) => [name, value] as const);
  if (entries.length === 0) throw nothingDeployed(directory);
  return Object.fromEntries(entries);
}

/** The way out for a fresh clone of what is deployed already. */
export const CONNECT = "or, where somebody else deployed to a shared backend, connect to it: npm run plan";

function notInitialised(error: unknown): boolean {
  return (
    error instanceof TerraformError &&
    error.diagnostics.some(({ summary }) => /initialization required|initialized/i.test(summary))
  );
}

function nothingDeployed(directory: string, cause?: unknown): UserError {
  return new UserError(`Nothing has been deployed from ${directory}`, {
    why:
      cause === undefined
        ? "Its Terraform state has no outputs, and the user pool's ids come from them."
        : "Terraform has not been initialised there, so it cannot reach the state that holds the user pool's ids.",
    next: ["deploy first: npm run deploy", ...(cause === undefined ? [] : [CONNECT])],
    cause,
  });
}
