import { z } from "zod";
import { EXIT, UserError } from "../errors.ts";
import { quote } from "./redact.ts";
import type { Person, Roster } from "./roster.ts";

/** A calendar day as written in rosters: `2026-12-31` (ISO 8601). Two of them compare as texts. */
export type Day = string;

const DAY_MS = 86_400_000;

const CALENDAR = z.iso.date();

/** Whether a text is an existing calendar day. */
export const isDay = (text: string): text is Day => CALENDAR.safeParse(text).success;

/** The day this many days after another one. Calendar days have no hours, so clock changes don't matter. */
export function daysAfter(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days one day is after another; negative if it is before. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The time zone that access ends in, if config.ts names none. */
export const DEFAULT_TIME_ZONE = "UTC";

/** Whether a name is a time zone of the IANA database, as this Node.js knows it. An offset such as `+09:00` is none. */
export function isTimeZone(name: string): boolean {
  // It has no daylight saving time, and means nothing to a reader; later versions of Node.js accept it.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The current day in a time zone.
 * @param timeZone of the IANA database
 */
export function dayIn(timeZone: string, instant: Date): Day {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(instant);
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month").padStart(2, "0")}-${part("day").padStart(2, "0")}`;
}

/** The environment variable that sets the day for every command, including plain `cdktf`. */
const DAY_VARIABLE = "ROSTER_DAY";

/** A requested day: `--on`, or ROSTER_DAY. */
export interface AskedDay {
  readonly day: Day;
  /** Where it comes from, as messages name it. */
  readonly by: string;
}

/**
 * The requested day.
 * @param on the value of `--on`; takes precedence over the environment variable
 * @returns undefined if none was requested: it is today
 * @throws UserError (exit 2) for an invalid day
 */
export function askedDay(env: NodeJS.ProcessEnv, on?: string): AskedDay | undefined {
  const [day, by] = on === undefined ? [env[DAY_VARIABLE], DAY_VARIABLE] : [on, "--on"];
  if (day === undefined || day === "") return undefined;
  if (!isDay(day)) {
    throw new UserError(`${by} is not a day of the calendar: ${quote(day)}`, {
      why: "It decides whose access has ended.",
      next: ["write it as 2026-12-31 (YYYY-MM-DD)"],
      exitCode: EXIT.wrong,
    });
  }
  return { day, by };
}

/**
 * The day that this run is for: the requested one, or today.
 * @param timeZone of config.ts. @default "UTC"
 * @throws UserError (exit 2), like {@link askedDay}
 */
export function dayOfRun(
  { timeZone = DEFAULT_TIME_ZONE }: { readonly timeZone?: string | undefined },
  { env, on, now = new Date() }: { env: NodeJS.ProcessEnv; on?: string | undefined; now?: Date },
): Day {
  return askedDay(env, on)?.day ?? dayIn(timeZone, now);
}

/** Access ends when its last day is over. */
export const hasEnded = (until: Day | undefined, day: Day): boolean => until !== undefined && until < day;

/**
 * The roster as it is on a day: people whose `until` is over are leaving, and memberships whose `until` is over are gone.
 * Everything that is deployed, checked by guards or shown as the current state uses this.
 * @returns the same roster if nothing has ended
 */
export function rosterOn(roster: Roster, day: Day): Roster {
  if (roster.people.every((person) => personOn(person, day) === person)) return roster;
  const people = roster.people.map((person) => personOn(person, day));
  const now = new Map(people.map((person) => [person.username, person]));
  const files = roster.files?.map((part) => ({
    ...part,
    people: part.people.map((person) => now.get(person.username) ?? person),
  }));
  return { ...roster, people, ...(files && { files }) };
}

function personOn(person: Person, day: Day): Person {
  const { groups, groupsUntil = {}, until } = person;
  const leaves = !person.leaving && hasEnded(until, day);
  const staying = groups.filter((group) => !hasEnded(untilOf(groupsUntil, group), day));
  if (!leaves && staying.length === groups.length) return person;
  return { ...person, groups: staying, ...(leaves && { leaving: true }) };
}

/** Not by a plain property: a group may be called `constructor`. */
const untilOf = (groupsUntil: Readonly<Record<string, Day>>, group: string): Day | undefined =>
  Object.hasOwn(groupsUntil, group) ? groupsUntil[group] : undefined;

/** Access that ends by itself: a person's, or one membership. */
export interface Ending {
  readonly username: string;
  /** @default the whole account */
  readonly group?: string;
  /** The last day. */
  readonly until: Day;
  /** Who is responsible for the account. @default not specified */
  readonly owner?: string;
}

/**
 * What ends by itself, in the order of the roster.
 * @param people as written, not as they are on a day
 * @param during which last days count
 */
export function endings(
  people: readonly Person[],
  during: { readonly from?: Day; readonly to: Day },
): Ending[] {
  const counts = (until: Day | undefined): until is Day =>
    until !== undefined && until <= during.to && (during.from === undefined || until >= during.from);
  return people.flatMap(({ username, groups, groupsUntil = {}, until, owner, leaving }) => {
    // A person who is leaving has already lost everything.
    if (leaving) return [];
    const its = owner === undefined ? { username } : { username, owner };
    if (counts(until)) return [{ ...its, until }];
    return groups.flatMap((group) => {
      const ends = untilOf(groupsUntil, group);
      return counts(ends) ? [{ ...its, group, until: ends }] : [];
    });
  });
}
