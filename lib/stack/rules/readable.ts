import type { SettingProblem } from "./problem.ts";

/** A rule asked for a setting whose value can't be read. */
class Unreadable extends Error {}

/**
 * A copy of the settings in which an unreadable value ends the rule that asks for it, instead of counting as left out: a rule
 * would otherwise find `mfaFactors` without `mfa` where `mfa` is only misspelt. Loops over names don't see such a setting.
 * @param paths of the unreadable values, missing ones included, from `settings` on
 */
export function readablePart<T>(settings: T, paths: readonly (readonly PropertyKey[])[]): T {
  if (paths.length === 0) return settings;
  const copy = Array.isArray(settings) ? [...settings] : { ...Object(settings) };
  for (const name of new Set(paths.map(([first]) => first))) {
    if (name === undefined) continue;
    const inner = paths.filter(([first]) => first === name).map(([, ...rest]) => rest);
    if (inner.some(({ length }) => length === 0)) Object.defineProperty(copy, name, UNREADABLE);
    else Object.defineProperty(copy, name, { value: readablePart(Object(copy)[name], inner) });
  }
  return copy;
}

const UNREADABLE: PropertyDescriptor = {
  enumerable: false,
  get() {
    throw new Unreadable();
  },
};

/** What a rule finds before it needs an unreadable setting, which is reported itself. */
export function* asFarAsReadable(rule: () => Iterable<SettingProblem>): Generator<SettingProblem> {
  try {
    yield* rule();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}
