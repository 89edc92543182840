import { calledAt, type Plan } from "../review/plan.ts";
import { counted, firstNames } from "../review/refusals.ts";
import type { TerraformEvent } from "../terraform/events.ts";

/** More failures than these are only counted. */
const NAMED = 10;

const WRITING: ReadonlySet<string> = new Set(["create", "update", "delete"]);

/** AdminCreateUser created the account but couldn't send the invitation; no later deploy invites an existing account. */
const UNDELIVERED = /CodeDeliveryFailureException/;

/** Cognito's common errors in our words; for any other, the first line is quoted. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/UsernameExistsException|GroupExistsException/, "already exists"],
  [/AliasExistsException/, "someone else has the e-mail address or phone number"],
  [UNDELIVERED, "created, but the invitation could not be sent"],
  [/TooManyRequests|Throttling|LimitExceeded/, "Cognito was throttling"],
  [/AccessDenied|not authorized to perform/, "these credentials aren't allowed to do that"],
  [/ExpiredToken|security token .* expired/, "the credentials expired"],
  [/UserNotFoundException/, "is not in the user pool"],
  [/RequestError|connection (?:reset|refused)|broken pipe|\bEOF\b|timeout/i, "the connection was lost"],
  [/InternalError|ServiceUnavailable|StatusCode: 5\d\d/, "Cognito had an internal error"],
];

/** The progress of a deploy: what its plan writes, and what Terraform has reported since. */
export class ApplyRecord {
  readonly #all = new Map<string, string>();
  /** Remaining calls by address. A replacement takes two. */
  #left = new Map<string, number>();
  readonly #failed = new Map<string, string>();
  readonly #uninvited = new Set<string>();
  #begun = false;

  /** Terraform is about to apply this plan: whatever an earlier plan had and this one doesn't is done. */
  begin({ resource_changes: changes }: Plan): void {
    this.#left = new Map();
    this.#failed.clear();
    for (const { address, change } of changes) {
      const calls = change.actions.filter((action) => WRITING.has(action)).length;
      if (calls === 0) continue;
      this.#left.set(address, calls);
      this.#all.set(address, calledAt(address));
    }
  }

  /** Handles the events of `terraform apply -json`. */
  readonly observe = ({ type, hook, diagnostic }: TerraformEvent): void => {
    if (hook !== undefined) this.#begun = true;
    if (type === "apply_complete" && hook !== undefined) {
      const left = (this.#left.get(hook.resource.addr) ?? 0) - 1;
      if (left > 0) this.#left.set(hook.resource.addr, left);
      else this.#left.delete(hook.resource.addr);
    }
    if (diagnostic?.severity === "error" && diagnostic.address !== undefined) {
      const text = `${diagnostic.summary}\n${diagnostic.detail ?? ""}`;
      this.#failed.set(diagnostic.address, reasonOf(text));
      if (UNDELIVERED.test(text)) this.#uninvited.add(calledAt(diagnostic.address));
    }
  };

  /** Terraform succeeded. */
  end(): void {
    this.#left.clear();
    this.#failed.clear();
  }

  /** Whether Terraform has started any change. */
  get begun(): boolean {
    return this.#begun;
  }

  /** People whose account was created in this run but whose invitation couldn't be sent. */
  get uninvited(): readonly string[] {
    return [...this.#uninvited];
  }

  /** What is done, what failed and why, and what remains, with the people concerned. */
  get words(): string {
    const of = (addresses: Iterable<string>) =>
      [...addresses].map((address) => this.#all.get(address) ?? address);
    const done = [...this.#all.keys()].filter((address) => !this.#left.has(address));
    const failed = [...this.#failed].filter(([address]) => this.#left.has(address));
    const open = [...this.#left.keys()].filter((address) => !this.#failed.has(address));
    if (this.#left.size === 0)
      return `All of it was applied: ${counted(this.#all.size, "change", "changes")}.`;
    return [
      `${done.length} of ${counted(this.#all.size, "change", "changes")} done${list(of(done))}`,
      ...failed.slice(0, NAMED).map(([address, why]) => `failed: ${this.#all.get(address)} – ${why}`),
      ...(failed.length > NAMED ? [`failed: ${failed.length - NAMED} more`] : []),
      ...(open.length > 0 ? [`not applied yet${list(of(open))}`] : []),
    ].join("\n");
  }
}

const list = (names: readonly string[]) => (names.length === 0 ? "" : `: ${firstNames(names)}`);

function reasonOf(text: string): string {
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? text.split("\n")[0] ?? "";
}
