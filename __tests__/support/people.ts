import type { Person } from "../../lib/roster/roster.ts";

/** A person as the roster's defaults make them, in a pool that signs in by e-mail. */
export function person(username: string, more: Partial<Person> = {}): Person {
  return {
    username,
    email: username,
    attributes: {},
    emailVerified: true,
    groups: [],
    enabled: true,
    invite: "email",
    leaving: false,
    ...more,
  };
}
