import { formatLocation, type UserError } from "../../lib/errors.ts";
import type { Screen } from "./screen.ts";
import { hanging } from "./wrap.ts";

/** What happened, where, why, and what to do next, in lines of the window. */
export function errorText(error: UserError, { paint, columns }: Screen): string {
  return [
    ...hanging(`${paint.red("✖")} `, error.message, columns),
    ...(error.where ? [`  ${paint.cyan(formatLocation(error.where))}`] : []),
    ...(error.why ? hanging("  ", error.why, columns) : []),
    // Not broken by us: a command among them is to be copied.
    ...error.next.map((step) => `  ${paint.yellow("→")} ${step}`),
    "",
  ].join("\n");
}
