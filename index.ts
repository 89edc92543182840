// The library's whole public API (docs/library.md): anything else may change at any time.

export { formatLocation, type Location, UserError } from "./lib/errors.ts";
export type { PersonEntry } from "./lib/review/person.ts";
export { type Limits, type Refusal, refusals } from "./lib/review/refusals.ts";
export {
  type Entry,
  type MembershipEntry,
  type ResourceEntry,
  type Review,
  type ReviewOptions,
  reviewPlan,
} from "./lib/review/review.ts";
export { loadRoster } from "./lib/roster/load.ts";
export { type ParsedRoster, parseRoster } from "./lib/roster/parse.ts";
export { type Problem, RosterError } from "./lib/roster/problem.ts";
export type { Invite, Person, Roster, RosterRules } from "./lib/roster/roster.ts";
export { rosterJsonSchema } from "./lib/roster/schema.ts";
export type { BackendSettings } from "./lib/stack/backend-settings.ts";
export { describeProblem, type SettingProblem, SettingsError } from "./lib/stack/rules/problem.ts";
export {
  type ClientSettings,
  type GroupSettings,
  type GuardSettings,
  type PoolSettings,
  rosterRules,
  type Settings,
  type StackSettings,
} from "./lib/stack/settings.ts";
export type { Adoption } from "./lib/stack/synth/import-blocks.ts";
export { CognitoRosterStack, type CognitoRosterStackProps } from "./lib/stack/synth/roster-stack.ts";
