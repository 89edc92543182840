import { counted } from "../text/words.ts";
import type { placesIn } from "./parse.ts";
import type { Problem } from "./problem.ts";
import { shown } from "./redact.ts";
import type { Roster } from "./roster.ts";
import { type Day, daysAfter, daysBetween, endings } from "./until.ts";

/** How far ahead `check` warns: enough time for a pull request that extends the access. */
const AHEAD_DAYS = 7;

/**
 * Warnings about access that ends within a week, or has ended and is still written.
 * @param roster as written
 * @param placeOf the place of each line
 */
export function endingWarnings(
  { people }: Roster,
  placeOf: ReturnType<typeof placesIn>,
  day: Day,
): Problem[] {
  return endings(people, { to: daysAfter(day, AHEAD_DAYS) }).map(({ username, group, until, owner }) => {
    const location = placeOf(username, ...(group === undefined ? ["until"] : ["groups", group]));
    const who = shown(username, "identifier", "this person");
    const what =
      group === undefined
        ? `the access of ${who}`
        : `the membership of ${who} in ${shown(group, "identifier", "a group")}`;
    const left = daysBetween(day, until);
    if (left < 0) {
      return {
        location,
        message: `${what} ended on ${until}`,
        hint:
          group === undefined
            ? 'Write "leaving": true in place of "until", or let npm run ended -- --write do it; the next deploy disables the account.'
            : "Take the membership out, or let npm run ended -- --write do it; the next deploy takes it away.",
      };
    }
    const when = left === 0 ? "today" : `in ${counted(left, "day", "days")}`;
    return {
      location,
      message: `${what} ends after ${until} (${when})`,
      hint: `If it should continue, write a later day${owner === undefined ? "" : ", as the owner knows"}; otherwise there is nothing to do.`,
    };
  });
}
