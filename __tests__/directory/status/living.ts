import type { DirectoryPerson } from "../../../lib/directory/pool/people.ts";
import { DAY_MS } from "../../../lib/text/words.ts";

export const NOW = new Date("2026-11-21T12:00:00Z");
export const NAMES = { signInWith: "email", caseSensitive: false } as const;

export const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

/** Somebody in a pool that signs in by e-mail: has finished the first login, unless it is said otherwise. */
export function living(email: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson {
  return {
    username: `sub-of-${email}`,
    sub: `sub-of-${email}`,
    attributes: { email },
    enabled: true,
    status: "CONFIRMED",
    modifiedAt: daysAgo(1),
    ...more,
  };
}

/** Somebody with a temporary password that was made so many days ago. */
export const pending = (email: string, days = 1, more: Partial<DirectoryPerson> = {}) =>
  living(email, { status: "FORCE_CHANGE_PASSWORD", modifiedAt: daysAgo(days), ...more });
