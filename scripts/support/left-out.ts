import type { LeftOut } from "../../lib/directory/roster-text.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { harmless } from "./wrap.ts";

/** Whom a roster can't hold, with the reasons; no line where it holds everybody. */
export function leftOutLines(leftOut: readonly LeftOut[], screen: Screen): string[] {
  if (leftOut.length === 0) return [];
  return [
    `${screen.paint.yellow("!")} ${leftOut.length} can't be in a roster; the pool keeps them untouched:`,
    table(
      ["name", "why"],
      leftOut.map(({ name, username, reason }) => [harmless(name || username), harmless(reason)]),
      screen,
    ),
  ];
}
