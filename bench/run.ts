// npm run bench: what synth, check, plans and walks cost, beside the usual ways; bench/results.md keeps it.
import { fileURLToPath } from "node:url";
import { Option } from "commander";
import { findTerraform } from "../lib/terraform/find.ts";
import { table } from "../lib/text/terminal.ts";
import { interruption, main, newCommand } from "../scripts/frame/main.ts";
import { progress } from "../scripts/progress.ts";
import { screenOf } from "../scripts/screen.ts";
import { check } from "./check.ts";
import { compare } from "./compare.ts";
import { endToEnd } from "./end-to-end.ts";
import { equality } from "./equality.ts";
import { plan } from "./plan.ts";
import { planCalls } from "./plan-calls.ts";
import { machine } from "./support/machine.ts";
import { keepResults } from "./support/results.ts";
import type { BenchContext, Section } from "./support/section.ts";
import { FULL, QUICK } from "./support/sizes.ts";
import { synth } from "./synth.ts";
import { walk } from "./walk.ts";

const BENCHES: Readonly<Record<string, (context: BenchContext) => Promise<Section>>> = {
  synth,
  check,
  plan,
  "end-to-end": endToEnd,
  calls: planCalls,
  compare,
  walk,
  equality,
};

main(async () => {
  const command = newCommand(
    "bench",
    "Measures synth, check, plans, whole plans and deploys as you run them, their calls to Cognito and first logins on this machine, without AWS. Needs GNU time and moto_server. All of it takes about an hour and a half.",
  )
    .option("--quick", "tiny sizes, in a minute or two, to see that everything runs", false)
    .addOption(
      new Option(
        "--only <names...>",
        "some of it; what was measured of the rest before stays in the results",
      ).choices(Object.keys(BENCHES)),
    )
    .option("--out <file>", "where to write the results (default: bench/results.md; nowhere with --quick)")
    .parse();
  const { quick, only, out } = command.opts<{ quick: boolean; only?: string[]; out?: string }>();
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  try {
    const sizes = quick ? QUICK : FULL;
    const file = out ?? (quick ? undefined : fileURLToPath(new URL("results.md", import.meta.url)));
    const { path } = await findTerraform({
      cacheDirectory: fileURLToPath(new URL("../.cache", import.meta.url)),
      onProgress: shown.say,
      signal,
    });
    for (const name of only ?? Object.keys(BENCHES)) {
      const measured = await BENCHES[name]?.({ sizes, signal, say: shown.say });
      if (measured === undefined) continue;
      shown.stop();
      // At tiny sizes nothing is far enough above the floor to be judged.
      const section = quick ? { ...measured, targets: [] } : measured;
      process.stdout.write(
        `\n${section.title}\n${table(section.head, section.rows, screenOf(process.stdout))}\n`,
      );
      for (const { asks, measured, met } of section.targets)
        process.stdout.write(`${met === undefined ? "–" : met ? "✔" : "✖"} ${asks}: ${measured}\n`);
      if (file !== undefined)
        keepResults(file, { [name]: section }, await machine(path), Object.keys(BENCHES));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("Interrupted. The parts that were measured to their end are kept.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
  }
  return 0;
});
