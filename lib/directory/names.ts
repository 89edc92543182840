import type { DirectoryPerson } from "./list-people.ts";

/**
 * The name under which the roster has this person, or would have them: the e-mail address in a pool that signs in by e-mail
 * (Cognito's own username is the sub there), else the username. The sub stands in for an address that is missing.
 */
export function rosterName(person: DirectoryPerson, signInWith: "email" | "username"): string {
  return signInWith === "email" ? (person.attributes.email ?? person.username) : person.username;
}
