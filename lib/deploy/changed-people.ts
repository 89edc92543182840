import { blockKind } from "../stack/synth/shards.ts";
import { templateText } from "../stack/terraform-text.ts";
import { addressOf } from "../terraform/state.ts";

type Values = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Values>>>>;

/** The part of `cdk.tf.json` that is read here. */
export interface Configuration {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly locals?: Values;
  readonly output?: Readonly<Record<string, Values>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

/** The part of a state's JSON (format 4) that is read here. */
export interface RawState {
  readonly outputs?: Readonly<Record<string, { readonly value?: unknown }>> | null;
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly module?: string;
    readonly instances: readonly RawInstance[];
  }[];
}

interface RawInstance {
  readonly index_key?: string | number | null;
  readonly status?: string;
  readonly deposed?: string;
  readonly attributes?: Values | null;
  /** Paths of sensitive values. Terraform treats a difference in these alone as an update. */
  readonly sensitive_attributes?: readonly unknown[] | null;
}

/** The people and resources that may change, as addresses. */
export interface ChangedPeople {
  /** Accounts and memberships that aren't known to match the configuration. */
  readonly changed: readonly string[];
  /** Those of them that have an instance at an address from which it is about to move. */
  readonly moving: readonly string[];
  /** How many accounts and memberships the state has, and how many of them match the configuration. */
  readonly recorded: number;
  readonly equal: number;
  /** Everything that belongs to no person: whole resources, and data sources. */
  readonly others: readonly string[];
}

/** The configuration or the state can't be compared; the reason follows "Everyone was planned:". */
export class NotUnderstood extends Error {}

/** Instances of people and memberships in the configuration. */
type Kind = "users" | "leaving" | "memberships";

/**
 * Compares every person and membership of the state with the configuration, as provider 5.100.0 would; anything not known to
 * be equal counts as changed. So the only possible mistake is to miss a change, which `npm run bench -- --only equality`
 * checks.
 * @param configuration `cdk.tf.json`
 * @param state what it would be planned from
 * @throws NotUnderstood when the configuration sets something on people that is not compared here
 */
export function changedPeople(configuration: Configuration, state: RawState): ChangedPeople {
  const expected = expectedPeople(configuration);
  const moves = new Map((configuration.moved ?? []).map(({ from, to }) => [from, to]));
  const poolId = state.resources.find(({ type, name }) => type === POOL && name === "pool")?.instances[0]
    ?.attributes?.id;
  if (typeof poolId !== "string") throw new NotUnderstood("the state has no user pool");
  const changed = new Set<string>();
  const moving = new Set<string>();
  const others = new Set(otherAddresses(configuration));
  const seen = new Set<string>();
  for (const { mode, type, name, module, instances } of state.resources) {
    if (module !== undefined) throw new NotUnderstood("the state has a module");
    if (mode !== "managed") continue;
    if (kindOf(type, name) === undefined) {
      others.add(`${type}.${name}`);
      continue;
    }
    for (const instance of instances) {
      if (instance.deposed !== undefined) throw new NotUnderstood("a replacement was left half-done");
      const address = addressOf({ type, name, key: instance.index_key ?? null });
      seen.add(address);
      const to = endOf(address, moves);
      if (to !== address) {
        changed.add(to);
        moving.add(address);
      } else {
        const one = expected.get(address);
        if (one === undefined || !isEqual(one, instance, poolId)) changed.add(address);
      }
    }
  }
  for (const address of expected.keys()) if (!seen.has(address)) changed.add(address);
  const present = [...changed].filter((address) => seen.has(address)).length;
  return {
    changed: [...changed],
    moving: [...moving],
    recorded: seen.size,
    equal: seen.size - moving.size - present,
    others: [...others],
  };
}

const POOL = "aws_cognito_user_pool";

/** The kind of a resource's instances; undefined for anything that belongs to no person, including a team's custom resources. */
export function kindOf(type: string, name: string): Kind | undefined {
  const kind = blockKind(name);
  if (type === "aws_cognito_user") return kind === "memberships" ? undefined : kind;
  return type === "aws_cognito_user_in_group" && kind === "memberships" ? kind : undefined;
}

