import type { Location } from "../errors.ts";
import { fold } from "../roster/formats.ts";
import { parseJson } from "../roster/json-errors.ts";
import { entriesOf, sourceOf, TreeIndex } from "../roster/json-text.ts";
import { parseRoster } from "../roster/parse.ts";
import type { Words } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Person, RosterRules } from "../roster/roster.ts";
import { commandLine } from "../shell.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./plan.ts";

/** Someone who was there before: in Terraform's state, or in an earlier roster. */
export interface PreviousPerson {
  readonly username: string;
  readonly leaving: boolean;
  /** By Cognito's names, e-mail address and phone number among them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Where their line stood. */
  readonly where?: Location;
}

/** The people of a state. */
export function peopleFromState(state: readonly StateInstance[]): PreviousPerson[] {
  return state.flatMap((instance) => {
    const person = personAt(instance);
    return person === undefined ? [] : [{ ...person, attributes: texts(instance.attributes.attributes) }];
  });
}

/** The rules for an earlier text of the roster: it may have names and groups that were good then, and are not any more. */
export function earlierRules({ groups: _, ...rules }: Partial<RosterRules>): Partial<RosterRules> {
  return { ...rules, earlier: true };
}

/**
 * The people of an earlier text of the roster, each with the place of their line. A text that is no roster has those whose
 * lines can be read in it, without attributes: else the change that mends it could never be compared with it.
 * @param file as problems name it
 */
export function peopleInRoster(text: string, file: string, rules: Partial<RosterRules>): PreviousPerson[] {
  const people = new Map(
    parseRoster(text, file, earlierRules(rules)).roster?.people.map((person) => [person.username, person]),
  );
  const source = sourceOf(text, file);
  const { root } = parseJson(source);
  const tree = root && new TreeIndex(root);
  return entriesOf(tree?.entry(tree.root, "users")?.value).map(({ name, key, value }) => {
    const person = people.get(name);
    return {
      username: name,
      leaving: person?.leaving ?? tree?.entry(value, "leaving")?.value.value === true,
      attributes: person === undefined ? {} : attributesOf(person),
      where: source.locate(key.offset),
    };
  });
}

/** A person's attributes as Cognito has them. */
export function attributesOf({ attributes, email, phone }: Person): Record<string, string> {
  return {
    ...attributes,
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone_number: phone }),
  };
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Someone whose line is gone, without having left. */
export interface MissingPerson {
  readonly former: PreviousPerson;
  /** The newcomer who seems to be the same person, under another key. */
  readonly renamed?: {
    readonly to: Person;
    /** spelling: Cognito takes the two names for one. attributes: the same address, number, or the same of everything. */
    readonly by: "spelling" | "attributes";
  };
}

export interface MissingPeople {
  /** Lines that went although the person was active: Terraform would refuse to delete them. */
  readonly removed: readonly MissingPerson[];
  /** People who were leaving and whose line is gone: they are deleted. `renamed` when they seem to come again. */
  readonly left: readonly MissingPerson[];
}

/** Who was there before and is not in the roster any more, each beside the newcomer who may be the same person. */
export function missingPeople(before: readonly PreviousPerson[], people: readonly Person[]): MissingPeople {
  const now = new Set(people.map(({ username }) => username));
  const known = new Set(before.map(({ username }) => username));
  const gone = before.filter(({ username }) => !now.has(username));
  const newcomers = indexed(people.filter(({ username }) => !known.has(username)));
  const removals = gone.map((former) => ({ former, ...renamedTo(former, newcomers) }));
  return {
    removed: removals.filter(({ former }) => !former.leaving),
    left: removals.filter(({ former }) => former.leaving),
  };
}

interface Newcomers {
  readonly bySpelling: ReadonlyMap<string, Person>;
  /** undefined where several have the same: then nobody can be meant by it. */
  readonly byTrait: ReadonlyMap<string, Person | undefined>;
}

