import { type ChangesOptions, changesOf } from "../../../lib/directory/spreadsheet/changes.ts";
import { mapColumns, parseMapping } from "../../../lib/directory/spreadsheet/columns.ts";
import { checkedCountry } from "../../../lib/directory/spreadsheet/phones.ts";
import { readPeople, readTable } from "../../../lib/directory/spreadsheet/sheet.ts";
import { parseRoster } from "../../../lib/roster/parse.ts";
import { type GivenRules, withDefaults } from "../../../lib/roster/roster.ts";

export const NOBODY = '{\n  "$schema": "./users.schema.json",\n  "users": {}\n}\n';

interface ReadOptions {
  readonly rules?: GivenRules;
  readonly map?: string;
  readonly country?: string;
  readonly encoding?: string;
}

/** What hr.csv says. */
export function read(content: string | Uint8Array, { rules, map, country, encoding }: ReadOptions = {}) {
  const pool = withDefaults(rules ?? {});
  const given = map === undefined ? undefined : parseMapping(map, pool);
  const table = readTable(Buffer.from(content), { file: "hr.csv", rules: pool, given, encoding });
  const mapping = mapColumns(table.headers, pool, given);
  return readPeople(table, mapping, pool, country === undefined ? undefined : checkedCountry(country));
}

/** What hr.csv changes of a roster. */
export function changes(
  roster: string,
  content: string | Uint8Array,
  {
    rules,
    guards = {},
    leavers = false,
    allowRemovals,
    ...how
  }: ReadOptions & Partial<Pick<ChangesOptions, "guards" | "leavers" | "allowRemovals">> = {},
) {
  const pool = withDefaults(rules ?? {});
  const people = parseRoster(roster, "users.json", pool).roster?.people ?? [];
  const files = [{ text: roster, file: "users.json", name: "users.json", people }];
  const options = { rules: pool, guards, called: "users.json", leavers, allowRemovals };
  return changesOf(read(content, { ...how, rules: rules ?? {} }), files, options);
}
