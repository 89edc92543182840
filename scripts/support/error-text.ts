import { formatLocation, type UserError } from "../../lib/errors.ts";
import type { Screen } from "./screen.ts";
import { hanging } from "./wrap.ts";

/** Where a step holds a command that is to be copied: a line break of ours in it would be copied, too. */
const COMMAND = /\b(?:npm run|npx) |\(cd |(?:^|: )(?:aws|git|terraform|chmod|rm|pip|env|export|unset) /;

/** What happened, where, why, and what to do next, in lines of the window. */
export function errorText(error: UserError, { paint, columns }: Screen): string {
  return [
    ...hanging(`${paint.red("✖")} `, error.message, columns),
    ...(error.where ? [`  ${paint.cyan(formatLocation(error.where))}`] : []),
    ...(error.why ? hanging("  ", error.why, columns) : []),
    ...error.next.flatMap((step) =>
      hanging(`  ${paint.yellow("→")} `, step, COMMAND.test(step) ? undefined : columns),
    ),
    "",
  ].join("\n");
}
