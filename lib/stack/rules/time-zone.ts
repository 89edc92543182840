import { quote } from "../../roster/redact.ts";
import { isTimeZone } from "../../roster/until.ts";
import { type SettingProblem, wrong } from "./problem.ts";

/** Source: the IANA time zone database that comes with Node.js. */
export function* timeZoneProblems(timeZone: string | undefined): Generator<SettingProblem> {
  if (timeZone === undefined || isTimeZone(timeZone)) return;
  yield wrong({
    setting: "timeZone",
    message: `${quote(timeZone)} is not a time zone`,
    why: 'It decides when the last day of an "until" is over.',
    next: 'Write a name of the IANA time zone database, such as "Asia/Tokyo", "Europe/Berlin" or "UTC".',
  });
}
