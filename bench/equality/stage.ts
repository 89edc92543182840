import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "../../lib/deploy/changed-people.ts";
import { attributesNamed, subsIn } from "../../lib/deploy/project.ts";
import { renamePeople } from "../../lib/deploy/rename-people.ts";
import type { Person } from "../../lib/roster/roster.ts";
import type { Settings } from "../../lib/stack/settings.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import { templateText } from "../../lib/stack/terraform-text.ts";
import { instancesOf } from "../../lib/terraform/state.ts";
import type { Configuration as Synthesized } from "../plan/shapes.ts";
import type { State } from "../plan/state.ts";
import type { Pair, Random, Tried } from "./pairs.ts";

const SETTINGS: Settings = {
  stack: "equality",
  roster: "users.json",
  pool: { name: "people" },
  client: { name: "app" },
};

/** A pair as Terraform sees it. */
export interface Staged {
  /** Of the roster that is to be, made with the state. */
  readonly configuration: Synthesized & Configuration;
  /** Of the roster that was, with what has happened to it since. */
  readonly state: State;
}

/** @param model the state of a real apply, with one person in `users`, one in `leaving` and one membership */
export function stage(
  pair: Pair,
  {
    model,
    random,
    tried,
    env,
    outdir,
  }: {
    readonly model: State;
    readonly random: Random;
    readonly tried: Tried;
    readonly env: NodeJS.ProcessEnv;
    readonly outdir: string;
  },
): Staged {
  const settings = { ...SETTINGS, destroyable: pair.destroyable };
  const made = (people: readonly Person[], more: object = {}) => {
    const roster = { file: "users.json", people };
    const directory = synthesize({ settings, roster, env, outdir, ...more });
    return JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8")) as Staged["configuration"];
  };
  const deployed = fabricate(made(pair.before, { recorded: [] }), model, random);
  const drifted = JSON.stringify(drift(deployed, pair, random, tried));
  const roster = { file: "users.json", people: pair.after };
  const { text, instances } = renamePeople({ text: drifted, instances: instancesOf(drifted) }, roster);
  const named = random() < 0.5 ? { namedBefore: attributesNamed(instances) } : {};
  return {
    configuration: made(pair.after, { recorded: instances, subs: subsIn(instances, []), ...named }),
    state: JSON.parse(text) as State,
  };
}

type Instance = State["resources"][number]["instances"][number];

/** The state after an apply of a configuration: each person and membership is a copy of one that the real provider wrote. */
function fabricate({ resource, locals = {} }: Synthesized, model: State, random: Random): State {
  const lines = readable(locals.user_values) as Record<string, { attributes: object; enabled: boolean }>;
  const pool = String(instanceIn(model, "aws_cognito_user_pool", "pool").attributes.id);
  const resources = Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).flatMap(([name, { for_each: each }]) => {
      const [like] = model.resources.filter(
        (one) => one.type === type && (each === undefined || one.name.slice(0, 5) === name.slice(0, 5)),
      );
      if (like === undefined) throw new Error(`the model has no ${type}.${name}`);
      if (each === undefined) return [{ ...like, name }];
      const [instance] = like.instances;
      const local = /^\$\{local\.(\w+)\}$/.exec(String(each))?.[1] ?? "";
      const instances = Object.keys(readable(locals[local]) as object).map((key) => {
        const attributes = { ...instance?.attributes, ...valuesOf(type, key) };
        return { ...(instance as Instance), index_key: key, attributes };
      });
      return instances.length === 0 ? [] : [{ ...like, name, instances }];
    }),
  );
  return { ...model, outputs: {}, resources };

  function valuesOf(type: string, key: string) {
    if (type === "aws_cognito_user_group") return { id: `${pool}/${key}`, name: key };
    const [username, group] = key.split(" in ");
    if (group !== undefined) return { id: `${pool}/${group}/${username}`, group_name: group, username };
    const sub = `${Math.floor(random() * 1e12)}`;
    const line = lines[key];
    return {
      id: `${pool}/${key}`,
      username: key,
      sub,
      attributes: { ...line?.attributes, sub },
      enabled: line?.enabled,
    };
  }
}

function instanceIn({ resources }: State, type: string, name: string): Instance {
  const found = resources.find((one) => one.type === type && one.name === name)?.instances[0];
  if (found === undefined) throw new Error(`the model has no ${type}.${name}`);
  return found;
}

/** What a local is once Terraform has read its templates. */
function readable(value: unknown): unknown {
  if (typeof value === "string") return templateText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [String(templateText(name)), readable(inner)]),
  );
}

