import type { Roster } from "../roster/roster.ts";
import { type Day, daysAfter, type Ending, endings } from "../roster/until.ts";

/** A roster as written, and the day to evaluate it for. */
export interface Dated {
  readonly written: Pick<Roster, "people">;
  readonly day: Day;
}

/**
 * What ends by itself around a day: has ended and is still written, ends in the same week (until Sunday), or in the next one.
 */
export interface EndingWeeks {
  readonly ended: readonly Ending[];
  readonly thisWeek: readonly Ending[];
  readonly nextWeek: readonly Ending[];
}

/** How far ahead a review looks. Weeks are ISO 8601's, from Monday to Sunday. */
export function endingWeeks({ written: { people }, day }: Dated): EndingWeeks {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const sunday = daysAfter(day, (7 - weekday) % 7);
  return {
    ended: endings(people, { to: daysAfter(day, -1) }),
    thisWeek: endings(people, { from: day, to: sunday }),
    nextWeek: endings(people, { from: daysAfter(sunday, 1), to: daysAfter(sunday, 7) }),
  };
}

/** A person's access as a sentence names it: "hanako@example.com (2026-12-31)", "taro@example.com in admins (2026-12-31)". */
const called = ({ username, group, until }: Ending) =>
  `${username}${group === undefined ? "" : ` in ${group}`} (${until})`;

/** Each named, since a review has to say who loses what; earliest first. */
const listed = (ending: readonly Ending[]) =>
  ending
    .toSorted((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : 0))
    .map(called)
    .join(", ");

/** The same in sentences; none if nothing ends. */
export function endingNotices(dated: Dated): string[] {
  const { ended, thisWeek, nextWeek } = endingWeeks(dated);
  return [
    ...(ended.length > 0
      ? [`Access that has ended by its "until": ${listed(ended)}. To write it down: npm run ended -- --write`]
      : []),
    ...(thisWeek.length > 0 ? [`Access that ends this week, after its last day: ${listed(thisWeek)}`] : []),
    ...(nextWeek.length > 0 ? [`Access that ends next week, after its last day: ${listed(nextWeek)}`] : []),
  ];
}
