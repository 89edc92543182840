import type { TerraformEvent } from "./events.ts";

export interface ApplyProgress {
  /** Changes finished, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Address of the instance that was begun or finished last. */
  readonly current: string;
}

/**
 * Counts the events of `terraform apply -json`. Terraform repeats every planned change before it begins, also when it
 * applies a saved plan, so the total is known from the start. A replacement counts twice: destroyed, and created.
 */
export function applyProgress(
  onProgress: (progress: ApplyProgress) => void,
): (event: TerraformEvent) => void {
  let done = 0;
  let total = 0;
  return ({ type, change, hook }) => {
    if (type === "planned_change" && change !== undefined && !WITHOUT_APPLY.has(change.action)) {
      total += change.action === "replace" ? 2 : 1;
    } else if (hook !== undefined && !WITHOUT_APPLY.has(hook.action ?? "")) {
      if (type === "apply_complete") done += 1;
      else if (type !== "apply_start") return;
      onProgress({ done, total, current: hook.resource.addr });
    }
  };
}

/** Planned, but nothing is done at the provider: no apply event follows, or not one to count. */
const WITHOUT_APPLY: ReadonlySet<string> = new Set(["noop", "move", "read", "remove", "import"]);
