import { calledAt, type Plan } from "../review/plan.ts";
import { counted, firstNames } from "../review/refusals.ts";
import type { TerraformEvent } from "../terraform/events.ts";

/** Of more failures than these, the rest is counted. */
const NAMED = 10;

const WRITING: ReadonlySet<string> = new Set(["create", "update", "delete"]);

/** AdminCreateUser has made the account, and could not send the invitation: no later deploy sends one to who exists. */
const UNDELIVERED = /CodeDeliveryFailureException/;

/** What comes of Cognito's answers, in our words; of every other the first line is quoted. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/UsernameExistsException|GroupExistsException/, "exists already"],
  [/AliasExistsException/, "somebody else has the e-mail address or phone number"],
  [UNDELIVERED, "made, but the invitation could not be sent"],
  [/TooManyRequests|Throttling|LimitExceeded/, "Cognito had too much to do"],
  [/AccessDenied|not authorized to perform/, "these credentials may not do that"],
  [/ExpiredToken|security token .* expired/, "the credentials have expired"],
  [/UserNotFoundException/, "is not in the user pool"],
  [/RequestError|connection (?:reset|refused)|broken pipe|\bEOF\b|timeout/i, "the connection broke"],
  [/InternalError|ServiceUnavailable|StatusCode: 5\d\d/, "Cognito was not well"],
];

/** How far a deploy has come: what its plan writes, and what Terraform has told of it since. */
export class ApplyRecord {
  readonly #all = new Map<string, string>();
  /** How many calls are missing, by address. A replacement is two. */
  #left = new Map<string, number>();
  readonly #failed = new Map<string, string>();
  readonly #uninvited = new Set<string>();
  #begun = false;

  /** Terraform is about to apply this plan: what an earlier one had and this one has not is done. */
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

  /** What `terraform apply -json` tells. */
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

  /** Terraform has ended, and well. */
  end(): void {
    this.#left.clear();
    this.#failed.clear();
  }

  /** Whether Terraform has begun to do any of it. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whose account was made in this run, while the invitation could not be sent. */
  get uninvited(): readonly string[] {
    return [...this.#uninvited];
  }

  /** What is done, what has failed and why, and what is still to be done: of each, whom it is about. */
  get words(): string {
    const of = (addresses: Iterable<string>) =>
      [...addresses].map((address) => this.#all.get(address) ?? address);
    const done = [...this.#all.keys()].filter((address) => !this.#left.has(address));
    const failed = [...this.#failed].filter(([address]) => this.#left.has(address));
    const open = [...this.#left.keys()].filter((address) => !this.#failed.has(address));
    if (this.#left.size === 0) return `All of it is done: ${counted(this.#all.size, "change", "changes")}.`;
    return [
      `${done.length} of ${counted(this.#all.size, "change", "changes")} done${list(of(done))}`,
      ...failed.slice(0, NAMED).map(([address, why]) => `failed: ${this.#all.get(address)} – ${why}`),
      ...(failed.length > NAMED ? [`failed: ${failed.length - NAMED} more`] : []),
      ...(open.length > 0 ? [`still to be done${list(of(open))}`] : []),
    ].join("\n");
  }
}

const list = (names: readonly string[]) => (names.length === 0 ? "" : `: ${firstNames(names)}`);

function reasonOf(text: string): string {
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? text.split("\n")[0] ?? "";
}
