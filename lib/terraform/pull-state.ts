import { type TerraformContext, terraform } from "./run.ts";
import { instancesOf, type StateInstance } from "./state.ts";

export interface PulledState {
  /** The state's own JSON; empty where nothing was deployed yet. It may hold secrets. */
  readonly text: string;
  readonly instances: readonly StateInstance[];
}

/**
 * Everything that Terraform manages here, by `terraform state pull`: no provider is started, and AWS is asked nothing beyond
 * the backend, so nobody becomes a monthly active user by it. `terraform init` must have run.
 * @throws TerraformError when the state cannot be reached; UserError when its form is unknown
 */
export async function pullState(context: TerraformContext): Promise<PulledState> {
  const { stdout } = await terraform(context, ["state", "pull"]);
  return { text: stdout, instances: instancesOf(stdout) };
}
