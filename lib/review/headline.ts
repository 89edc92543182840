import type { PersonEntry } from "./person-entry.ts";
import { joinsToLeave } from "./person-words.ts";
import type { Entry } from "./review.ts";
import { counted, type Refusal } from "./verdict.ts";
import { type Found, NOT_PUT_BACK } from "./words.ts";

/** More refusals than these are only counted in the head line; each stands below it. */
const NAMED = 3;

/** "3 join, 1 leaves, 2 change — nothing irreversible", or "REFUSED: 41 people would be deleted (limit 10)". */
export function headline(found: Omit<Found, "strangers">, refused: readonly Refusal[]): string {
  const { review, drift, kept = false } = found;
  if (refused.length > 0) {
    const named = refused.slice(0, NAMED).map(({ message }) => message);
    const more = refused.length - named.length;
    return `REFUSED: ${[...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")}`;
  }
  const outside = drift.people.length + drift.things.length;
  const missing = drift.people.filter(({ what }) => what === "missing").length;
  if (review.entries.length === 0) {
    if (outside === 0) return "Nothing to do: everything is as it is written";
    const changed = `${counted(outside, "thing was", "things were")} changed outside this repository`;
    if (kept) return `${changed}: ${NOT_PUT_BACK}`;
    if (missing === 0) return `${changed}: npm run deploy puts that back`;
    const rest = outside > missing ? "puts that back, and " : "";
    return `${changed}: npm run deploy ${rest}creates ${counted(missing, "deleted account", "deleted accounts")} anew, with a new sub`;
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
  const toLeave = people.filter(joinsToLeave).length;
  const parts = [
    verb(count("joins") - toLeave, "joins", "join"),
    verb(toLeave, "is created only to leave", "are created only to leave"),
    verb(count("leaves"), "leaves", "leave"),
    verb(count("returns"), "returns", "return"),
    verb(count("changes") + regrouped.size, "changes", "change"),
    verb(count("adopted"), "is adopted", "are adopted"),
    verb(count("deleted"), "is deleted", "are deleted"),
    verb(count("replaced"), "is replaced", "are replaced"),
    ...(others.length === 0 ? [] : [counted(others.length, "other thing", "other things")]),
  ].filter((part) => part !== "");
  const gone = review.entries.filter(isIrreversible).length;
  const ends = [
    ...(gone === 0 && missing > 0 ? [] : [gone === 0 ? "nothing irreversible" : `${gone} irreversible`]),
    ...(missing === 0
      ? []
      : [`${counted(missing, "account was", "accounts were")} deleted outside this repository`]),
  ];
  return `${parts.join(", ")} — ${ends.join(", ")}`;
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
