import type { Outcome } from "../../lib/directory/for-everyone.ts";
import { UserError } from "../../lib/errors.ts";
import { screenOf } from "./screen.ts";
import { table } from "./table.ts";
import { harmless } from "./wrap.ts";

export interface Telling {
  readonly json: boolean;
  /** Such as `12 invitations sent`. */
  readonly done: (count: number) => string;
  /** People who were not even begun, beside those among the outcomes. @default 0 */
  readonly left?: number;
  readonly interrupted: boolean;
  /** What to do for those who are left. @default the same command */
  readonly again?: string;
  /** More for the JSON document. */
  readonly more?: object;
}

/** Failures and ways on that are told in words. */
const TOLD = 20;
const INTERRUPTED = 130;
const AGAIN = "Run the same command again: it takes up where this one stopped.";

/**
 * Tells how a piece of work for many people ended: the counts, who failed and why, what to do next.
 * @returns the exit code: 0 when everyone was done, 1 otherwise, 130 after Ctrl-C
 * @throws a defect: what failed for another reason than one that a person can mend
 */
export function tellOutcomes(outcomes: readonly Outcome<unknown>[], telling: Telling): number {
  const { json, done, left: more = 0, interrupted, again = AGAIN } = telling;
  const names = (state: Outcome<unknown>["state"]) =>
    outcomes.flatMap((outcome) => (outcome.state === state ? [outcome.username] : []));
  const failed = outcomes.flatMap((outcome) => (outcome.state === "failed" ? [outcome] : []));
  const left = names("left").length + more;
  if (json) {
    const document = {
      done: names("done"),
      doneBefore: names("done-before"),
      failed: failed.map(({ username, error }) => ({ username, problem: problemOf(error) })),
      left: names("left"),
      ...(more > 0 && { leftForAnotherDay: more }),
      ...telling.more,
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const { paint } = screenOf(process.stdout);
    const count = names("done").length;
    const sign = failed.length + left === 0 ? paint.green("✔") : paint.yellow("!");
    process.stdout.write(`${sign} ${done(count)}\n`);
  }
  const screen = screenOf(process.stderr);
  const { paint } = screen;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  if (failed.length > 0) {
    say(`${paint.red("✖")} ${failed.length} failed:`);
    say(
      table(
        [],
        failed.slice(0, TOLD).map(({ username, error }) => [harmless(username), problemOf(error)]),
        screen,
        "  ",
      ),
    );
    if (failed.length > TOLD) say(`  … and ${failed.length - TOLD} more`);
    const steps = new Set(failed.flatMap(({ error }) => (error instanceof UserError ? error.next : [])));
    for (const step of [...steps].slice(0, TOLD)) say(`  ${paint.yellow("→")} ${step}`);
  }
  const defect = failed.find(({ error }) => !(error instanceof UserError));
  if (defect !== undefined) throw defect.error;
  if (interrupted) say(`Interrupted: ${left} left. ${again}`);
  else if (left > 0) say(`${left} left. ${again}`);
  if (interrupted) return INTERRUPTED;
  return failed.length + left > 0 ? 1 : 0;
}

export const problemOf = (error: unknown) =>
  error instanceof UserError ? error.message : "an unexpected error, told below";
