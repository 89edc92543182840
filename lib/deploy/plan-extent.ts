import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { PlannedPart } from "../review/document.ts";
import { type Plan, parseAddress, type ResourceChange } from "../review/plan.ts";
import type { Person } from "../roster/roster.ts";
import { PLANNED_WITH } from "../stack/synth/outputs.ts";
import { addressKey, templateText } from "../stack/terraform-text.ts";
import { filesBeside, parseAnswer, type TerraformContext, terraform } from "../terraform/run.ts";
import { type PulledState, parseState } from "../terraform/state.ts";
import {
  type ChangedPeople,
  type Configuration,
  changedPeople,
  kindOf,
  NotUnderstood,
  type RawState,
} from "./changed-people.ts";

/**
 * The number of people and memberships from which only changes are planned. Below it there is little to gain: a full plan of
 * 1,000 people takes 6.6 s of CPU more than an empty one, and a second way of planning is a second thing to trust.
 */
export const PARTIAL_FROM = 2_000;

/**
 * Characters of arguments: Windows allows 32,767 in all, other systems at least a million. With more changes, everyone is
 * planned.
 */
const ARGUMENTS = process.platform === "win32" ? 24_000 : 200_000;

/** What Terraform is asked to plan. */
export interface PlanExtent {
  /** Addresses. @default everyone and everything */
  readonly targets?: readonly string[];
  /** The addresses among them of people and memberships: each must be in the plan. */
  readonly people?: readonly string[];
  /** How many people and memberships the state has. */
  readonly recorded?: number;
  /** Why everyone is planned, as a clause. @default so few people that no reason is needed */
  readonly why?: string;
}

/** The number of people and memberships in a roster, compared with {@link PARTIAL_FROM}. */
export const sizeOf = (people: readonly Person[]): number =>
  people.reduce((sum, { groups }) => sum + 1 + groups.length, 0);

/**
 * What a plan depends on besides people's lines: Terraform, the providers, and how the configuration writes people. When it
 * changes, everyone is planned once. Excludes `ignore_changes`, which the comparison reads.
 * @returns a digest, which the deploy's outputs keep
 * @throws TerraformError
 */
export async function plannedWith(context: TerraformContext): Promise<string> {
  const { stdout } = await terraform(context, ["version", "-json"]);
  const { terraform_version: version, provider_selections: providers } = VERSION.parse(
    parseAnswer("terraform version", stdout),
  );
  const { resource = {} } = readConfiguration(context.directory);
  const shapes = Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).flatMap(([name, { lifecycle: _, "//": __, ...block }]) =>
      // `users_07` is written like `users_08`.
      kindOf(type, name) === undefined ? [] : JSON.stringify([type, block]).replace(/_\d{2,3}\b/g, ""),
    ),
  );
  const minor = version.split(".").slice(0, 2);
  const made = [FORMAT, minor, Object.entries(providers).sort(), [...new Set(shapes)].sort()];
  return createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 16);
}

/** Version of the comparison itself: raise it when it treats more as equal than before. */
const FORMAT = 1;

const VERSION = z.object({
  terraform_version: z.string(),
  provider_selections: z.record(z.string(), z.string()).default({}),
});

export interface ExtentOptions {
  readonly context: TerraformContext;
  /** The state to plan from. */
  readonly state: string;
  /** The last deploy's outputs. */
  readonly outputs: PulledState["outputs"];
  /** From {@link plannedWith}. */
  readonly plannedWith: string;
  /** Whether `--full` was given. */
  readonly full: boolean;
}

/**
 * Decides whether to plan everyone or only the people who change, and who they are. Anything that isn't understood is a
 * reason to plan everyone. Only reads files.
 */
export function extentOf({ context, state, outputs, plannedWith, full }: ExtentOptions): PlanExtent {
  if (full) return { why: "--full was given" };
  if (outputs[PLANNED_WITH] === undefined)
    return {
      why: "the next deploy that changes something is the first to remember what it was planned with",
    };
  if (outputs[PLANNED_WITH] !== plannedWith)
    return {
      why: "Terraform, the provider, or how people are written for them has changed since the last deploy",
    };
  try {
    const configuration = readConfiguration(context.directory);
    requireKnownSections(configuration);
    requireNothingElse(context);
    requireSameOutputs(configuration, outputs);
    const found = changedPeople(configuration, parseState(state) as RawState);
    return targetsFor(found);
  } catch (error) {
    if (error instanceof NotUnderstood) return { why: error.message };
    throw error;
  }
}

function targetsFor({ changed, moving, others, recorded }: ChangedPeople): PlanExtent {
  const people = [...changed, ...moving];
  const targets = [...others, ...people];
  if (targets.reduce((sum, address) => sum + address.length + "-target= ".length, 0) > ARGUMENTS)
    return {
      why: `of ${people.length} people and memberships something changes, which are too many to name`,
    };
  return { targets, people, recorded };
}

