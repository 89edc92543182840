import type { Drift } from "./drift.ts";
import type { PersonEntry } from "./person-entry.ts";
import type { Entry, Review } from "./review.ts";
import { counted, type Refusal } from "./verdict.ts";

const NO_DRIFT: Drift = { people: [], things: [] };

/** More refusals than these are only counted in the head line; each stands below it. */
const NAMED = 3;

/** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: 41 people would be deleted (limit 10)". */
export function headline(review: Review, refused: readonly Refusal[], drift: Drift = NO_DRIFT): string {
  if (refused.length > 0) {
    const named = refused.slice(0, NAMED).map(({ message }) => message);
    const more = refused.length - named.length;
    return `REFUSED: ${[...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")}`;
  }
  if (review.entries.length === 0) {
    const outside = drift.people.length + drift.things.length;
    return outside === 0
      ? "Nothing to do: everything is as it is written"
      : `${counted(outside, "thing was", "things were")} changed outside this repository: npm run deploy puts that back`;
  }
  const people = review.entries.filter((entry) => entry.about === "person");
  const touched = new Set(people.map(({ username }) => username));
  const regrouped = new Set(
    review.entries.flatMap((entry) =>
      entry.about === "membership" && !touched.has(entry.username) ? [entry.username] : [],
    ),
  );
  const others = review.entries.filter((entry) => entry.about !== "person" && entry.about !== "membership");
  const count = (what: PersonEntry["what"]) => people.filter((entry) => entry.what === what).length;
  const parts = [
    verb(count("joins"), "joins", "join"),
    verb(count("leaves"), "leaves", "leave"),
    verb(count("returns"), "returns", "return"),
    verb(count("changes") + regrouped.size, "changes", "change"),
    verb(count("adopted"), "is adopted", "are adopted"),
    verb(count("deleted"), "is deleted", "are deleted"),
    verb(count("replaced"), "is replaced", "are replaced"),
    ...(others.length === 0 ? [] : [counted(others.length, "other thing", "other things")]),
  ].filter((part) => part !== "");
  const gone = review.entries.filter(isIrreversible).length;
  return `${parts.join(", ")} — ${gone === 0 ? "nothing irreversible" : `${gone} irreversible`}`;
}

/** A group can be made again as it was, and a membership too. */
export const isIrreversible = (entry: Entry) =>
  entry.about !== "group" &&
  entry.about !== "membership" &&
  (entry.what === "deleted" ||
    entry.what === "replaced" ||
    (entry.about === "person" && entry.password !== undefined));

const verb = (count: number, one: string, several: string) =>
  count === 0 ? "" : counted(count, one, several);