/** What may have happened to a state since: drift that is to be put back, what was lost, and what was left half-made. */
function drift(state: State, { destroyable }: Pair, random: Random, tried: Tried): State {
  const kinds: readonly [string, (one: Instance, name: string) => Instance | undefined][] = [
    ["drift: an attribute", (one) => withAttributes(one, { name: "Changed by hand" })],
    ["drift: an attribute of their own", (one) => withAttributes(one, { picture: "https://example.com/me" })],
    ["drift: an attribute gone", (one) => withAttributes(one, { email_verified: undefined })],
    ["drift: enabled", (one) => changed(one, { enabled: one.attributes.enabled !== true })],
    ["lost from the state", () => undefined],
    // Where nothing forbids to destroy: else the deploy takes it up again, and a plan would only say that it can't.
    [
      "half-made",
      (one, name) => (destroyable || !name.startsWith("users") ? { ...one, status: "tainted" } : one),
    ],
  ];
  const resources = state.resources.map((resource) => {
    const { type, name } = resource;
    if (type !== "aws_cognito_user" && type !== "aws_cognito_user_in_group") return resource;
    const instances = resource.instances.flatMap((one) => {
      if (random() > 0.06) return [one];
      const [what, change] = kinds[Math.floor(random() * kinds.length)] ?? [];
      const drifted = what?.startsWith("drift") && type !== "aws_cognito_user" ? one : change?.(one, name);
      if (drifted === one || what === undefined) return [one];
      tried.set(what, (tried.get(what) ?? 0) + 1);
      return drifted === undefined ? [] : [drifted];
    });
    return { ...resource, instances };
  });
  return { ...state, resources: resources.filter(({ instances }) => instances.length > 0) };
}

const changed = (one: Instance, attributes: object): Instance => ({
  ...one,
  attributes: { ...one.attributes, ...attributes },
});

function withAttributes(one: Instance, more: Readonly<Record<string, string | undefined>>): Instance {
  const all = Object.entries({ ...(one.attributes.attributes as object), ...more });
  return changed(one, { attributes: Object.fromEntries(all.filter(([, value]) => value !== undefined)) });
}

/** Names of blocks, locals and variables in an expression or an address. */
const NAMED = /\b(local|var|aws_\w+)\.(\w+)/g;

/** The same names in a place of their own, so that many stacks fit into one configuration and one state. */
export function apart(text: string, prefix: string): string {
  return text.replace(NAMED, (_, kind, name) => `${kind}.${prefix}${name}`);
}

/**
 * Many stacks beside each other, without their outputs.
 * @param from the number of the first one
 */
export function together(staged: readonly Staged[], from = 0): { configuration: Synthesized; state: State } {
  const resource: Record<string, Record<string, object>> = {};
  const locals: Record<string, unknown> = {};
  const variable: Record<string, unknown> = {};
  const moved: object[] = [];
  const resources: State["resources"] = [];
  for (const [index, { configuration, state }] of staged.entries()) {
    const prefix = prefixOf(from + index);
    const recorded = new Set(state.resources.map(({ type, name }) => `${type}.${name}`));
    const written = expressionsApart(configuration, prefix) as typeof configuration & {
      readonly variable: object;
    };
    for (const [type, blocks] of Object.entries(written.resource)) {
      resource[type] ??= {};
      for (const [name, block] of Object.entries(blocks)) {
        // A stack whose people are few has 64 empty blocks, which only protect whoever is recorded in them.
        const few = "pool_with_people" in (configuration.locals ?? {});
        if (few && /^users_\d\d$/.test(name) && !recorded.has(`${type}.${name}`)) continue;
        resource[type][prefix + name] = block;
      }
    }
    for (const [name, value] of Object.entries(written.locals ?? {})) locals[prefix + name] = value;
    for (const [name, value] of Object.entries(written.variable)) variable[prefix + name] = value;
    moved.push(...(written.moved ?? []));
    for (const one of state.resources)
      if (one.mode === "managed") resources.push({ ...one, name: prefix + one.name });
  }
  const [first] = staged;
  if (first === undefined) throw new Error("nothing is staged");
  const { terraform, provider } = first.configuration as Synthesized & { readonly provider: object };
  return {
    configuration: { terraform, provider, resource, locals, variable, moved } as Synthesized,
    state: { ...first.state, outputs: {}, resources },
  };
}

export const prefixOf = (index: number) => `p${String(index).padStart(3, "0")}_`;

function expressionsApart(value: unknown, prefix: string): unknown {
  if (typeof value === "string") return apart(value, prefix);
  if (Array.isArray(value)) return value.map((one) => expressionsApart(one, prefix));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, expressionsApart(inner, prefix)]),
  );
}
