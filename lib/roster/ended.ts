import { type Edits, editJson, ItemsGone, type JsonValue } from "./edit-json.ts";
import { parseRosterFiles, type RosterText } from "./parse.ts";
import { RosterError } from "./problem.ts";
import type { GivenRules, Person, Roster } from "./roster.ts";
import { type Day, daysAfter, type Ending, endings } from "./until.ts";

/** Access that has ended, with the file that still contains it. */
export interface Ended extends Ending {
  /** From the repository's root. */
  readonly file: string;
}

/** What has ended, and the files with it recorded. */
export interface WrittenDown {
  readonly ended: readonly Ended[];
  /** The new texts of the files that change. */
  readonly texts: readonly RosterText[];
}

/**
 * Records what has ended by its `until`: a person gets `"leaving": true` in its place, a membership is removed. A deploy treats
 * both the same way, before and after. Everything else stays unchanged to the byte.
 * @param roster as written, from `texts`
 * @param rules that the roster was read with
 * @throws RosterError (exit 2) if the result is not a valid roster, which would be a defect of this package
 */
export function writeDownEnded(
  roster: Roster,
  texts: readonly RosterText[],
  rules: GivenRules,
  day: Day,
): WrittenDown {
  const over = { to: daysAfter(day, -1) };
  const partOf = (name: string): readonly Person[] =>
    roster.files === undefined
      ? roster.people
      : (roster.files.find((part) => part.name === name)?.people ?? []);
  const ended: Ended[] = [];
  const changed = texts.flatMap((text) => {
    const people = partOf(text.name);
    const here = endings(people, over);
    ended.push(...here.map((one) => ({ ...one, file: text.name })));
    if (here.length === 0) return [];
    const byName = new Map(people.map((person) => [person.username, person]));
    const edits = new Map<string, Edits>();
    for (const { username } of here) {
      const person = byName.get(username);
      if (person !== undefined) edits.set(username, editsOf(person, here));
    }
    return [{ ...text, text: editJson(text.text, new Map([["users", edits]])) }];
  });
  const whole = texts.map((text) => changed.find(({ name }) => name === text.name) ?? text);
  const parsed = parseRosterFiles(whole, roster.file, rules);
  if (parsed.roster === undefined) throw new RosterError(roster.file, parsed.problems);
  return { ended, texts: changed };
}

function editsOf({ username, groups }: Person, ended: readonly Ending[]): Edits {
  const its = ended.filter((one) => one.username === username);
  const gone = new Set(its.flatMap(({ group }) => group ?? []));
  if (its.some(({ group }) => group === undefined))
    return new Map<string, JsonValue | undefined>([
      ["until", undefined],
      ["leaving", true],
    ]);
  const indexes = groups.flatMap((group, index) => (gone.has(group) ? [index] : []));
  return new Map<string, ItemsGone | undefined>([
    ["groups", indexes.length === groups.length ? undefined : new ItemsGone(indexes)],
  ]);
}
