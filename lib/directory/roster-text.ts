import { parseRoster } from "../roster/parse.ts";
import type { RosterRules } from "../roster/roster.ts";

/** A person as users.json has them; what equals the default is left out. */
export interface RosterEntry {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly email?: string;
  readonly phone?: string;
  readonly emailVerified?: false;
  readonly groups?: readonly string[];
  readonly enabled?: false;
  readonly invite?: "none";
}

/** Somebody whom a roster can't hold, and why. */
export interface LeftOut {
  /** Cognito's own username. */
  readonly username: string;
  /** The name that the person would have in the roster. */
  readonly name: string;
  readonly reason: string;
}

export interface NamedEntry {
  /** The person's key in the roster. */
  readonly name: string;
  /** Cognito's own username. */
  readonly username: string;
  readonly entry: RosterEntry;
}

/**
 * Writes a roster that `npm run check` accepts, a person a line, sorted by name so that a later one can be compared with it.
 * Whom the rules refuse is left out, with the rule's own words.
 */
export function writeRoster(
  entries: readonly NamedEntry[],
  rules: RosterRules,
): { readonly text: string; readonly written: readonly NamedEntry[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  let left = entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (;;) {
    const text = textOf(left);
    const problems = left.length === 0 ? [] : parseRoster(text, "users.json", rules).problems;
    if (problems.length === 0) return { text, written: left, leftOut };
    const reasons = new Map<NamedEntry | undefined, string>();
    for (const { location, message } of problems) {
      const entry = left[(location.line ?? 0) - FIRST_LINE];
      if (!reasons.has(entry)) reasons.set(entry, message);
    }
    const refused = left.filter((entry) => reasons.has(entry));
    // A problem that is nobody's would come back for ever: a defect of ours.
    if (refused.length === 0) throw new Error(`The written roster is refused: ${problems[0]?.message}`);
    for (const entry of refused) {
      const { username, name } = entry;
      leftOut.push({ username, name, reason: reasons.get(entry) ?? "" });
    }
    left = left.filter((entry) => !reasons.has(entry));
  }
}

/** The line on which the first person stands. */
const FIRST_LINE = 4;

function textOf(entries: readonly NamedEntry[]): string {
  const people = entries.map(({ name, entry }) => `    ${JSON.stringify(name)}: ${spaced(entry)}`);
  return `{\n  "$schema": "./users.schema.json",\n  "users": {\n${people.join(",\n")}\n  }\n}\n`;
}

/** JSON on one line, with the spaces that a person would write. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
