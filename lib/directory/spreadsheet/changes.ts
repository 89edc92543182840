import { EXIT, UserError } from "../../errors.ts";
import { type Edits, editJson, type JsonValue } from "../../roster/edit-json.ts";
import { fold } from "../../roster/formats.ts";
import { writtenMemberships } from "../../roster/memberships.ts";
import { parseRosterFiles, type RosterText } from "../../roster/parse.ts";
import { quote } from "../../roster/redact.ts";
import type { Person, RosterRules } from "../../roster/roster.ts";
import { commandLine } from "../../shell.ts";
import { guardProblems, removalLimit } from "../../stack/guards.ts";
import type { GuardSettings } from "../../stack/settings.ts";
import { counted } from "../../text/words.ts";
import { pathOf, type Target } from "./columns.ts";
import { type CellProblem, problemsAtCells } from "./problems-at-cells.ts";
import type { Sheet, SheetPerson, Value } from "./sheet.ts";

/** A field that differs, with the spreadsheet's and the roster's value. */
export interface FieldChange {
  readonly field: Target;
  /** Missing if the roster has no value. */
  readonly from?: Exclude<Value, undefined>;
  /** Missing if the spreadsheet has no value: the field is removed. */
  readonly to?: Exclude<Value, undefined>;
}

export interface PersonChange {
  readonly username: string;
  /** The roster's file, from the repository's root. */
  readonly file: string;
  /** The cell with the name. */
  readonly cell: string;
  readonly fields: readonly FieldChange[];
}

/** A person in the roster who isn't in the spreadsheet. */
export interface Missing {
  readonly username: string;
  readonly file: string;
  /** Why nothing is proposed, although missing people are to leave. */
  readonly kept?: string;
}

/** What a spreadsheet changes in a roster. */
export interface SheetChanges {
  readonly joins: readonly PersonChange[];
  readonly changes: readonly PersonChange[];
  /** People who get `"leaving": true`. */
  readonly leaving: readonly Missing[];
  /** Missing from the spreadsheet, and left unchanged. */
  readonly missing: readonly Missing[];
  /** In the spreadsheet, although leaving according to the roster: left unchanged. */
  readonly comingBack: readonly string[];
  /** The new texts of changed files. */
  readonly texts: readonly RosterText[];
  /** Why the result may not be written, with the cell of each problem. */
  readonly problems: readonly CellProblem[];
  /** Points worth checking. */
  readonly warnings: readonly CellProblem[];
  /** A guard's refusal of a result that could be written. */
  readonly refusal?: UserError;
}

/** A current file of the roster. */
export interface RosterFile extends RosterText {
  readonly people: readonly Person[];
}

export interface ChangesOptions {
  readonly rules: RosterRules;
  readonly guards: GuardSettings;
  /** The whole roster's name in messages. */
  readonly called: string;
  /** The name of the file for new people; missing people are then looked for only there. @default the only file */
  readonly into?: string | undefined;
  /** Whether people who aren't in the spreadsheet leave. @default false: it may list only some of the people */
  readonly leavers?: boolean;
  /** How many people may lose access. @default guards.maxRemovals */
  readonly allowRemovals?: number | undefined;
}

/**
 * Compares a spreadsheet with the roster. Fields without a column stay unchanged; an empty cell in a column removes the
 * value. The result is checked as `npm run check` does; no line is ever deleted.
 * @param files all files of the roster
 * @throws UserError (exit 2) if someone joins and the file to use is unknown
 */
export function changesOf(sheet: Sheet, files: readonly RosterFile[], options: ChangesOptions): SheetChanges {
  const { rules, guards, called, leavers = false, into } = options;
  const known = new Map(
    files.flatMap(({ name, people }) =>
      people.map((person) => [fold(person.username), { person, name }] as const),
    ),
  );
  const edits = new Map<string, Map<string, Edits>>(files.map(({ name }) => [name, new Map()]));
  const rows = new Map<string, SheetPerson>();
  const joins: PersonChange[] = [];
  const changes: PersonChange[] = [];
  const comingBack: string[] = [];
  for (const row of sheet.people) {
    const found = known.get(fold(row.username));
    // People in the roster keep their name as it is spelled there.
    const username = found?.person.username ?? row.username;
    const file = found?.name ?? newcomersFile(files, into, row.username);
    rows.set(username, row);
    const fields = fieldsOf(row, found?.person);
    const change = { username, file, cell: row.placeOf("").cell, fields };
    if (found === undefined) joins.push(change);
    else if (fields.length > 0) changes.push(change);
    if (found?.person.leaving && !row.values.has("leaving")) comingBack.push(username);
    if (found === undefined || fields.length > 0)
      edits.get(file)?.set(username, editsOf(fields, found?.person));
  }

  const required = new Set((guards.required ?? []).map(fold));
  const leaving: Missing[] = [];
  const missing: Missing[] = [];
  for (const { name: file, people } of files) {
    if (into !== undefined && file !== into) continue;
    for (const { username, invite, leaving: leavesAlready } of people) {
      if (rows.has(username)) continue;
      if (leavesAlready) continue;
      const kept = !leavers
        ? undefined
        : required.has(fold(username))
          ? "required by config.ts"
          : invite === "none"
            ? "an account without an invitation"
            : undefined;
      if (leavers && kept === undefined) {
        leaving.push({ username, file });
        edits.get(file)?.set(username, new Map([["leaving", true]]));
      } else missing.push({ username, file, ...(kept && { kept }) });
    }
  }

  const whole = files.map(({ name, file, text }) => {
    const people = edits.get(name) ?? new Map();
    return { name, file, text: people.size === 0 ? text : editJson(text, new Map([["users", people]])) };
  });
  const texts = whole.filter(({ text }, index) => text !== files[index]?.text);
  const parsed = parseRosterFiles(whole, called, rules);
  const guarded = parsed.roster === undefined ? [] : guardProblems(guards, parsed.roster);
  const at = problemsAtCells(rows, whole);
  const refusal = removalRefusal(files, leaving, changes, options);
  return {
    joins,
    changes,
    leaving,
    missing,
    comingBack,
    texts,
    problems: [...parsed.problems.map(at), ...guarded.map((problem) => ({ cell: "", ...problem }))],
    warnings: parsed.warnings.map(at).filter(({ cell }) => cell !== ""),
    ...(refusal && { refusal }),
  };
}

