import type { Location } from "../errors.ts";
import { type Problem, RosterError } from "../roster/problem.ts";
import { quote } from "../roster/redact.ts";
import type { Person, Roster } from "../roster/roster.ts";
import { attributeTypes } from "../stack/attributes.ts";
import type { PoolSettings } from "../stack/settings.ts";
import type { PoolComparison } from "./compare-pool.ts";
import { deployedAttributes } from "./find-drift.ts";

export interface FixedAttributesOptions {
  readonly roster: Roster;
  readonly pool: PoolSettings;
  /** Attributes that an earlier deploy has set: taken out of a line, they are erased. */
  readonly namedBefore: ReadonlySet<string>;
  /** Where somebody's line, or a part of it, stands. */
  readonly placeOf: (username: string, ...path: string[]) => Location;
}

/**
 * Refuses what would change an immutable attribute of an account that exists. Cognito takes its value when it creates the account,
 * and never again (developer guide, "Working with user attributes"): AdminUpdateUserAttributes and AdminDeleteUserAttributes
 * answer NotAuthorizedException, in the middle of the deploy. Somebody who is only now created may have any value.
 * @throws RosterError (exit 2) with each at its place
 */
export function refuseFixedAttributes(
  { accountOf }: Pick<PoolComparison, "accountOf">,
  { roster, pool, namedBefore, placeOf }: FixedAttributesOptions,
): void {
  const types = attributeTypes(pool.customAttributes, pool.asIs?.schema);
  const byEmail = (pool.signInWith ?? "email") === "email";
  // An address that is the username has rules of its own.
  const fixed = Object.keys(types).filter((name) => types[name]?.immutable && !(byEmail && name === "email"));
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
      // What no line names stays with the person.
      if (now === to || (to === "" && !named.has(name))) return [];
      return [{ location: placeOf(person.username, ...pathOf(name, to)), ...words(person, name, now, to) }];
    });
  });
  if (problems.length > 0) throw new RosterError(roster.file, problems);
}

/** Where an attribute stands in a person; one that is gone, at the person. */
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
  const why = "the pool sets it when it creates an account, and never again";
  if (to === "") {
    return {
      message: `${attribute} of ${quote(username)} is gone, but can't be erased: ${why}`,
      hint: "Put it back as it was: git has the line.",
    };
  }
  return now === ""
    ? {
        message: `${attribute} can't be given to ${quote(username)}, whose account exists without it: ${why}`,
        hint: "Take it out of the line.",
      }
    : {
        message: `${attribute} of ${quote(username)} can't change: ${why}`,
        hint: "Put it back as it was: git has the line. Another value needs another account.",
      };
}