function indexed(people: readonly Person[]): Newcomers {
  const byTrait = new Map<string, Person | undefined>();
  for (const person of people)
    for (const trait of traits(attributesOf(person)))
      byTrait.set(trait, byTrait.has(trait) ? undefined : person);
  return { bySpelling: new Map(people.map((person) => [fold(person.username), person])), byTrait };
}

function renamedTo(
  former: PreviousPerson,
  { bySpelling, byTrait }: Newcomers,
): Pick<MissingPerson, "renamed"> {
  const same = bySpelling.get(fold(former.username));
  if (same !== undefined) return { renamed: { to: same, by: "spelling" } };
  const alike = traits(former.attributes).flatMap((trait) => byTrait.get(trait) ?? []);
  return alike[0] === undefined ? {} : { renamed: { to: alike[0], by: "attributes" } };
}

/** What tells a person from others: the address, the number, and the rest together when a name is among it. */
function traits(attributes: Readonly<Record<string, string>>): string[] {
  const {
    email,
    phone_number: phone,
    email_verified: _,
    phone_number_verified: __,
    sub: ___,
    ...rest
  } = attributes;
  const bare = Object.entries(rest)
    .map(([name, value]) => `${name.replace(/^custom:/, "")}=${value}`)
    .sort();
  const named = ["name", "given_name", "family_name", "nickname"].some((name) => rest[name] !== undefined);
  return [
    ...(email === undefined ? [] : [`email ${fold(email)}`]),
    ...(phone === undefined ? [] : [`phone ${phone}`]),
    ...(named ? [`rest ${JSON.stringify(bare)}`] : []),
  ];
}

/**
 * What to do about a line that is gone, in the roster's own words.
 * @param roster the roster's file, as the reader names it
 */
export function explainRemoval({ former, renamed }: MissingPerson, roster: string): Words {
  const name = quote(former.username);
  if (renamed === undefined) {
    return {
      message: `${name} is gone from ${roster}, but was not leaving`,
      hint:
        `People leave in two steps: put the line back with "leaving": true in it (${name}: { …, "leaving": true }) and deploy; ` +
        "the person is disabled and signed out. Delete the line in a later change, which deletes the account.",
    };
  }
  return { message: consequence({ former, renamed }), hint: wayOut({ former, renamed }) };
}

/** Words for a person who was leaving, is deleted, and seems to join again under another key in the same deploy. */
export function explainReturnAsNew(removal: MissingPerson & Required<Pick<MissingPerson, "renamed">>): Words {
  const { former, renamed } = removal;
  const both = `${quote(former.username)} → ${quote(renamed.to.username)}`;
  return {
    message: consequence(removal),
    hint:
      renamed.by === "spelling"
        ? `Cognito takes ${both} for one name, and would refuse the new one while the old one is there. ` +
          `Deploy without ${quote(renamed.to.username)} first; add it in the change after that.`
        : `If they are two people, or a new account is what you want: ${commandLine`--allow-replace ${former.username}`}`,
  };
}

function consequence({ former, renamed }: MissingPerson): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  const why =
    renamed?.by === "spelling"
      ? "they differ only in letter case or in how characters are written"
      : "they have the same attributes";
  return `${old} is gone and ${now} is new, and ${why}: this deletes ${old} and creates ${now} with a new sub`;
}

function wayOut({ former, renamed }: MissingPerson): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  const kept = `Cognito cannot rename an account: password, MFA and sub would be lost. Write ${old} again to keep it.`;
  if (renamed?.by === "spelling") {
    return (
      `${kept} If it must be a new account all the same, deploy ${old}: { …, "leaving": true } first, ` +
      `then without the line, then with ${now}: they can't be there together.`
    );
  }
  return (
    `${kept} If it shall be a new account (or is another person), put ${old} back with "leaving": true beside ${now} and deploy; ` +
    "delete the old line in a later change."
  );
}
