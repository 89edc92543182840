import { parseRoster } from "../../lib/roster/parse.ts";
import type { GivenRules } from "../../lib/roster/roster.ts";

/** Each problem of a roster as `line:column message → hint`. */
export function told(text: string, rules?: GivenRules): string[] {
  return parseRoster(text, "users.json", rules).problems.map(
    ({ location, message, hint }) => `${location.line}:${location.column} ${message} → ${hint}`,
  );
}

/** A roster of one person with these fields, on one line. */
export const onePerson = (fields: string, username = "a@example.com"): string =>
  `{"users":{${JSON.stringify(username)}:${fields}}}`;
