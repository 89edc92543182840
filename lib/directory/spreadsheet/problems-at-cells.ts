import { parseTree } from "jsonc-parser";
import type { Location } from "../../errors.ts";
import { STANDARD_ATTRIBUTES } from "../../roster/formats.ts";
import { entriesOf, sourceOf, TreeIndex } from "../../roster/json-text.ts";
import type { RosterText } from "../../roster/parse.ts";
import type { Problem } from "../../roster/problem.ts";
import { atCell, type CellProblem, type SheetPerson } from "./sheet.ts";

export type { CellProblem } from "./sheet.ts";

interface Place {
  readonly location: Location;
  readonly username: string;
  /** The column's field; empty for the person's name. */
  readonly target: string;
}

/**
 * Finds the cell that causes a problem in the new roster.
 * @param rows of the spreadsheet, by the name in the roster
 * @param texts the new roster
 * @returns a function of a problem; one without a row stays at its line of the roster, with an empty cell
 */
export function problemsAtCells(
  rows: ReadonlyMap<string, SheetPerson>,
  texts: readonly RosterText[],
): (problem: Problem) => CellProblem {
  const places = new Map<string, readonly Place[]>();
  const placesOf = (file: string): readonly Place[] => {
    const known = places.get(file);
    if (known !== undefined) return known;
    const found = findPlaces(texts.find((text) => text.file === file));
    places.set(file, found);
    return found;
  };
  return (problem) => {
    const all = placesOf(problem.location.file);
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const place = all[middle];
      if (place !== undefined && compare(place.location, problem.location) <= 0) low = middle + 1;
      else high = middle;
    }
    const place = all[low - 1];
    const row = place && rows.get(place.username);
    return place && row ? atCell(row.placeOf(place.target), problem) : { ...problem, cell: "" };
  };
}

/** Each person's name, fields and attributes, in the order of the file. */
function findPlaces(text: RosterText | undefined): Place[] {
  const source = text && sourceOf(text.text, text.file);
  const root = source && parseTree(source.text, [], { allowTrailingComma: true });
  if (source === undefined || root === undefined) return [];
  return entriesOf(new TreeIndex(root).at(["users"])).flatMap(({ name: username, key, value }) => [
    { location: source.locate(key.offset), username, target: "" },
    ...entriesOf(value).flatMap(({ name: field, key: at, value: inner }) =>
      field === "attributes"
        ? entriesOf(inner).map(({ name, key: attribute }) => ({
            location: source.locate(attribute.offset),
            username,
            target: Object.hasOwn(STANDARD_ATTRIBUTES, name) ? name : `custom:${name}`,
          }))
        : [{ location: source.locate(at.offset), username, target: field }],
    ),
  ]);
}

const compare = (a: Location, b: Location): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
