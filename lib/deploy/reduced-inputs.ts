import { parseAddress } from "../review/plan.ts";
import { templateText } from "../stack/terraform-text.ts";
import { addressOf } from "../terraform/state.ts";
import { type Configuration, kindOf, NotUnderstood, type RawState } from "./changed-people.ts";

/** What Terraform plans from. */
export interface PlanInputs {
  readonly configuration: Configuration;
  readonly state: RawState;
}

/**
 * Removes everyone from a configuration and a state whom a plan with these targets would leave out anyway. Terraform reads and
 * evaluates all of both first, which for 10,000 people takes most of the plan's time and memory.
 *
 * With `-target`, Terraform plans the targets and whatever they depend on. So people may be removed if nothing depends on them:
 * if no resource, data source, provider or local of a team's own refers to people.
 * @param people addresses of the accounts and memberships to keep, in the configuration and in the state
 * @param passwords the variable temporary_passwords, as it is given to Terraform. @default none
 * @throws NotUnderstood if something may refer to people in a way that isn't known here
 */
export function reducedInputs(
  { configuration, state }: PlanInputs,
  people: readonly string[],
  passwords = "",
): PlanInputs {
  const kept = new Set(people);
  const maps = keptOfMaps(configuration, people);
  addNamed(maps.get(VALUES), configuration, passwords);
  const locals: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(configuration.locals ?? {})) {
    const keys = maps.get(name);
    locals[name] = keys === undefined ? value : only(value, keys);
  }
  const reduced = { ...configuration, locals };
  requireIndependence(reduced, maps);
  const resources = state.resources.map((resource) => {
    const { mode, type, name, instances } = resource;
    if (mode !== "managed" || kindOf(type, name) === undefined) return resource;
    const isKept = (key: string | number | null = null) => kept.has(addressOf({ type, name, key }));
    return { ...resource, instances: instances.filter(({ index_key: key }) => isKept(key)) };
  });
  return {
    configuration: reduced,
    state: { ...state, resources: resources.filter(({ instances }) => instances.length > 0) },
  };
}

/** What everyone's line says, by username. */
const VALUES = "user_values";
/** The subs of a block's accounts, which the output `region` compares (lib/stack/synth/identities.ts). */
const SUBS = "known_subs_of_";
const REGION = "region";

/** The keys that are kept of every map of people, by the local's name. */
function keptOfMaps(
  { resource = {}, locals = {} }: Configuration,
  people: readonly string[],
): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  const add = (local: string, key?: string | number | null) => {
    const set = keys.get(local) ?? new Set();
    keys.set(local, typeof key === "string" ? set.add(key) : set);
  };
  const localOf = new Map<string, string>();
  add(VALUES);
  for (const [type, blocks] of Object.entries(resource)) {
    for (const [name, block] of Object.entries(blocks)) {
      if (kindOf(type, name) === undefined) continue;
      const local = /^\$\{local\.(\w+)\}$/.exec(String(block.for_each))?.[1];
      if (local === undefined) throw new NotUnderstood("people have another for_each");
      localOf.set(`${type}.${name}`, local);
      add(local);
      if (`${SUBS}${name}` in locals) add(`${SUBS}${name}`);
    }
  }
  for (const address of people) {
    const place = parseAddress(address);
    const local = localOf.get(`${place?.type}.${place?.name}`);
    // Otherwise its block is gone, and with it the place for its key.
    if (place === undefined || local === undefined) continue;
    add(local, place.key);
    if (place.type === "aws_cognito_user") add(VALUES, place.key);
    if (keys.has(`${SUBS}${place.name}`)) add(`${SUBS}${place.name}`, place.key);
  }
  return keys;
}

/** Terraform checks whether the roster has everyone who is given a temporary password. */
function addNamed(keys: Set<string> | undefined, { locals = {} }: Configuration, passwords: string): void {
  if (passwords.includes("\\"))
    throw new NotUnderstood("temporary passwords have names or values with a backslash");
  if (passwords === "") return;
  for (const written of Object.keys(Object(locals[VALUES]))) {
    const name = templateText(written) ?? written;
    if (passwords.includes(name)) keys?.add(name);
  }
}

function only(map: unknown, keys: ReadonlySet<string>): object {
  return Object.fromEntries(
    Object.entries(Object(map)).filter(([key]) => keys.has(templateText(key) ?? key)),
  );
}

/** The pool, once its people are there; which people doesn't matter. */
const POOL_WITH_PEOPLE =
  /^\$\{\[aws_cognito_user_pool\.pool\.id(?:, aws_cognito_user(?:_group)?\.\w+)*\]\[0\]\}$/;
/** Goes through the subs that are left. */
const SAME_ACCOUNT =
  /^\$\{length\(\[for name, sub in local\.known_subs_of_(\w+) : name if aws_cognito_user\.\1\[name\]\.sub != sub\]\) == 0\}$/;

/** Whoever is given a temporary password is among those that are left. */
const PASSWORDS_OF_ROSTER = "setsubtract(keys(var.temporary_passwords), keys(local.user_values))";

function requireIndependence(configuration: Configuration, maps: ReadonlyMap<string, unknown>): void {
  // Moves name accounts, and refer to none.
  const { resource = {}, locals = {}, output = {}, moved: _, ...more } = configuration;
  const sections = JSON.parse(JSON.stringify(more).replaceAll(PASSWORDS_OF_ROSTER, ""));
  const people: unknown[] = [];
  const others: unknown[] = [sections];
  for (const [type, blocks] of Object.entries(resource))
    for (const [name, { for_each: each, ...block }] of Object.entries(blocks))
      if (kindOf(type, name) === undefined) others.push([each, block]);
      else people.push(block);
  for (const [name, value] of Object.entries(locals))
    if (!maps.has(name) && !POOL_WITH_PEOPLE.test(String(value))) others.push(value);
  for (const [name, { precondition = [], ...block }] of Object.entries(output)) {
    const conditions = precondition as readonly { readonly condition?: unknown }[];
    const known =
      name === REGION && conditions.every(({ condition }) => SAME_ACCOUNT.test(String(condition)));
    others.push(block, known ? [] : conditions);
  }
  // Each person only looks up their own line.
  const own = JSON.stringify(people).replaceAll(`local.${VALUES}[each.key]`, "");
  const text = `${own}${JSON.stringify(others)}`;
  const mentioned = [...text.matchAll(/\blocal\.(\w+)/g)].some(([, name]) => maps.has(name ?? ""));
  if (mentioned || /\baws_cognito_user(?:_in_group)?\./.test(text))
    throw new NotUnderstood("something else refers to people");
}
