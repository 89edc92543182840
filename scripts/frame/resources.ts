/// <reference path="./optional.d.ts" />
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { RESOURCES_FILE } from "../../lib/deploy/project.ts";
import { EXIT, UserError } from "../../lib/errors.ts";
import { describeProblem, type SettingProblem } from "../../lib/stack/rules/problem.ts";
import type { OwnResources } from "../../lib/stack/synth/roster-stack.ts";
import { ROOT } from "./root.ts";
import { thrownProblems } from "./settings.ts";

const PATH = join(ROOT, RESOURCES_FILE);

/** Its name in problems, relative to where the command runs. */
const file = relative("", PATH);

const WHY = "Its resources are planned with the pool; without the file, the plan would delete them.";

/** Only imported here; if there is none, scripts/compile.mjs supplies an empty one. */
const load = (): Promise<{ readonly default?: unknown }> => import("../../resources.ts");

/**
 * Your own constructs: what resources.ts beside config.ts exports.
 * @returns a function that throws errors in words, with the line in resources.ts; undefined if there is no such file
 * @throws ResourcesError (exit 2) for a file that can't be loaded, or has no function as its default export
 */
export async function ownResources(): Promise<OwnResources | undefined> {
  if (!existsSync(PATH)) return undefined;
  const { default: made, ...others } = await load().catch((thrown: unknown) => {
    throw new ResourcesError(thrownProblems(thrown, { file, why: WHY }));
  });
  if (typeof made !== "function") throw new ResourcesError([notAFunction(made, Object.keys(others))]);
  return (stack) => {
    let answer: unknown;
    try {
      answer = made(stack);
    } catch (thrown) {
      throw new ResourcesError(thrownProblems(thrown, { file, why: WHY }));
    }
    if (answer instanceof Promise) {
      // An asynchronous result comes too late, whatever it is.
      answer.catch(() => {});
      throw new ResourcesError([
        problem("its default export is async", "Make it a plain function, and await things outside of it."),
      ]);
    }
  };
}

const problem = (message: string, next: string): SettingProblem => ({
  severity: "error",
  setting: "",
  location: { file },
  message,
  why: WHY,
  next,
});

function notAFunction(made: unknown, others: readonly string[]): SettingProblem {
  const exported = others.length === 0 ? "nothing" : others.join(", ");
  return problem(
    made === undefined ? `it exports ${exported}, and no default` : "its default export is not a function",
    "Add: export default (stack: CognitoRosterStack) => { … };",
  );
}

/** A resources.ts that can't be used. */
export class ResourcesError extends UserError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map((one) => `  ${describeProblem(one)}`);
    super([`${RESOURCES_FILE} can't be used`, ...lines].join("\n"), { exitCode: EXIT.wrong });
    this.problems = problems;
  }
}
