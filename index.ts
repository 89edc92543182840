// The library's whole surface (docs/library.md): what is not here may change at any time.

export { formatLocation, type Location, UserError } from "./lib/errors.ts";
export type { PersonEntry } from "./lib/review/person-entry.ts";
export {
  type Entry,
  type MembershipEntry,
  type ResourceEntry,
  type Review,
  type ReviewOptions,
  reviewPlan,
} from "./lib/review/review.ts";
export { type Limits, type Refusal, refusals } from "./lib/review/verdict.ts";
export { loadRoster } from "./lib/roster/load.ts";
export { type ParsedRoster, parseRoster } from "./lib/roster/parse.ts";
export { type Problem, RosterError } from "./lib/roster/problem.ts";
export type { Invite, Person, Roster, RosterRules } from "./lib/roster/roster.ts";
export { rosterJsonSchema } from "./lib/roster/schema.ts";
export type { Adoption } from "./lib/stack/adoption.ts";
export type { BackendSettings } from "./lib/stack/backend.ts";
export type { ClientSettings } from "./lib/stack/client-settings.ts";
export type { GuardSettings } from "./lib/stack/guards.ts";
export { CognitoRosterStack, type CognitoRosterStackProps } from "./lib/stack/roster-stack.ts";
export { describeProblem, type SettingProblem, SettingsError } from "./lib/stack/setting-problem.ts";
export type { PoolSettings, StackSettings } from "./lib/stack/settings.ts";
