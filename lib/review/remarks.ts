import type { Person, Roster } from "../roster/roster.ts";
import type { Line } from "./line.ts";

/** The roster, as far as a review shows it. */
export type Remarked = Pick<Roster, "people" | "files">;

/** What is of no person; only a line of a person's begins with a username. */
const THINGS: ReadonlySet<string> = new Set(["pool", "client", "group", "other"]);

/**
 * Adds to people's lines what the roster says beside them: their owner, their note and, where the roster is in several files, which
 * one has them. Whoever is deleted is in no file any more.
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

function remarksOf({ owner, note }: Person): string[] {
  return [
    ...(owner === undefined ? [] : [`owner: ${owner}`]),
    ...(note === undefined ? [] : [`note: ${note}`]),
  ];
}

/** The files that lines are of, in the roster's order; none where it is one file. */
export function filesOf(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ file }) => file ?? []))].sort();
}
