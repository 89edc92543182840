import { EXIT, UserError } from "../errors.ts";
import type { Roster } from "../roster/roster.ts";
import { type AskedDay, type Day, DEFAULT_TIME_ZONE, dayIn, daysAfter, endings } from "../roster/until.ts";
import { commandLine } from "../shell.ts";
import type { Settings } from "../stack/settings.ts";

export interface DayOptions {
  /** From `--on` or ROSTER_DAY. @default not given */
  readonly asked: AskedDay | undefined;
  /** A kept plan and the day that it was made for. @default a new plan is made */
  readonly plan?: { readonly file: string; readonly day?: Day | undefined } | undefined;
  /** Whether the plan is to be applied. */
  readonly deploys: boolean;
  readonly now: Date;
}

/**
 * The day of a plan or a deploy. A plan may be for any day. A deploy is for today: a future day would take access away early,
 * and a past one would restore what has ended. A kept plan keeps its day, because it is applied as reviewed; the next deploy
 * takes away what has ended since.
 * @throws UserError (exit 3) for a day that may not be deployed
 */
export function dayOf(
  { timeZone = DEFAULT_TIME_ZONE }: Pick<Settings, "timeZone">,
  { asked, plan, deploys, now }: DayOptions,
): { readonly day: Day; readonly notices: (written: Roster) => string[] } {
  const today = dayIn(timeZone, now);
  const day = plan?.day ?? (plan === undefined ? asked?.day : undefined) ?? today;
  if (deploys && plan !== undefined && day > today) {
    throw new UserError(`REFUSED: ${plan.file} was made for ${day}, and today is ${today} (${timeZone})`, {
      why: "It was made to look ahead: access that has not ended yet would be taken away.",
      next: [`make one for today: ${commandLine`npm run plan -- --out ${plan.file}`}`],
      exitCode: EXIT.refused,
    });
  }
  if (deploys && asked !== undefined && asked.day !== today && asked.day !== plan?.day)
    throw elsewhen(asked, today, timeZone);
  return { day, notices: (written) => (plan === undefined ? [] : since(written, day, today)) };
}

function elsewhen({ day, by }: AskedDay, today: Day, timeZone: string): UserError {
  return new UserError(`REFUSED: ${by} says ${day}, and a deploy is for today, ${today} (${timeZone})`, {
    why:
      day > today
        ? "Access that has not ended yet would be taken away."
        : "Access that has ended would be given back.",
    next: [`to look only: ${commandLine`npm run plan -- --on ${day}`}`, `to deploy: without ${by}`],
    exitCode: EXIT.refused,
  });
}

/** What has ended since a kept plan was made; the plan is still applied as reviewed. */
function since({ people }: Roster, day: Day, today: Day): string[] {
  const ended = day < today ? endings(people, { from: day, to: daysAfter(today, -1) }) : [];
  if (ended.length === 0) return [];
  const names = [...new Set(ended.map(({ username }) => username))];
  return [
    `The plan was made for ${day}, and is applied as it was reviewed. Access has ended since (${names.join(", ")}): the next deploy takes it away.`,
  ];
}
