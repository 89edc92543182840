import type { LeftOut } from "../../lib/directory/roster-text.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";

/** Whom a roster can't hold, with the reasons; no line where it holds everybody. */
export function leftOutLines(leftOut: readonly LeftOut[], paint: Paint): string[] {
  if (leftOut.length === 0) return [];
  return [
    `${paint.yellow("!")} ${leftOut.length} can't be in a roster; the pool keeps them untouched:`,
    table(
      ["name", "why"],
      leftOut.map(({ name, username, reason }) => [name || username, reason]),
    ),
  ];
}
