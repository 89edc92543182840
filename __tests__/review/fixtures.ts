import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DIRECTORY = new URL("fixtures/", import.meta.url);

/** A plan of the real provider, without what no review looks at. `npm run fixtures` makes them. */
export interface Fixture {
  /** Terraform's own words: "Plan: 4 to add, …". */
  readonly summary: string;
  readonly plan: object;
}

export const FIXTURES = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));

export function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`${name}.json`, DIRECTORY), "utf8")) as Fixture;
}

export const fixturePath = (name: string) => fileURLToPath(new URL(`${name}.json`, DIRECTORY));

interface Change {
  readonly change: Record<string, unknown>;
  readonly [field: string]: unknown;
}

interface PlanJson {
  readonly format_version: string;
  readonly applyable: boolean;
  readonly errored: boolean;
  readonly complete?: boolean;
  readonly planned_values?: { readonly outputs?: Record<string, unknown> };
  readonly resource_changes?: readonly Change[];
}

const OF_CHANGES = ["address", "previous_address", "mode", "type", "name", "index", "change"];
/** The stack's own outputs; others could name a machine. */
const OUTPUTS = ["region"];

/** What a review reads of a plan: nothing of the machine that made it, no secret, and the same ids every time. */
export function pruned(json: unknown): object {
  const { format_version, applyable, errored, complete, planned_values, resource_changes } = json as PlanJson;
  const outputs = Object.entries(planned_values?.outputs ?? {}).filter(([name]) => OUTPUTS.includes(name));
  const changes = (resource_changes ?? []).map((resource) => ({
    ...picked(resource, OF_CHANGES),
    change: withoutSecrets(resource.change),
  }));
  return stable({
    format_version,
    applyable,
    errored,
    complete,
    planned_values: { outputs: Object.fromEntries(outputs) },
    resource_changes: changes,
  }) as object;
}

function withoutSecrets(change: Record<string, unknown>): Record<string, unknown> {
  const {
    before,
    after,
    before_sensitive,
    after_sensitive,
    before_identity: _,
    after_identity: __,
    ...rest
  } = change;
  const [old, now] = [masked(before, before_sensitive), masked(after, after_sensitive)];
  return { ...rest, ...withoutEmpty(old, now), before_sensitive, after_sensitive };
}

/** Texts that are marked sensitive say only that they are there. */
function masked(value: unknown, mark: unknown): unknown {
  if (mark === true) return typeof value === "string" ? "(sensitive)" : value;
  if (typeof mark !== "object" || mark === null || typeof value !== "object" || value === null) return value;
  const marks = mark as Record<string, unknown>;
  const entries = Object.entries(value).map(([name, inner]) => [name, masked(inner, marks[name])]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** Arguments that are empty before and after are most of a plan. */
function withoutEmpty(before: unknown, after: unknown) {
  const empty = (value: unknown) =>
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  const values = [before, after].map((one) => (one ?? {}) as Record<string, unknown>);
  const names = new Set(values.flatMap((one) => Object.keys(one)));
  const kept = [...names].filter((name) => values.some((one) => !empty(one[name])));
  const keep = (one: unknown) => (one == null ? null : picked(one as Record<string, unknown>, kept));
  return { before: keep(before), after: keep(after) };
}

function picked(from: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

/** Ids and times in the order in which they come, so that plans made anew differ only where Terraform or the provider do. */
function stable(plan: object): unknown {
  const seen = new Map<string, string>();
  const named = (sort: string) => (found: string) => {
    const name = seen.get(found) ?? sort.replaceAll("#", String(seen.size + 1));
    seen.set(found, name);
    return name;
  };
  return JSON.parse(
    JSON.stringify(plan)
      .replace(/us-east-1_[0-9A-Za-z]{8,}/g, named("us-east-1_Pool#"))
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, named("00000000-0000-4000-8000-00000000000#"))
      .replace(/"[0-9a-z]{26}"/g, named('"client#"'))
      .replace(/\d{4}-\d\d-\d\dT[0-9:.]+Z/g, "2026-01-01T00:00:00Z"),
  );
}
