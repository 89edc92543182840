import { formatLocation } from "../../lib/errors.ts";
import type { Problem } from "../../lib/roster/problem.ts";
import type { Screen } from "./screen.ts";
import { hanging, wrapped } from "./wrap.ts";

const INDENT = "    ";

/** A problem of a roster, where it is and what helps, broken where the window ends. */
export function problemText({ location, message, hint }: Problem, { paint, columns }: Screen): string {
  const problem = `${paint.cyan(formatLocation(location))} ${paint.red("✖")} ${message}`;
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - INDENT.length, 20);
  const lines = wrapped(problem, room).map((line, index) => (index === 0 ? line : INDENT + line));
  return [...lines, ...hanging(`${INDENT}${paint.dim("→")} `, hint, columns)].join("\n");
}
