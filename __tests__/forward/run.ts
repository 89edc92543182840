// npm run forward: whether what comes after cdktf and provider 5 would synthesize the same. docs/forward.md says what for.
import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/errors.ts";
import { interruption, main, newCommand } from "../../scripts/frame/main.ts";
import { progress } from "../../scripts/progress.ts";
import { paintFor } from "../../scripts/screen.ts";
import { Project } from "../support/project.ts";
import { casesOf } from "./cases.ts";
import { type Configuration, compare, type Difference } from "./compare.ts";
import { CDKTN, checkTypes, providerOf, STEPS, type Step, switchTo } from "./switch.ts";
import { synthesizeCase } from "./synthesize.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Of more differences than these, the rest is counted. */
const SHOWN = 10;

main(async () => {
  const command = newCommand(
    "forward",
    `Installs cdktn ${CDKTN} in CDKTF's place, and the bindings of the AWS provider 6 for either, in temporary copies, and requires of this repository and every example the same cdk.tf.json but for these versions. Needs npm's registry.`,
  )
    .option("--keep", "leave the switched copies, and say where they are", false)
    .parse();
  const { keep } = command.opts<{ keep: boolean }>();
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  const paint = paintFor(process.stdout);
  const cases = casesOf(ROOT);
  const today = new Project();
  let failed = 0;
  try {
    const befores: Configuration[] = [];
    for (const one of cases) {
      shown.say("Synthesizing as it is today", one.name);
      const before = await synthesizeCase(today.directory, one, signal);
      if (before["//"].metadata.version === CDKTN) throw switchedAlready();
      befores.push(before);
    }
    for (const step of STEPS) failed += await tryStep(step, befores);
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("Interrupted.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
    today.remove();
  }
  process.stdout.write(
    failed === 0
      ? "The same cdk.tf.json each time, but for the versions. No plan was made: that is for you to read.\n"
      : `Not the same: ${failed} of the above.\n`,
  );
  return failed === 0 ? 0 : 1;

  /** @returns how many cases differ */
  async function tryStep(step: Step, befores: readonly Configuration[]): Promise<number> {
    const copy = new Project();
    const { directory } = copy;
    try {
      shown.say("Installing in a copy of this repository", step.name);
      await switchTo(step, directory, signal);
      shown.say("Checking types", step.name);
      await checkTypes(step, directory, signal);
      shown.stop();
      const provider = providerOf(step, directory);
      const versions = [step.writtenBy, provider && `hashicorp/aws ${provider}`].filter(Boolean).join(", ");
      process.stdout.write(`${step.name} (in the JSON: ${versions}); its types fit\n`);
      let differ = 0;
      for (const [index, before] of befores.entries()) {
        const one = cases[index] as (typeof cases)[number];
        shown.say("Synthesizing", one.name);
        const after = await synthesizeCase(directory, one, signal);
        const version = step.writtenBy ?? before["//"].metadata.version;
        const found = compare(before, after, { version, ...(provider && { provider }) });
        if (found.length > 0) differ += 1;
        shown.stop();
        const mark = found.length === 0 ? paint.green("✔") : paint.red("✖");
        process.stdout.write([`${mark} ${one.name}`, ...differenceLines(found), ""].join("\n"));
      }
      if (keep) process.stdout.write(`The switched copy: ${directory}\n`);
      return differ;
    } finally {
      if (!keep) copy.remove();
    }
  }
});

function differenceLines(found: readonly Difference[]): string[] {
  const text = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 100);
  const more = found.length - SHOWN;
  return [
    ...found
      .slice(0, SHOWN)
      .map(({ path, before, after }) => `    ${path}: ${text(before)} → ${text(after)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function switchedAlready(): UserError {
  return new UserError(`This repository is synthesized by cdktn ${CDKTN} already`, {
    why: "There is nothing to compare it with.",
    next: ["docs/forward.md says what may be deleted after the switch, this command among it"],
    exitCode: 2,
  });
}
