import { distance } from "fastest-levenshtein";

export const DAY_MS = 86_400_000;

/** `1 person`, `2 people`. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Of more names than these, the rest is counted. */
const NAMED = 10;

/** `a, b, c`; of many the first ten, `, and 3 more`. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** Case and separators left aside: familyName, family-name and family_name are one. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Names are short: a long one is no slip of the finger, and comparing it would cost. */
const COMPARED_MAX = 40;

/** @returns the candidate that `name` was most likely meant for: three letters away at most, and no more than half of its own */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > COMPARED_MAX) return undefined;
  return candidates
    .map((candidate) => ({ candidate, away: distance(plain(name), plain(candidate)) }))
    .filter(({ candidate, away }) => away <= Math.min(3, Math.floor(candidate.length / 2)))
    .sort((a, b) => a.away - b.away)[0]?.candidate;
}
