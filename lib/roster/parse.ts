import { getNodeValue, type Node } from "jsonc-parser";
import type { Location } from "../errors.ts";
import { checkAliases, checkFiles, checkGroups, checkKeys, checkPerson } from "./checks.ts";
import { reportIssue } from "./explain-values.ts";
import { checkFormerly } from "./formerly.ts";
import { parseJson } from "./json-errors.ts";
import { type Checking, entriesOf, type Placed, sourceOf, TreeIndex } from "./json-text.ts";
import { membershipsOf, placedMemberships } from "./memberships.ts";
import type { Problem, Words } from "./problem.ts";
import { type GivenRules, type Person, type Roster, type RosterRules, withDefaults } from "./roster.ts";
import { type CheckedRoster, personSchema, rosterSchema } from "./schema.ts";

/** Everyone in a checked roster, in file order (an object would put numeric usernames first). */
function peopleOf(users: Node | undefined, checked: CheckedRoster, rules: RosterRules): Person[] {
  return entriesOf(users).flatMap(({ name: username }) => {
    const person = checked.users[username];
    if (person === undefined) return [];
    const { attributes, ...rest } = person;
    const email = rules.signInWith === "email" ? username : "email" in person ? person.email : undefined;
    const phone = rules.signInWith === "phone" ? username : "phone" in person ? person.phone : undefined;
    return [
      {
        username,
        attributes: attributes as Record<string, string>,
        emailVerified: rest.emailVerified,
        ...(!rest.phoneVerified && { phoneVerified: false as const }),
        ...membershipsOf(rest.groups),
        enabled: rest.enabled,
        invite: rest.invite,
        leaving: rest.leaving,
        ...(rest.until !== undefined && { until: rest.until }),
        ...(rest.note !== undefined && { note: rest.note }),
        ...(rest.owner !== undefined && { owner: rest.owner }),
        ...(rest.formerly !== undefined && { formerly: rest.formerly }),
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
      },
    ];
  });
}

/** A roster, or everything that is wrong with it; and warnings about a usable one. */
export type ParsedRoster = (
  | { readonly roster: Roster; readonly problems: readonly [] }
  | { readonly roster: undefined; readonly problems: readonly Problem[] }
) & { readonly warnings: readonly Problem[] };

/**
 * Reads a roster: all of it, or every problem at once, in file order. Never throws on any text. JSON.parse reads every accepted
 * text the same way (except for a byte order mark, which is dropped, and the comments of a .jsonc file). Texts are taken
 * literally: `${` and `%{` mean nothing here.
 * @param text the file's contents
 * @param file the name that problems use for it
 * @param rules the pool's rules for its roster; by default sign-in by e-mail and no custom attributes
 * @example
 * const { roster, problems } = parseRoster(text, "users.json");
 * for (const { location, message, hint } of problems) console.error(formatLocation(location), message, hint);
 */
export function parseRoster(text: string, file: string, rules: GivenRules = {}): ParsedRoster {
  return parseRosterFiles([{ text, file, name: file }], file, rules);
}

/** A file of a roster. */
export interface RosterText {
  readonly text: string;
  /** Its name in problems. */
  readonly file: string;
  /** From the repository's root, as config.ts names it. */
  readonly name: string;
}

/**
 * Like {@link parseRoster}, for a roster in several files: each person is in one of them. Problems name their own file.
 * @param called the name of the whole in messages
 */
export function parseRosterFiles(
  texts: readonly RosterText[],
  called: string,
  rules: GivenRules = {},
): ParsedRoster {
  const pool = withDefaults(rules);
  const shapes = shapesOf(pool);
  const parts = texts.map((text) => readPart(text, pool, shapes));
  const everyone = parts.flatMap(({ everyone }) => everyone);
  if (parts.length > 1) checkFiles(everyone);
  checkAliases(everyone, pool);
  checkFormerly(everyone, pool);
  checkGroups(everyone, pool);
  if (everyone.length === 0) for (const { reportEmpty } of parts) reportEmpty?.();

  const results = parts.map((part) => part.result());
  const warnings = results.flatMap((result) => result.warnings);
  const problems = results.flatMap((result) => result.problems);
  const files = results.flatMap(({ people }, index) => {
    const { file, name } = texts[index] ?? {};
    return people && file !== undefined && name !== undefined ? { file, name, people } : [];
  });
  if (problems.length > 0 || files.length < texts.length) return { roster: undefined, problems, warnings };
  const people = files.flatMap((part) => part.people);
  return {
    roster: { file: called, people, ...(texts.length > 1 && { files }) },
    problems: [],
    warnings,
  };
}

