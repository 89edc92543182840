import type { Person, RosterRules } from "../../roster/roster.ts";
import { csvText } from "../../text/csv.ts";
import { keyOf, pathOf, type Target, targetsOf } from "./columns.ts";
import { namesCell, toCell } from "./values.ts";

/** For Excel, which otherwise assumes the system's own encoding. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * A roster as CSV (RFC 4180, CRLF) whose header `import-users -- --csv` can read without a mapping; every field in use gets a
 * column. Cells that a spreadsheet would calculate or convert begin with an apostrophe, and are read back unchanged.
 */
export function sheetText(people: readonly Person[], rules: RosterRules): string {
  const key = keyOf(rules);
  const implied = impliedBy(rules);
  const columns = targetsOf(rules).filter(
    (target) => target === key || people.some((person) => cellOf(person, target, rules) !== undefined),
  );
  const rows = people.map((person) =>
    columns.map((target) => {
      const text = cellOf(person, target, rules) ?? implied[target];
      return text === undefined ? undefined : toCell(text);
    }),
  );
  return BYTE_ORDER_MARK + csvText(columns.map(toCell), rows);
}

/** The value to write if the roster has none: a cell that is neither yes nor no would be a problem. */
const impliedBy = ({ signInWith }: Pick<RosterRules, "signInWith">): Readonly<Record<Target, string>> => ({
  enabled: "yes",
  emailVerified: "yes",
  phoneVerified: "yes",
  leaving: "no",
  invite: signInWith === "phone" ? "sms" : "email",
});

/** @returns undefined for a default or missing value */
function cellOf(person: Person, target: Target, rules: RosterRules): string | undefined {
  if (target === keyOf(rules)) return person.username;
  const [field, attribute] = pathOf(target);
  if (field === "attributes" && attribute !== undefined)
    return Object.hasOwn(person.attributes, attribute) ? person.attributes[attribute] : undefined;
  const value = person[field as Exclude<keyof Person, "attributes" | "groupsUntil">];
  if (value === undefined) return undefined;
  const implied = impliedBy(rules)[target];
  if (typeof value === "boolean") {
    const word = value ? "yes" : "no";
    return word === implied ? undefined : word;
  }
  if (typeof value === "string") return value === implied ? undefined : value;
  return value.length === 0 ? undefined : namesCell(value);
}

/** Whether a file's content could be an export, by its first column. */
export function isExportedSheet(content: Buffer): boolean {
  return /^\ufeff(?:email|username|phone)[,\r]/.test(content.subarray(0, 40).toString());
}
