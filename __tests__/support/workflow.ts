import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { parse } from "yaml";

export interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowJob {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly needs?: string;
  readonly name?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly WorkflowStep[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, object | null>>;
  readonly permissions?: object;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

export const WORKFLOWS = fileURLToPath(new URL("../../.github/workflows/", import.meta.url));

/** @param file such as "plan.yml" */
export function readWorkflow(file: string): Workflow {
  return parse(readFileSync(`${WORKFLOWS}${file}`, "utf8"));
}

export function jobOf(workflow: Workflow, name: string): WorkflowJob {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`There is no job ${name}`);
  return job;
}

/** What an expression can name: github, vars, steps, … */
export type Contexts = Readonly<Record<string, object>>;

export type Status = "success" | "failure" | "cancelled";

/** An expression of Actions, without its braces, by GitHub's own evaluator. @param status of the steps before it */
function evaluate(expression: string, contexts: Contexts, status: Status): string {
  const functions = {
    always: () => true,
    success: () => status === "success",
    failure: () => status === "failure",
    cancelled: () => status === "cancelled",
  };
  const definitions = Object.entries(functions).map(([name, call]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(call()),
  }));
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), definitions).parse();
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, dictionary, new Map(definitions.map((one) => [one.name, one])))
    .evaluate()
    .coerceString();
}

/** Text with `${{ … }}` in it. */
export function fillIn(text: string, contexts: Contexts, status: Status = "success"): string {
  return text.replace(/\$\{\{(.+?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts, status));
}

/** Whether a job or a step is to run. As for GitHub, nothing runs after a failure unless its condition asks how things went. */
export function isToRun(
  condition: string | undefined,
  contexts: Contexts,
  status: Status = "success",
): boolean {
  const bare = (condition ?? "true").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asks = /\b(always|success|failure|cancelled)\s*\(/.test(bare);
  return (
    evaluate(`(${asks ? bare : `success() && (${bare})`}) && true || false`, contexts, status) === "true"
  );
}
