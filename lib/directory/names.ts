import { fold } from "../roster/formats.ts";
import type { DirectoryPerson } from "./list-people.ts";

/** How a pool names people. */
export interface NameRules {
  readonly signInWith: "email" | "username";
  /** Whether the pool takes Hanako and hanako for two people. */
  readonly caseSensitive: boolean;
}

/**
 * The name under which the roster has this person, or would have them: the e-mail address in a pool that signs in by e-mail
 * (Cognito's own username is the sub there), else the username. The sub stands in for an address that is missing.
 */
export function rosterName(person: DirectoryPerson, signInWith: "email" | "username"): string {
  return signInWith === "email" ? (person.attributes.email ?? person.username) : person.username;
}

/** How names compare in a pool. */
export const nameKey = ({ caseSensitive }: Pick<NameRules, "caseSensitive">) =>
  caseSensitive ? (name: string) => name : fold;
