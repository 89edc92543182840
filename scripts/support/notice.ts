import type { Shown } from "./progress.ts";
import { screenOf } from "./screen.ts";
import { hanging } from "./wrap.ts";

/** Something on stderr that is worth noticing, in place of the progress. */
export function notice(shown: Shown, text: string): void {
  shown.stop();
  const { paint, columns } = screenOf(process.stderr);
  process.stderr.write(`${hanging(`${paint.yellow("!")} `, text, columns).join("\n")}\n`);
}
