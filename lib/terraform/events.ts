/** One instance, as Terraform's machine-readable UI names it. */
export interface ResourceAddress {
  /** Such as `aws_cognito_user.users["hanako@example.com"]`. */
  readonly addr: string;
  readonly resource_type: string;
  readonly resource_name: string;
  /** The for_each key, or the count index; null without either. */
  readonly resource_key: string | number | null;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

/**
 * One line of `terraform init|plan|apply -json`. Only what this package reads is typed; a newer Terraform may add types and fields.
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export interface TerraformEvent {
  /** `planned_change`, `change_summary`, `apply_start`, `apply_complete`, `apply_errored`, `diagnostic`, `outputs`, … */
  readonly type: string;
  readonly "@level": string;
  readonly "@message": string;
  readonly hook?: {
    readonly resource: ResourceAddress;
    readonly action?: string;
    readonly elapsed_seconds?: number;
  };
  readonly change?: { readonly resource: ResourceAddress; readonly action: string; readonly reason?: string };
  readonly changes?: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly import?: number;
    readonly operation: "plan" | "apply" | "destroy";
  };
  readonly diagnostic?: Diagnostic;
}

/** Reads one line of output; undefined if it is no event (providers and old versions print plain lines in between). */
export function parseEvent(line: string): TerraformEvent | undefined {
  // `show -json` and `output -json` print JSON as well: an event always starts with one of its @ fields
  if (!line.startsWith('{"@')) return undefined;
  try {
    const event = JSON.parse(line) as Partial<TerraformEvent>;
    return typeof event.type === "string" ? (event as TerraformEvent) : undefined;
  } catch {
    return undefined;
  }
}

export interface ApplyProgress {
  /** Changes finished, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Address of the instance that was started or finished last. */
  readonly current: string;
}

/**
 * Counts the events of `terraform apply -json`. Terraform lists every planned change before it begins, even for a saved plan,
 * so the total is known from the start. A replacement counts twice: destroyed, and created.
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

/** Planned, but nothing is done at the provider: no apply event follows, or none to count. */
const WITHOUT_APPLY: ReadonlySet<string> = new Set(["noop", "move", "read", "remove", "import"]);
