import { TerraformError } from "./failure.ts";

/**
 * Reads what a Terraform command printed as JSON.
 * @param command such as "terraform show"
 * @throws TerraformError when it is none: then what was started is not Terraform, or an old one
 */
export function parseAnswer(command: string, stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new TerraformError(`${command} printed no JSON`, {
      why: "What was started may not be Terraform, or be a version before 0.12.",
      next: ["check TERRAFORM_BINARY_NAME, and which terraform is on the PATH: terraform version"],
      cause: error,
    });
  }
}