interface Part {
  readonly everyone: readonly Placed[];
  /** Absent if the file can't be read, or contains no object of people. */
  readonly reportEmpty?: () => void;
  /** After everything is reported; without people if there are problems. */
  readonly result: () => {
    readonly people?: readonly Person[];
    readonly problems: readonly Problem[];
    readonly warnings: readonly Problem[];
  };
}

interface Shapes {
  readonly roster: ReturnType<typeof rosterSchema>;
  readonly person: ReturnType<typeof personSchema>;
}

/** As many as one run uses: for the current roster, an earlier one, and each environment. */
const KEPT_SHAPES = 10;
const madeBefore = new Map<string, Shapes>();

/** Once for all files and texts: creating them takes as long as reading hundreds of people. Rules are plain data. */
function shapesOf(rules: RosterRules): Shapes {
  const key = JSON.stringify(rules);
  const made = madeBefore.get(key) ?? { roster: rosterSchema(rules), person: personSchema(rules) };
  if (madeBefore.size >= KEPT_SHAPES) madeBefore.clear();
  madeBefore.set(key, made);
  return made;
}

function readPart({ text, file, name }: RosterText, pool: RosterRules, shapes: Shapes): Part {
  const source = sourceOf(text, file);
  const json = parseJson(source);
  if (json.root === undefined)
    return { everyone: [], result: () => ({ problems: json.problems, warnings: [] }) };
  const { root } = json;

  // By place and message: the schema and our own rules may find the same fault.
  const found = new Map<string, { readonly offset: number; readonly words: Words }>();
  const doubtful: Problem[] = [];
  const tree = new TreeIndex(root);
  const checking: Checking = {
    tree,
    rules: pool,
    name,
    locate: (node) => source.locate(node.offset),
    lineOf: (node) => source.locate(node.offset).line,
    report: (at, words) => {
      // What is reported about a text that could not be read completely is a consequence of that.
      if (!json.broken.has(at.offset))
        found.set(`${at.offset} ${words.message}`, { offset: at.offset, words });
    },
    warn: (at, words) => doubtful.push({ location: source.locate(at.offset), ...words }),
  };
  checkKeys(checking);
  const checked = shapes.roster.safeParse(getNodeValue(root));
  for (const issue of checked.error?.issues ?? []) reportIssue(issue, checking);

  const users = tree.entry(root, "users");
  const everyone = entriesOf(root).flatMap(({ name, value }) => (name === "users" ? entriesOf(value) : []));
  for (const person of everyone) {
    checkPerson(person, checking);
    // The schema has seen only the last of two with the same name.
    if (tree.entry(users?.value, person.name)?.key === person.key) continue;
    const shadowed = shapes.person.safeParse(getNodeValue(person.value));
    for (const issue of shadowed.error?.issues ?? []) reportIssue(issue, checking, person);
  }
  return {
    everyone: everyone.map((person) => ({ ...person, in: checking })),
    ...(users?.value.type === "object" && {
      reportEmpty: () => checking.report(users.key, EMPTY_ROSTER),
    }),
    result: () => {
      const warnings = doubtful.sort(inFileOrder);
      const faults = [...found.values()].map(({ offset, words }) => ({
        location: source.locate(offset),
        ...words,
      }));
      const problems = [...json.problems, ...faults].sort(inFileOrder);
      if (!checked.success || problems.length > 0) return { problems, warnings };
      return { people: peopleOf(users?.value, checked.data, pool), problems, warnings };
    },
  };
}

/**
 * Finds the place of a person's line in a roster that was read from this text, or of one of its fields: for problems that are
 * only found later, by looking at the user pool.
 * @returns a function of the username and of names below it, such as "attributes", "level", or "groups", "ops"; if one is
 *   missing, the place of the last that exists
 */
export function placesIn(text: string, file: string): (username: string, ...path: string[]) => Location {
  let tree: TreeIndex | undefined;
  const source = sourceOf(text, file);
  return (username, ...path) => {
    if (tree === undefined) {
      const { root } = parseJson(source);
      if (root === undefined) return { file };
      tree = new TreeIndex(root);
    }
    const person = tree.entry(tree.entry(tree.root, "users")?.value, username);
    let node = person?.key;
    let within = person?.value;
    for (const name of path) {
      const found: Node | undefined =
        within?.type === "array"
          ? placedMemberships(within).find(({ group }) => group === name)?.at
          : tree.entry(within, name)?.value;
      if (found === undefined) break;
      node = within = found;
    }
    return node === undefined ? { file } : source.locate(node.offset);
  };
}

function inFileOrder({ location: a }: Problem, { location: b }: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

const EMPTY_ROSTER: Words = {
  message: '"users" is empty: deploying it would delete everyone',
  hint: 'Restore the people from git. People leave one by one, with "leaving": true first.',
};
