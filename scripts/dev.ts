// npm run dev: what check says, and what changes, each time that the roster or config.ts is saved.
import { config } from "../config.ts";
import { checkOnSave } from "./support/check-on-save.ts";
import { checkOnce } from "./support/check-once.ts";
import { newCommand } from "./support/command.ts";
import { main } from "./support/entry.ts";
import { interruption } from "./support/interruption.ts";
import { paintFor } from "./support/paint.ts";

main(async () => {
  const { once } = newCommand(
    "dev",
    "Says at every save of the roster or config.ts what check says, and what changes since HEAD. Never reaches AWS. Ctrl-C ends it.",
  )
    .option("--once", "say it once, and end as check does", false)
    .parse()
    .opts<{ once: boolean }>();
  if (once) return checkOnce();
  const interrupted = interruption();
  const { dim } = paintFor(process.stdout);
  process.stdout.write(dim(`Checks ${config.roster} and config.ts at every save. Ctrl-C ends.\n`));
  await checkOnSave(config.roster, interrupted.signal);
  // Ctrl-C is how this ends, not a failure.
  return interrupted.exitCode() === 130 ? 0 : interrupted.exitCode();
});
