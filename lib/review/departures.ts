import type { Location } from "../errors.ts";
import { fold } from "../roster/formats.ts";
import { parseJson } from "../roster/json-errors.ts";
import { entriesOf, sourceOf, TreeIndex } from "../roster/json-text.ts";
import { parseRoster } from "../roster/parse.ts";
import type { Words } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Person, RosterRules } from "../roster/roster.ts";
import { attributeOf } from "../roster/sign-in-names.ts";
import { type Day, hasEnded } from "../roster/until.ts";
import { commandLine } from "../shell.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./plan.ts";

/** A person who existed before: in Terraform's state, or in an earlier roster. */
export interface PreviousPerson {
  readonly username: string;
  readonly leaving: boolean;
  /** Under Cognito's names, including e-mail address and phone number. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Where their line was. */
  readonly where?: Location;
}

/** The people of a state. */
export function peopleFromState(state: readonly StateInstance[]): PreviousPerson[] {
  return state.flatMap((instance) => {
    const person = personAt(instance);
    return person === undefined ? [] : [{ ...person, attributes: texts(instance.attributes.attributes) }];
  });
}

/** The rules for an earlier text of the roster: it may have names and groups that were valid then, and no longer are. */
export function earlierRules({ groups: _, ...rules }: Partial<RosterRules>): Partial<RosterRules> {
  return { ...rules, earlier: true };
}

/**
 * The people in an earlier text of the roster, each with the place of their line. For a text that isn't a valid roster, these
 * are the people whose lines can be read, without attributes: otherwise the change that fixes it could never be compared with
 * it.
 * @param file the name that problems use for it
 * @param day people whose `until` is over on it counted as leaving. @default no `until` is considered
 */
