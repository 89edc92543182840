import type { Location } from "../errors.ts";
import { type Problem, RosterError } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Person, Roster } from "../roster/roster.ts";
import { nameAttribute } from "../roster/sign-in-names.ts";
import { attributeTypes } from "../stack/attributes.ts";
import { POOL } from "../stack/defaults.ts";
import type { PoolSettings } from "../stack/settings.ts";
import type { PoolComparison } from "./compare-pool.ts";
import { deployedAttributes } from "./find-drift.ts";

export interface FixedAttributesOptions {
  readonly roster: Roster;
  readonly pool: PoolSettings;
  /** Attributes that an earlier deploy set: removing them from a line erases them. */
  readonly namedBefore: ReadonlySet<string>;
  /** The place of a person's line, or of a part of it. */
  readonly placeOf: (username: string, ...path: string[]) => Location;
}

/**
 * Refuses changes to an immutable attribute of an existing account. Cognito accepts its value only at creation (developer
 * guide, "Working with user attributes"): AdminUpdateUserAttributes and AdminDeleteUserAttributes answer
 * NotAuthorizedException halfway through the deploy. New people may have any value.
 * @throws RosterError (exit 2) with the place of each
 */
export function refuseFixedAttributes(
  { accountOf }: Pick<PoolComparison, "accountOf">,
  { roster, pool, namedBefore, placeOf }: FixedAttributesOptions,
): void {
  const types = attributeTypes(pool.customAttributes, pool.asIs?.schema);
  // An address or number that is the username has its own rules.
  const username = nameAttribute(pool.signInWith ?? POOL.signInWith);
  const fixed = Object.keys(types).filter((name) => types[name]?.immutable && name !== username);
  if (fixed.length === 0) return;
  const named = new Set([
    ...namedBefore,
    ...roster.people.flatMap((person) => Object.keys(deployedAttributes(person))),
  ]);
  const problems = roster.people.flatMap((person) => {
    const account = accountOf(person.username);
    if (account === undefined) return [];
    const next = deployedAttributes(person);
    return fixed.flatMap((name): Problem[] => {
      const now = account.attributes[`custom:${name}`] ?? account.attributes[name] ?? "";
      const to = next[name] ?? "";
      // Attributes that no line names stay unchanged.
      if (now === to || (to === "" && !named.has(name))) return [];
      return [{ location: placeOf(person.username, ...pathOf(name, to)), ...words(person, name, now, to) }];
    });
  });
  if (problems.length > 0) throw new RosterError(roster.file, problems);
}

/** The place of an attribute in a person; of a removed one, the person's. */
function pathOf(name: string, to: string): string[] {
  if (to === "") return [];
  if (name === "phone_number") return ["phone"];
  return name === "email" ? ["email"] : ["attributes", name];
}

function words(
  { username }: Person,
  name: string,
  now: string,
  to: string,
): Pick<Problem, "message" | "hint"> {
  const attribute = `the attribute ${quote(name)}`;
  const why = "the pool only sets it when an account is created";
  if (to === "") {
    return {
      message: `${attribute} of ${quote(username)} was removed, but can't be erased: ${why}`,
      hint: "Restore it from git.",
    };
  }
  return now === ""
    ? {
        message: `${attribute} can't be given to ${quote(username)}, whose account exists without it: ${why}`,
        hint: "Remove it.",
      }
    : {
        message: `${attribute} of ${quote(username)} can't change: ${why}`,
        hint: "Restore it from git. Another value needs another account.",
      };
}
