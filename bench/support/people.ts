import { person } from "../../__tests__/support/people.ts";
import type { Person } from "../../lib/roster/roster.ts";

const GROUPS = ["all", "staff", "readers"];

/** @param groups how many groups everyone is in */
export function people(count: number, groups = 0): Person[] {
  return Array.from({ length: count }, (_, index) =>
    person(`person${index}@example.com`, {
      attributes: { name: `Person ${index}` },
      groups: GROUPS.slice(0, groups),
    }),
  );
}

/** The same people as entries of a roster. */
export function entries(count: number, groups = 0): Record<string, object> {
  return Object.fromEntries(
    people(count, groups).map(({ username, attributes, groups: own }) => [
      username,
      { attributes, ...(own.length > 0 && { groups: own }) },
    ]),
  );
}
