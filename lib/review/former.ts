import type { Location } from "../errors.ts";
import { parseRoster } from "../roster/parse.ts";
import type { Person, RosterRules } from "../roster/roster.ts";
import { sourceOf } from "../roster/source.ts";
import { parseJson } from "../roster/syntax.ts";
import { entriesOf, TreeIndex } from "../roster/tree.ts";
import type { StateInstance } from "../terraform/state.ts";
import { personAt } from "./addresses.ts";

/** Someone who was there before: in Terraform's state, or in an earlier roster. */
export interface Former {
  readonly username: string;
  readonly leaving: boolean;
  /** By Cognito's names, e-mail address and phone number among them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Where their line stood. */
  readonly where?: Location;
}

/** The people of a state. */
export function peopleInState(state: readonly StateInstance[]): Former[] {
  return state.flatMap((instance) => {
    const person = personAt(instance);
    return person === undefined ? [] : [{ ...person, attributes: texts(instance.attributes.attributes) }];
  });
}

/**
 * The people of an earlier text of the roster, each with the place of their line. A text that is no roster has those whose
 * lines can be read in it, without attributes: else the change that mends it could never be compared with it.
 * @param file as problems name it
 */
export function peopleInRoster(text: string, file: string, rules: Partial<RosterRules>): Former[] {
  const people = new Map(
    parseRoster(text, file, rules).roster?.people.map((person) => [person.username, person]),
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