/** The configuration that was synthesized into this directory. */
export function readConfiguration(directory: string): Configuration {
  return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as Configuration;
}

/** With other sections (checks, modules, imports), a partial plan could miss something. */
const SECTIONS: ReadonlySet<string> = new Set([
  "//",
  "terraform",
  "provider",
  "resource",
  "data",
  "locals",
  "variable",
  "output",
  "moved",
]);

function requireKnownSections(configuration: Configuration): void {
  const other = Object.entries(configuration).find(
    ([name, section]) => !SECTIONS.has(name) && Object.keys(Object(section)).length > 0,
  );
  if (other === undefined) return;
  const why = other[0] === "import" ? "something is taken over" : `the configuration has ${other[0]} blocks`;
  throw new NotUnderstood(why);
}

/** Options that don't affect the plan's content. */
const HARMLESS = /^-?-(?:refresh|lock|lock-timeout|parallelism|no-color|compact-warnings|input)(?:=\S*)?$/;

/** Terraform also reads every other file in the directory, and arguments from the environment. */
function requireNothingElse({ directory, env = process.env }: TerraformContext): void {
  const [other] = filesBeside(directory);
  if (other !== undefined) throw new NotUnderstood(`${other} stands beside cdk.tf.json`);
  for (const name of ["TF_CLI_ARGS", "TF_CLI_ARGS_plan"]) {
    const args = (env[name] ?? "").split(/\s+/).filter(Boolean);
    if (!args.every((arg) => HARMLESS.test(arg))) throw new NotUnderstood(`${name} has other options`);
  }
}

/**
 * With `-target`, Terraform leaves outputs unchanged if they refer to nothing, or to something that isn't planned: if one of
 * those changes, everything must be planned. The region, whose conditions name everyone, can't change.
 */
function requireSameOutputs({ output = {} }: Configuration, recorded: PulledState["outputs"]): void {
  const names = new Set([...Object.keys(output), ...Object.keys(recorded)]);
  for (const name of names) {
    const block = output[name];
    if (block === undefined || !(name in recorded))
      throw new NotUnderstood(`the output ${name} is new, or goes`);
    const value = literal(block.value);
    if (value !== undefined) {
      if (!isDeepStrictEqual(value, recorded[name])) throw new NotUnderstood(`the output ${name} changes`);
    } else if (name === "region" && block.value === "${data.aws_region.current.name}") continue;
    else if (/aws_cognito_user(?:_in_group)?\.|\blocal\./.test(JSON.stringify(block)))
      throw new NotUnderstood(`the output ${name} may be about people`);
  }
}

/** A value that refers to nothing; undefined for one with a reference. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return templateText(value);
  if (Array.isArray(value)) {
    const all = value.map(literal);
    return all.includes(undefined) ? undefined : all;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [templateText(name), literal(inner)] as const);
  return entries.flat().includes(undefined) ? undefined : Object.fromEntries(entries);
}

/**
 * Whether a partial plan can stand for the whole one: it contains everyone who was targeted (Terraform silently ignores an
 * address that it can't find), and nothing happens to the pool that would affect everyone.
 * @returns why not, as a clause; undefined when it can
 */
export function doubtOf({ resource_changes: all }: Plan, { people = [] }: PlanExtent): string | undefined {
  const planned = new Set(
    all.flatMap(({ address, previous_address }) => [address, previous_address ?? address]).map(normal),
  );
  const missing = people.find((address) => !planned.has(normal(address)));
  if (missing !== undefined) return `Terraform did not find ${missing}`;
  const pool = all.find(({ type, name }) => type === "aws_cognito_user_pool" && name === "pool");
  const actions = pool?.change.actions ?? [];
  return actions.length === 1 && /^(?:no-op|update)$/.test(actions[0] ?? "")
    ? undefined
    : "the user pool itself is not there, or does not stay";
}

/** Terraform and JSON escape keys differently. */
function normal(address: string): string {
  const place = parseAddress(address);
  return typeof place?.key === "string" ? `${place.type}.${place.name}[${addressKey(place.key)}]` : address;
}

/** What a review says about it. @returns undefined if everyone is planned without a remark */
export function plannedPart({ targets, recorded = 0, why }: PlanExtent, plan: Plan): PlannedPart | undefined {
  if (targets === undefined) return why === undefined ? undefined : { whole: true, why };
  const planned = plan.resource_changes.filter(isRecorded).length;
  return { whole: false, leftOut: recorded - planned };
}

const isRecorded = ({ type, name, previous_address: previous, change }: ResourceChange) =>
  change.before != null && kindOf(type, parseAddress(previous ?? "")?.name ?? name) !== undefined;
