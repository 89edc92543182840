import { parseRoster, type RosterRules } from "../../lib/roster/parse.ts";

/** Each problem of a roster as `line:column message → hint`. */
export function told(text: string, rules?: Partial<RosterRules>): string[] {
  return parseRoster(text, "users.json", rules).problems.map(
    ({ location, message, hint }) => `${location.line}:${location.column} ${message} → ${hint}`,
  );
}

/** A roster of one person with these fields, on one line. */
export const onePerson = (fields: string, username = "a@example.com"): string =>
  `{"users":{${JSON.stringify(username)}:${fields}}}`;