function otherAddresses({ resource = {}, data = {} }: Configuration): string[] {
  return [
    ...Object.entries(resource).flatMap(([type, blocks]) =>
      Object.keys(blocks)
        .filter((name) => kindOf(type, name) === undefined)
        .map((name) => `${type}.${name}`),
    ),
    ...Object.entries(data).flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `data.${type}.${name}`),
    ),
  ];
}

/** Where a chain of moves ends for an address. */
function endOf(address: string, moves: ReadonlyMap<string, string>): string {
  let at = address;
  for (let to = moves.get(at); to !== undefined && to !== address; to = moves.get(at)) at = to;
  return at;
}

/** An account or membership in the configuration. */
interface Expected {
  readonly kind: Kind;
  readonly key: string;
  /** Of accounts only. */
  readonly attributes?: ReadonlyMap<string, string>;
  readonly enabled?: boolean;
  /** Attributes that the person controls. */
  readonly own?: ReadonlySet<string>;
}

/** Every account and membership of the configuration, by address. */
function expectedPeople({ resource = {}, locals = {} }: Configuration): Map<string, Expected> {
  const values = Object.entries(mapOf(locals, "user_values")).map(
    ([name, value]) => [textOf(name), value as Values] as const,
  );
  const lines = new Map(values);
  const expected = new Map<string, Expected>();
  for (const [type, blocks] of Object.entries(resource)) {
    for (const [name, block] of Object.entries(blocks)) {
      const kind = kindOf(type, name);
      if (kind === undefined) continue;
      const own = kind === "memberships" ? requireMembership(block, locals) : requireAccount(block, kind);
      const enabled = kind === "leaving" ? false : undefined;
      for (const [written, text] of Object.entries(forEachOf(block, locals))) {
        const key = textOf(written);
        if (textOf(text) !== key) throw new NotUnderstood(`${type}.${name} has other keys than names`);
        const address = addressOf({ type, name, key });
        if (kind === "memberships") expected.set(address, { kind, key });
        else
          expected.set(address, {
            kind,
            key,
            own,
            ...lineOf(lines.get(key)),
            ...(enabled === false && { enabled }),
          });
      }
    }
  }
  return expected;
}

function lineOf(line: Values | undefined): Pick<Expected, "attributes" | "enabled"> {
  const { attributes, enabled } = line ?? {};
  if (typeof attributes !== "object" || attributes === null || typeof enabled !== "boolean")
    throw new NotUnderstood("a person has no values");
  return {
    enabled,
    attributes: new Map(Object.entries(attributes).map(([name, text]) => [textOf(name), textOf(text)])),
  };
}

/** The arguments of an account that are compared: all others must be ignored. */
const COMPARED: Readonly<Record<string, string | undefined>> = {
  user_pool_id: "${aws_cognito_user_pool.pool.id}",
  username: "${each.key}",
  attributes: "${local.user_values[each.key].attributes}",
};
const META: ReadonlySet<string> = new Set(["//", "for_each", "lifecycle", "depends_on"]);
const ENABLED = "${local.user_values[each.key].enabled}";

/** @returns the attributes that people control */
function requireAccount(block: Values, kind: Kind): ReadonlySet<string> {
  const { ignore_changes: ignored = [] } = (block.lifecycle ?? {}) as { readonly ignore_changes?: unknown };
  if (!Array.isArray(ignored)) throw new NotUnderstood("changes of people are ignored in an unknown way");
  const whole = new Set<string>();
  const own = new Set<string>();
  for (const one of ignored) {
    const attribute = /^attributes\[("(?:[^"\\]|\\.)*")\]$/.exec(String(one))?.[1];
    if (attribute === undefined) whole.add(String(one));
    else own.add(JSON.parse(attribute) as string);
  }
  const enabled = kind === "leaving" ? false : ENABLED;
  for (const name of ["all", "enabled", ...Object.keys(COMPARED)])
    if (whole.has(name)) throw new NotUnderstood(`changes of ${name} are ignored`);
  for (const [name, value] of Object.entries(block)) {
    if (META.has(name) || (whole.has(name) && name !== "all")) continue;
    if (name === "enabled" ? value !== enabled : COMPARED[name] === undefined || value !== COMPARED[name])
      throw new NotUnderstood(`people have ${name} in a way that is not compared`);
  }
  for (const name of [...Object.keys(COMPARED), "enabled"])
    if (!(name in block)) throw new NotUnderstood(`people have no ${name}`);
  return own;
}