function newcomersFile(files: readonly RosterFile[], into: string | undefined, username: string): string {
  const [only, ...more] = files;
  if (into !== undefined) return into;
  if (only !== undefined && more.length === 0) return only.name;
  throw new UserError("The roster has several files: choose one", {
    why: `${quote(username)} joins, but the file is unknown.`,
    next: ["choose the file for newcomers: --into FILE"],
    exitCode: EXIT.wrong,
  });
}

/** A field's value when the roster omits it. */
const DEFAULTS: Readonly<Record<string, Value>> = {
  enabled: true,
  emailVerified: true,
  phoneVerified: true,
  leaving: false,
  invite: "email",
};

/** Differences in the mapped columns. Groups are a set: their order is no change. */
function fieldsOf({ values }: SheetPerson, person: Person | undefined): FieldChange[] {
  return [...values].flatMap(([field, value]) => {
    const before = person && valueIn(person, field);
    const standard = Array.isArray(value) ? undefined : DEFAULTS[field];
    const from = before ?? (field === "groups" ? undefined : standard);
    const to = value ?? standard;
    if (isSame(from, to)) return [];
    return [{ field, ...(isSaid(from) && { from }), ...(isSaid(to) && { to }) }];
  });
}

const isSaid = (value: Value): value is Exclude<Value, undefined> =>
  value !== undefined && !(Array.isArray(value) && value.length === 0);

function isSame(a: Value, b: Value): boolean {
  if (!(Array.isArray(a) || Array.isArray(b))) return a === b;
  const [one, other] = [a, b].map((value) => new Set(Array.isArray(value) ? value : []));
  return one?.size === other?.size && [...(one ?? [])].every((name) => other?.has(name));
}

function valueIn(person: Person, target: Target): Value {
  const [field, attribute] = pathOf(target);
  if (field === "attributes" && attribute !== undefined)
    return Object.hasOwn(person.attributes, attribute) ? person.attributes[attribute] : undefined;
  return person[field as Exclude<keyof Person, "attributes" | "groupsUntil">];
}

/** The changes as edits of the person's object; defaults are omitted. */
function editsOf(fields: readonly FieldChange[], person: Person | undefined): Edits {
  const edits = new Map<string, Edits | JsonValue | undefined>();
  const attributes = new Map<string, JsonValue | undefined>();
  for (const { field: target, to } of inOrder(fields)) {
    const [field, attribute] = pathOf(target);
    if (attribute !== undefined) attributes.set(attribute, to as string | undefined);
    // Groups that stay keep their `until`: a cell has only names.
    else if (field === "groups" && Array.isArray(to))
      edits.set(field, writtenMemberships(to, person?.groupsUntil));
    else edits.set(field, to === DEFAULTS[field] ? undefined : (to as JsonValue | undefined));
  }
  if (attributes.size === 0) return edits;
  const staying = Object.keys(person?.attributes ?? {}).some((name) => !attributes.has(name));
  const isEmpty = !staying && [...attributes.values()].every((value) => value === undefined);
  // First, as people write it.
  return new Map([["attributes", isEmpty ? undefined : attributes], ...edits]);
}

const ORDER = [
  "email",
  "phone",
  "emailVerified",
  "phoneVerified",
  "groups",
  "enabled",
  "invite",
  "leaving",
  "until",
  "note",
  "owner",
];
const inOrder = (fields: readonly FieldChange[]) =>
  fields.toSorted((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field));

/** More people would lose access than config.ts allows in one change. */
function removalRefusal(
  files: readonly RosterFile[],
  leaving: readonly Missing[],
  changes: readonly PersonChange[],
  { guards, allowRemovals }: ChangesOptions,
): UserError | undefined {
  const staying = files.flatMap(({ people }) => people).filter((person) => !person.leaving && person.enabled);
  const disabled = changes.filter(({ fields }) =>
    fields.some(
      ({ field, to }) => (field === "enabled" && to === false) || (field === "leaving" && to === true),
    ),
  );
  const count = leaving.length + disabled.length;
  const limit = allowRemovals ?? removalLimit(guards, staying.length);
  if (count <= limit) return undefined;
  return new UserError(`${counted(count, "person", "people")} would lose access; ${limit} may`, {
    why: "Does the spreadsheet have only some of the people? Nothing was written.",
    next: [
      ...(leaving.length > 0 ? ["without --leavers, people who aren't in it stay"] : []),
      commandLine`if this is right: --allow-removals ${String(count)}`,
    ],
    exitCode: EXIT.refused,
  });
}
