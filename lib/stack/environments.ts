import type { EnvironmentSettings, Settings } from "./settings.ts";

/** A name is part of a stack's name, of file names and of a command line, and GitHub's environments use it as well. */
export const ENVIRONMENT_NAME = /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/**
 * The names of the environments, in the order of config.ts.
 * @param settings what config.ts exports, valid or not
 * @returns none if the settings are the only environment
 */
export function environmentsOf(settings: Pick<Settings, "environments">): readonly string[] {
  const { environments } = Object(settings) as Settings;
  return isPlain(environments) ? Object.keys(environments) : [];
}

/** What config.ts has for one environment. @returns nothing if it has none of this name */
export function environmentIn(
  { environments }: Pick<Settings, "environments">,
  name: string,
): EnvironmentSettings | undefined {
  const found = isPlain(environments) && Object.hasOwn(environments, name) ? environments[name] : undefined;
  return isPlain(found) ? (found as EnvironmentSettings) : undefined;
}

/** Whether commands that change something in this environment ask for its name. */
export function isProtected(settings: Pick<Settings, "environments">, name: string | undefined): boolean {
  return name !== undefined && environmentIn(settings, name)?.protected === true;
}

/**
 * The settings of one environment: the common ones with its overrides, and a stack of its own. The result is ordinary settings;
 * no later code knows of environments.
 * @param settings what config.ts exports
 * @param name one of {@link environmentsOf}. @default the common settings, as they are
 */
export function settingsOf(settings: Settings, name?: string): Settings {
  const { environments: _, ...common } = settings;
  if (name === undefined) return environmentsOf(settings).length > 0 ? common : settings;
  const { protected: __, ...own } = environmentIn(settings, name) ?? {};
  // A stack that is missing, or isn't text, is a problem of the common settings.
  const stack = typeof common.stack === "string" ? `${common.stack}-${name}` : common.stack;
  return merged(common, { ...own, stack: own.stack ?? stack }) as Settings;
}

function merged(common: unknown, own: unknown): unknown {
  if (!isPlain(own)) return own;
  // If it is of another kind, such as another backend, nothing of the old value stays.
  const other = isPlain(common) && Object.hasOwn(own, "type") && own.type !== common.type;
  const all = new Map(isPlain(common) && !other ? Object.entries(common) : []);
  for (const [key, value] of Object.entries(own)) {
    if (value === undefined) all.delete(key);
    // In Terraform's arguments, undefined removes a default.
    else if (key === "asIs") all.set(key, { ...Object(all.get(key)), ...Object(value) });
    else all.set(key, merged(all.get(key), value));
  }
  // Not by assignment: a group may be called __proto__.
  return Object.fromEntries(all);
}

/** An object literal; an object that a library has created is a value. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