const MEMBERSHIP: Readonly<Record<string, RegExp>> = {
  user_pool_id: /^\$\{local\.(pool_with_people(?:_\d\d)?)\}$/,
  username: /^\$\{split\(" in ", each\.key\)\[0\]\}$/,
  group_name: /^\$\{split\(" in ", each\.key\)\[1\]\}$/,
};

function requireMembership(block: Values, locals: Values): ReadonlySet<string> {
  for (const [name, value] of Object.entries(block)) {
    if (name !== "for_each" && name !== "//" && !MEMBERSHIP[name]?.test(String(value)))
      throw new NotUnderstood(`memberships have ${name} in a way that is not compared`);
  }
  const pool = MEMBERSHIP.user_pool_id?.exec(String(block.user_pool_id))?.[1] ?? "";
  if (!String(locals[pool]).startsWith("${[aws_cognito_user_pool.pool.id, "))
    throw new NotUnderstood("memberships have another user pool");
  return new Set();
}

function forEachOf(block: Values, locals: Values): Values {
  const local = /^\$\{local\.(\w+)\}$/.exec(String(block.for_each))?.[1];
  if (local === undefined) throw new NotUnderstood("people have another for_each");
  return mapOf(locals, local);
}

function mapOf(locals: Values, name: string): Values {
  const map = locals[name];
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw new NotUnderstood(`local.${name} is no map`);
  return map as Values;
}

function textOf(written: unknown): string {
  const text = typeof written === "string" ? templateText(written) : undefined;
  if (text === undefined) throw new NotUnderstood("a value of somebody's is computed");
  return text;
}

/**
 * What the provider (5.100.0) computes, or reads only at creation: `requireAccount` makes sure that changes to these are
 * ignored.
 */
const UNCOMPARED: ReadonlySet<string> = new Set([
  ...[
    "id",
    "sub",
    "status",
    "creation_date",
    "last_modified_date",
    "mfa_setting_list",
    "preferred_mfa_setting",
  ],
  ...["temporary_password", "password", "message_action", "desired_delivery_mediums", "force_alias_creation"],
  ...["validation_data", "client_metadata"],
]);

function isEqual(expected: Expected, instance: RawInstance, poolId: string): boolean {
  const { attributes: recorded, status, sensitive_attributes: sensitive } = instance;
  if (status !== undefined || recorded == null) return false;
  const { user_pool_id, username, ...rest } = recorded;
  if (user_pool_id !== poolId) return false;
  if (expected.kind === "memberships") {
    const { group_name, id: _, ...more } = rest;
    return (
      (sensitive?.length ?? 0) === 0 &&
      Object.keys(more).length === 0 &&
      [username, group_name].join(" in ") === expected.key &&
      // Only what the configuration splits, not names that were joined differently.
      expected.key.split(" in ").length === 2
    );
  }
  const { attributes, enabled, ...more } = rest;
  if (username !== expected.key || enabled !== expected.enabled) return false;
  if (Object.keys(more).some((name) => !UNCOMPARED.has(name))) return false;
  return isSameAttributes(expected, attributes);
}

/** The provider ignores differences in `sub`; it would erase every other attribute that is in the state but not in the line. */
function isSameAttributes({ attributes = new Map(), own }: Expected, recorded: unknown): boolean {
  if (typeof recorded !== "object" || recorded === null) return false;
  const has = recorded as Values;
  const names = new Set([...attributes.keys(), ...Object.keys(has)]);
  return [...names].every((name) => name === "sub" || own?.has(name) || has[name] === attributes.get(name));
}
