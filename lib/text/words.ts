import { distance } from "fastest-levenshtein";

export const DAY_MS = 86_400_000;

/** `1 person`, `2 people`. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** If there are more names than these, the rest is counted. */
const NAMED = 10;

/** `a, b, c`; if there are many, the first ten, `, and 3 more`. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** Ignores case and separators: familyName, family-name and family_name are equal. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Names are short: a long one is no typo, and comparing it would take time. */
const COMPARED_MAX = 40;

/**
 * @returns the candidate that `name` was most likely meant to be: at most three letters different, and no more than half of its
 * own
 */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > COMPARED_MAX) return undefined;
  return candidates
    .map((candidate) => ({ candidate, away: distance(plain(name), plain(candidate)) }))
    .filter(({ candidate, away }) => away <= Math.min(3, Math.floor(candidate.length / 2)))
    .sort((a, b) => a.away - b.away)[0]?.candidate;
}
