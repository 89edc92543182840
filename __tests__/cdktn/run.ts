// npm run cdktn: whether cdktn in CDKTF's place would synthesize the same. docs/cdktn.md says what for.
import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/errors.ts";
import { interruption, main, newCommand } from "../../scripts/frame/main.ts";
import { progress } from "../../scripts/progress.ts";
import { paintFor } from "../../scripts/screen.ts";
import { Project } from "../support/project.ts";
import { casesOf } from "./cases.ts";
import { compare, type Difference } from "./compare.ts";
import { CDKTN, checkTypes, switchToCdktn } from "./switch.ts";
import { synthesizeCase } from "./synthesize.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Of more differences than these, the rest is counted. */
const SHOWN = 10;

main(async () => {
  const command = newCommand(
    "cdktn",
    `Installs cdktn ${CDKTN} in CDKTF's place in a temporary copy, and requires of this repository and every example the same cdk.tf.json. Needs npm's registry.`,
  )
    .option("--keep", "leave the switched copy, and say where it is", false)
    .parse();
  const { keep } = command.opts<{ keep: boolean }>();
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  const paint = paintFor(process.stdout);
  const [today, tomorrow] = [new Project(), new Project()];
  let failed = 0;
  try {
    shown.say(`Installing cdktn ${CDKTN} in a copy of this repository`);
    await switchToCdktn(tomorrow.directory, signal);
    shown.say("Checking types");
    await checkTypes(tomorrow.directory, signal);
    for (const one of casesOf(ROOT)) {
      shown.say("Synthesizing twice", one.name);
      const before = await synthesizeCase(today.directory, one, signal);
      const { version } = before["//"].metadata;
      if (version === CDKTN) throw switchedAlready();
      const after = await synthesizeCase(tomorrow.directory, one, signal);
      const found = compare(before, after, CDKTN);
      if (found.length > 0) failed += 1;
      shown.stop();
      const mark = found.length === 0 ? paint.green("✔") : paint.red("✖");
      process.stdout.write([`${mark} ${one.name}`, ...differenceLines(found), ""].join("\n"));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("Interrupted.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
    today.remove();
    if (!keep) tomorrow.remove();
  }
  process.stdout.write(
    failed === 0
      ? `The same cdk.tf.json as by cdktf, but for the version in its comment: ${CDKTN}.\n`
      : `Not the same: ${failed} of the above.\n`,
  );
  if (keep) process.stdout.write(`The switched copy: ${tomorrow.directory}\n`);
  return failed === 0 ? 0 : 1;
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
    next: ["docs/cdktn.md says what may be deleted after the switch, this command among it"],
    exitCode: 2,
  });
}
