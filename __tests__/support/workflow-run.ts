import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import {
  type Contexts,
  fillIn,
  isToRun,
  jobOf,
  readWorkflow,
  type Status,
  type WorkflowStep,
} from "./workflow.ts";

export interface StepResult {
  readonly name: string;
  readonly outcome: "success" | "failure" | "skipped";
  readonly exitCode: number;
  /** What it printed on both streams. */
  readonly output: string;
}

export interface JobResult {
  readonly status: Status;
  readonly steps: Readonly<Record<string, StepResult>>;
  readonly summary: string;
  readonly output: string;
}

export interface JobRun {
  /** Such as "plan.yml". */
  readonly file: string;
  readonly job: string;
  /** Where the repository is checked out. */
  readonly directory: string;
  /** `github` and `vars`. */
  readonly contexts: Contexts;
  readonly env: NodeJS.ProcessEnv;
  /** In place of the actions that a step `uses`, by name: what it does with its inputs, and its outputs. */
  readonly actions: Readonly<
    Record<string, (inputs: Readonly<Record<string, string>>) => Record<string, string>>
  >;
  /** Only these steps. @default all */
  readonly only?: readonly string[];
}

/** The name of the step that comments. */
export const COMMENT = "Comment on the pull request";

/** Runners of GitHub's have these; a machine that runs only our tests may not, but in CI nothing is skipped. */
export function hasRunnerTools(): boolean {
  const missing = ["bash", "curl", "git", "jq"].filter(
    (tool) => execaSync(tool, ["--version"], { reject: false }).exitCode !== 0,
  );
  if (missing.length > 0 && process.env.CI)
    throw new Error(`${missing.join(", ")} is not on the PATH, and in CI no test may be skipped`);
  return missing.length === 0;
}

/**
 * A job as a runner of GitHub's runs it: conditions and expressions by GitHub's own evaluator, the `run` steps by the very
 * shell, one after the other. What the actions do is up to the test.
 */
export async function runJob(run: JobRun): Promise<JobResult> {
  const { file, job: name, directory, only } = run;
  const workflow = readWorkflow(file);
  if (workflow.defaults?.run?.shell !== "bash") throw new Error(`${file} has another shell than bash`);
  const temp = mkdtempSync(join(tmpdir(), "roster-runner-"));
  const job = jobOf(workflow, name);
  // A team without environments has one job, of no name.
  const given = { matrix: { environment: "", suffix: "" }, ...run.contexts };
  const ofJob = Object.entries(job.env ?? {}).map(([key, value]) => [key, fillIn(value, given)]);
  const env = { ...run.env, ...Object.fromEntries(ofJob) };
  const summaryFile = join(temp, "summary.md");
  writeFileSync(summaryFile, "");
  let status: Status = "success";
  const results: StepResult[] = [];
  const outputs: Record<string, { outputs: Record<string, string> }> = {};
  try {
    for (const step of job.steps) {
      if (only !== undefined && !only.includes(nameOf(step))) continue;
      const contexts = { ...given, runner: { temp }, steps: outputs, job: { status } };
      if (!isToRun(step.if, contexts, status)) {
        results.push({ name: nameOf(step), outcome: "skipped", exitCode: 0, output: "" });
        continue;
      }
      // The dependencies are there, and linked.
      if (step.run?.startsWith("npm ci ")) continue;
      const result =
        step.run === undefined
          ? useAction(step, run, contexts, outputs)
          : await runScript(step, step.run, { ...run, env, contexts, temp, summaryFile, directory });
      results.push(result);
      if (result.outcome === "failure") status = "failure";
    }
    return {
      status,
      steps: Object.fromEntries(results.map((result) => [result.name, result])),
      summary: readFileSync(summaryFile, "utf8"),
      output: results.map(({ output }) => output).join("\n"),
    };
  } finally {
    rmSync(temp, { recursive: true });
  }
}

const nameOf = ({ name, uses, run }: WorkflowStep) => name ?? uses?.split("@")[0] ?? run ?? "";

function useAction(
  step: WorkflowStep,
  { actions }: JobRun,
  contexts: Contexts,
  outputs: Record<string, { outputs: Record<string, string> }>,
): StepResult {
  const action = step.uses?.split("@")[0] ?? "";
  const act = actions[action];
  if (act === undefined) throw new Error(`The test has nothing in place of ${action}`);
  const inputs = Object.entries(step.with ?? {}).map(([key, value]) => [
    key,
    fillIn(String(value), contexts),
  ]);
  const result = act(Object.fromEntries(inputs));
  if (step.id !== undefined) outputs[step.id] = { outputs: result };
  return { name: nameOf(step), outcome: "success", exitCode: 0, output: "" };
}

async function runScript(
  step: WorkflowStep,
  script: string,
  { directory, contexts, env, temp, summaryFile }: JobRun & { temp: string; summaryFile: string },
): Promise<StepResult> {
  const file = join(temp, "step.sh");
  writeFileSync(file, script);
  const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, fillIn(value, contexts)]);
  const { exitCode = 1, all } = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", file], {
    cwd: directory,
    env: {
      CI: "true",
      GITHUB_ACTIONS: "true",
      NO_COLOR: "1",
      ...env,
      RUNNER_TEMP: temp,
      GITHUB_STEP_SUMMARY: summaryFile,
      ...Object.fromEntries(own),
    },
    input: "",
    reject: false,
    all: true,
  });
  return { name: nameOf(step), outcome: exitCode === 0 ? "success" : "failure", exitCode, output: all };
}
