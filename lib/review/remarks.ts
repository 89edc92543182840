import type { Person, Roster } from "../roster/roster.ts";
import type { Line } from "./line.ts";

/** The roster, as far as a review shows it. */
export type Remarked = Pick<Roster, "people" | "files">;

/** What is not about a person; only a person's line begins with a username. */
const THINGS: ReadonlySet<string> = new Set(["pool", "client", "group", "other"]);

/**
 * Adds the roster's remarks to people's lines: when their access ends, their owner, their note and, if the roster is in several
 * files, the file. A deleted person is in no file any more.
 */
export function withRemarks(lines: readonly Line[], { people, files = [] }: Remarked): Line[] {
  const byName = new Map(people.map((person) => [person.username, person]));
  const fileOf = new Map(
    files.length < 2
      ? []
      : files.flatMap(({ name, people }) => people.map(({ username }) => [username, name])),
  );
  return lines.map((line) => {
    const person = THINGS.has(line.kind) ? undefined : byName.get(line.who);
    if (person === undefined) return line;
    const [remarks, file] = [remarksOf(person), fileOf.get(person.username)];
    return { ...line, ...(remarks.length > 0 && { remarks }), ...(file !== undefined && { file }) };
  });
}

function remarksOf({ owner, note, until, groupsUntil = {} }: Person): string[] {
  return [
    ...(until === undefined ? [] : [`until ${until}`]),
    ...Object.entries(groupsUntil).map(([group, day]) => `${group} until ${day}`),
    ...(owner === undefined ? [] : [`owner: ${owner}`]),
    ...(note === undefined ? [] : [`note: ${note}`]),
  ];
}

/** The files of the lines, in the roster's order; none if there is only one file. */
export function filesOf(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ file }) => file ?? []))].sort();
}
