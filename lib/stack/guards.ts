import { EXIT, UserError } from "../errors.ts";
import { fold } from "../roster/formats.ts";
import type { Problem } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Roster } from "../roster/roster.ts";
import type { GuardSettings } from "./settings.ts";

/** prow's peribolos stops at a quarter of an organisation; people who lose their accounts deserve more care. */
const DEFAULT_PART = 0.1;
const DEFAULT_COUNT = 3;

/**
 * What is wrong with this roster by the guards that hold wherever it is synthesized.
 * @throws UserError (exit 2) when the guards themselves make no sense
 */
export function guardProblems(guards: GuardSettings, { file, people }: Roster): Problem[] {
  const { required = [], minPeople = 1 } = guards;
  if (!Number.isInteger(minPeople) || minPeople < 0)
    throw invalidGuard("minPeople", minPeople, "a whole number");
  removalLimit(guards, 0);
  const at = (message: string, hint: string) => ({ location: { file }, message, hint });
  const staying = people.filter(({ leaving }) => !leaving);
  const byName = new Map(people.map((person) => [person.username, person]));

  const problems = required.flatMap((username) => {
    const name = quote(username);
    const way = `Take the change back, or take ${name} out of guards.required in config.ts first.`;
    const person = byName.get(username);
    if (person === undefined) {
      const alike = people.find((other) => fold(other.username) === fold(username));
      return alike
        ? at(`${name} is required, but written ${quote(alike.username)}`, "Write it the same in both places.")
        : at(`${name} is required by config.ts, but not in the roster`, way);
    }
    if (person.leaving) return at(`${name} is required by config.ts, but leaving`, way);
    return person.enabled ? [] : at(`${name} is required by config.ts, but not enabled`, way);
  });
  if (staying.length < minPeople) {
    problems.push(
      at(
        `only ${staying.length} of at least ${minPeople} people would stay`,
        "Is a part of the file missing? If it is right, lower guards.minPeople in config.ts.",
      ),
    );
  }
  return problems;
}

/**
 * How many people a deploy may delete and disable.
 * @param deployed how many are deployed now
 * @throws UserError (exit 2) for a setting that makes no sense
 */
export function removalLimit({ maxRemovals }: GuardSettings, deployed: number): number {
  if (maxRemovals === undefined) return Math.max(DEFAULT_COUNT, Math.floor(deployed * DEFAULT_PART));
  if (typeof maxRemovals === "number") {
    if (Number.isInteger(maxRemovals) && maxRemovals >= 0) return maxRemovals;
  } else {
    const percent = /^\d+(?:\.\d+)?%$/.test(maxRemovals) ? Number.parseFloat(maxRemovals) : Number.NaN;
    if (percent <= 100) return Math.floor((deployed * percent) / 100);
  }
  throw invalidGuard("maxRemovals", maxRemovals, 'a whole number, or a part such as "10%"');
}

function invalidGuard(setting: string, value: unknown, wanted: string): UserError {
  return new UserError(`config.ts: guards.${setting} is ${JSON.stringify(value)}`, {
    next: [`write ${wanted}`],
    exitCode: EXIT.wrong,
  });
}
