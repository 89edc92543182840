import { formatLocation, type UserError } from "../../lib/errors.ts";
import type { Screen } from "./screen.ts";
import { hanging, hangingStep } from "./wrap.ts";

/** What happened, where, why, and what to do next, in lines of the window. */
export function errorText(error: UserError, { paint, columns }: Screen): string {
  return [
    ...hanging(`${paint.red("✖")} `, error.message, columns),
    ...(error.where ? [`  ${paint.cyan(formatLocation(error.where))}`] : []),
    ...(error.why ? hanging("  ", error.why, columns) : []),
    ...error.next.flatMap((step) => hangingStep(`  ${paint.yellow("→")} `, step, columns)),
    "",
  ].join("\n");
}
