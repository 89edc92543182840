// npm run destroy: what would be deleted, in people; then, by its name, exactly that.

import { isAbsolute, relative } from "node:path";
import { type ProposedDestruction, withDestruction } from "../lib/deploy/destroy.ts";
import { readProject } from "../lib/deploy/project.ts";
import { EXIT } from "../lib/errors.ts";
import { destructionLines } from "../lib/review/destruction.ts";
import { holdWorkingCopy } from "../lib/terraform/deploy-lock.ts";
import { escapeControls, type Screen, wrapIndented } from "../lib/text/terminal.ts";
import { interruption, main, newCommand, ROOT, warnOf } from "./frame/main.ts";
import { CACHE } from "./frame/pool.ts";
import { askName, requireName } from "./frame/protection.ts";
import { ownResources } from "./frame/resources.ts";
import { config, environment, written } from "./frame/settings.ts";
import { poolLine } from "./frame/target.ts";
import { progress } from "./progress.ts";
import { screenOf } from "./screen.ts";

main(async () => {
  const { confirm, json } = newCommand(
    "destroy",
    "Deletes the user pool of a `destroyable` stack and everyone in it, after a review and typing its name. Exits with 3 for any other stack.",
    { destroys: true },
  )
    .option("--json", "print one JSON document", false)
    .parse()
    .opts<{ confirm?: string; json: boolean }>();
  const what = environment === undefined ? "stack" : "environment";
  const name = environment ?? config.stack;
  // If it is refused anyway, no one needs to type anything.
  const asks = { confirm, name, asked: config.destroyable === true, what } as const;
  if (config.destroyable === true) requireName(asks);
  const interrupted = interruption();
  const { signal } = interrupted;
  const shown = progress();
  let release = () => {};
  try {
    release = await holdWorkingCopy(ROOT);
    const project = readProject(ROOT, written, environment, await ownResources());
    warnOf(project);
    const options = { project, cacheDirectory: CACHE, signal, onProgress: shown.say };
    const done = await withDestruction(options, async (found) => {
      shown.stop();
      const stream = json ? process.stderr : process.stdout;
      stream.write(reviewText(found, `${what} ${name}`, screenOf(stream)));
      if (confirm === undefined) await askName(name, { question: `Destroy the ${what} ${name}`, signal });
      const left = await found.destroy();
      return { found, left: left.map(called) };
    });
    shown.stop();
    if (json) process.stdout.write(documentOf(name, done));
    else process.stdout.write(doneText(name, done?.left, screenOf(process.stdout)));
    return EXIT.ok;
  } catch (error) {
    shown.stop();
    if (!signal.aborted) throw error;
    process.stderr.write("Interrupted. Run the command again: it continues where this one stopped.\n");
    return interrupted.exitCode();
  } finally {
    shown.stop();
    release();
  }
});

/** Files are shown relative to here, anything else as it is. */
const called = (left: string) => (isAbsolute(left) ? relative("", left) : left);

function reviewText(found: ProposedDestruction, what: string, { paint, columns }: Screen): string {
  const { pool } = found;
  const lines = destructionLines({
    ...found,
    people: found.people.map(escapeControls),
    undeclared: found.undeclared.map(escapeControls),
  });
  return [
    paint.bold(`Destroys the ${what}`),
    ...(pool === undefined ? [] : wrapIndented("  ", poolLine(pool, {}, {}), columns)),
    ...lines.flatMap((line) => wrapIndented(`${paint.red("✖")} `, line, columns)),
    "",
  ].join("\n");
}

interface Done {
  readonly found: ProposedDestruction;
  readonly left: readonly string[];
}

function doneText(name: string, left: readonly string[] | undefined, { paint, columns }: Screen): string {
  if (left === undefined)
    return `${paint.green("✔")} Nothing of ${name} is deployed, so there is nothing to destroy\n`;
  const step = (text: string) => wrapIndented(`  ${paint.yellow("→")} `, text, columns);
  return [
    `${paint.green("✔")} Destroyed ${name}: only the state's own storage is left in AWS`,
    ...step(`left on this machine, with people's data: ${left.join(", ")}`),
    ...step("delete any files of passwords and tokens that commands wrote"),
    "",
  ].join("\n");
}

function documentOf(name: string, done: Done | undefined): string {
  const { people = [], undeclared = [], things = {}, pool = null } = done?.found ?? {};
  const document = { destroyed: name, pool, people, undeclared, things, left: done?.left ?? [] };
  return `${JSON.stringify(document, null, 2)}\n`;
}
