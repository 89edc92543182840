import { removalLimit } from "../stack/guards.ts";
import type { Settings } from "../stack/settings.ts";
import type { Limits } from "./verdict.ts";

/** What this run may do: the team's guards, and the exceptions that were asked for. */
export interface LimitOptions {
  readonly settings: Settings;
  /** Instead of the guards' `maxRemovals`. */
  readonly allowRemovals?: number | undefined;
  readonly allowReplace: readonly string[];
}

/**
 * @param deployed how many people are deployed now
 * @throws UserError (exit 2) for guards that make no sense
 */
export function limitsOf(
  { settings, allowRemovals, allowReplace }: LimitOptions,
  deployed: number,
): Required<Limits> {
  const { guards = {}, destroyable = false } = settings;
  return {
    removals: allowRemovals ?? removalLimit(guards, deployed),
    destroyable,
    replaceable: allowReplace,
    required: guards.required ?? [],
  };
}