export function peopleInRoster(
  text: string,
  file: string,
  rules: Partial<RosterRules>,
  day?: Day,
): PreviousPerson[] {
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
      leaving:
        person === undefined
          ? tree?.entry(value, "leaving")?.value.value === true
          : person.leaving || (day !== undefined && hasEnded(person.until, day)),
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

/** A person whose line is gone although they weren't leaving. */
export interface MissingPerson {
  readonly former: PreviousPerson;
  /** The newcomer who seems to be the same person under another key. */
  readonly renamed?: {
    readonly to: Person;
    /** spelling: Cognito treats the two names as one. attributes: the same address or number, or all of them equal. */
    readonly by: "spelling" | "attributes";
  };
  /** Newcomers, by e-mail address, of whom one may be the same person under another address. @default none */
  readonly perhaps?: readonly string[];
}

export interface MissingPeople {
  /** Lines removed although the person was active: Terraform would refuse to delete them. */
  readonly removed: readonly MissingPerson[];
  /** People who were leaving and whose line is gone: they are deleted. `renamed` if they seem to join again. */
  readonly left: readonly MissingPerson[];
}

/**
 * People who existed before and are no longer in the roster, not even as a `formerly`, each with the newcomer who may be the
 * same person.
 */
export function missingPeople(before: readonly PreviousPerson[], people: readonly Person[]): MissingPeople {
  const now = new Set(people.map(({ username }) => username));
  const known = new Set(before.map(({ username }) => username));
  const renamed = new Set(
    people.flatMap(({ username, formerly }) =>
      formerly === undefined || known.has(username) ? [] : formerly,
    ),
  );
  const gone = before.filter(({ username }) => !now.has(username) && !renamed.has(username));
  const joining = people.filter(
    ({ username, formerly }) => !known.has(username) && (formerly === undefined || !known.has(formerly)),
  );
  const newcomers = indexed(joining);
  const byEmail = joining.filter(hasAddressForName).map(({ username }) => username);
  const removals = gone.map((former): MissingPerson => {
    const found = renamedTo(former, newcomers);
    return {
      former,
      ...found,
      ...(found.renamed === undefined && byEmail.length > 0 && { perhaps: byEmail }),
    };
  });
  return {
    removed: removals.filter(({ former }) => !former.leaving),
    left: removals.filter(({ former }) => former.leaving),
  };
}

/** Identified by an address or a number, which can change. */
const hasAddressForName = ({ username, email, phone }: Pick<Person, "username" | "email" | "phone">) =>
  username.includes("@") ? username === email : username === phone;

/** Whether one name can become the other: an address another address, a number another number. */
const sameKind = (name: string, other: string) => attributeOf(name) === attributeOf(other);

const wordOf = (name: string) => (attributeOf(name) === "email" ? "address" : "number");

interface Newcomers {
  readonly bySpelling: ReadonlyMap<string, Person>;
  /** undefined if several have the same: then it identifies no one. */
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

/** What identifies a person: the address, the number, and the rest together if it includes a name. */
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
 * What to do about a missing line, with the roster's own field names.
 * @param roster the roster's file, as readers know it
 */
export function explainRemoval({ former, renamed, perhaps = [] }: MissingPerson, roster: string): Words {
  const name = quote(former.username);
  if (renamed === undefined) {
    return {
      message: `${name} was deleted from ${roster} without leaving first`,
      hint:
        `People leave in two steps: put the line back with "leaving": true in it (${name}: { …, "leaving": true }) and deploy; ` +
        `the person is disabled and signed out. Delete the line in a later change to delete the account.${otherwise(former, perhaps)}`,
    };
  }
  return { message: consequence({ former, renamed }), hint: wayOut({ former, renamed }) };
}

/** What to write if a newcomer is the same person; with several, it is unclear which. */
function otherwise(former: PreviousPerson, perhaps: readonly string[]): string {
  const [first] = perhaps;
  if (first === undefined || !sameKind(former.username, first)) return "";
  const line =
    perhaps.length === 1
      ? `${quote(first)}: { ${formerlyText(former)}, … }`
      : `{ ${formerlyText(former)}, … }`;
  return ` If ${perhaps.length === 1 ? quote(first) : "one of the newcomers"} is the same person with a new ${wordOf(first)}, write ${line} to keep the account.`;
}

const formerlyText = ({ username }: PreviousPerson) => `"formerly": ${JSON.stringify(username)}`;

/** The message about a person who was leaving, is deleted, and seems to join again under another key in the same deploy. */
export function explainReturnAsNew(removal: MissingPerson & Required<Pick<MissingPerson, "renamed">>): Words {
  const { former, renamed } = removal;
  const both = `${quote(former.username)} → ${quote(renamed.to.username)}`;
  return {
    message: consequence(removal),
    hint:
      renamed.by === "spelling"
        ? `Cognito treats ${both} as one name and would refuse the new one while the old one exists. ` +
          `Deploy without ${quote(renamed.to.username)} first; add it in the change after that.`
        : `If they are two people, or you want a new account: ${commandLine`--allow-replace ${former.username}`}`,
  };
}

function consequence({ former, renamed }: MissingPerson): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  const why =
    renamed?.by === "spelling"
      ? "they differ only in letter case or in how characters are written"
      : "they have the same attributes";
  return `${old} was deleted and ${now} is new, and ${why}: this would delete ${old} and create ${now} with a new sub`;
}

function wayOut({ former, renamed }: MissingPerson): string {
  const [old, now] = [quote(former.username), quote(renamed?.to.username ?? "")];
  if (
    renamed?.by === "attributes" &&
    hasAddressForName(renamed.to) &&
    sameKind(former.username, renamed.to.username)
  ) {
    return (
      `If it is the same person with a new ${wordOf(former.username)}, write ${now}: { ${formerlyText(former)}, … }: a deploy then changes it and keeps the account. ` +
      `Write ${old} again to undo the change. If it is another person, put ${old} back with "leaving": true beside ${now} and deploy; delete the old line in a later change.`
    );
  }
  const kept = `Cognito can't rename an account: password, MFA and sub would be lost. Write ${old} again to keep it.`;
  if (renamed?.by === "spelling") {
    return (
      `${kept} If you do want a new account, deploy ${old}: { …, "leaving": true } first, ` +
      `then without that line, then with ${now}: both can't exist at once.`
    );
  }
  return (
    `${kept} If you want a new account (or it is another person), put ${old} back with "leaving": true beside ${now} and deploy; ` +
    "delete the old line in a later change."
  );
}
