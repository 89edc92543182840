import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tsImport } from "tsx/esm/api";
import { describe, expect, test } from "vitest";
import { MARKER } from "../../lib/review/render/markdown.ts";
import { AWS_PROVIDER } from "../../lib/stack/synth/roster-stack.ts";
import { TERRAFORM_VERSION } from "../../lib/terraform/find.ts";
import packageJson from "../../package.json" with { type: "json" };
import { pullRequestContexts, REPOSITORY } from "../support/pull-request.ts";
import { fillIn, isToRun, jobOf, readWorkflow, WORKFLOWS } from "../support/workflow.ts";
import { hasRunnerTools } from "../support/workflow-run.ts";

// Node refuses to import its schema, a JSON file, without being told that it is one; tsx does not.
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = (await tsImport(
  "@actions/workflow-parser",
  import.meta.url,
)) as typeof import("@actions/workflow-parser");

async function mistakesIn(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
  const found = context.errors.getErrors().map(({ message }) => message);
  if (found.length > 0 || value === undefined) return found;
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message }) => Message);
}

const FILES = readdirSync(WORKFLOWS).filter((file) => /\.ya?ml$/.test(file));
const textOf = (file: string) => readFileSync(`${WORKFLOWS}${file}`, "utf8");

describe.each(FILES)("%s", (file) => {
  const text = textOf(file);
  const workflow = readWorkflow(file);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

  test("GitHub's own parser finds no mistake in it", async () => {
    expect(await mistakesIn(text)).toEqual([]);
  });

  test("every action is pinned to a commit, and a comment says to which release that belongs", () => {
    const uses = text.match(/^ *(?:- )?uses: .*$/gm) ?? [];
    expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("a job has the rights that it names, and a time limit; the workflow has none", () => {
    expect(workflow.permissions).toEqual({});
    for (const [, job] of jobs) {
      expect(job.permissions).toBeDefined();
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
    }
  });

  test("no checkout leaves the token in .git, no step has a stored secret, and none is cached", () => {
    for (const step of steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"))) {
      expect(step.with?.["persist-credentials"]).toBe(false);
    }
    expect(text).not.toMatch(/\bsecrets\.|\bcache:|actions\/cache/);
  });

  test("no expression is put into a script: what somebody else wrote comes as an environment variable", () => {
    for (const script of scripts) expect(script).not.toContain("${{");
  });

  test("it runs no stranger's code with this repository's rights", () => {
    const { pull_request_target, workflow_run, issue_comment } = workflow.on;
    expect([pull_request_target, workflow_run, issue_comment]).toEqual([undefined, undefined, undefined]);
  });

  test("its scripts are whole, fail where a command fails, and call commands that there are", () => {
    expect(workflow.defaults?.run?.shell).toBe("bash");
    const names: Record<string, string> = packageJson.scripts;
    for (const script of scripts) {
      expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
      for (const [, name = ""] of script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
        if (name.startsWith("test:")) expect(names[name]).toMatch(/^vitest run /);
        else {
          expect(names[name]).toBe(`node scripts/run.mjs ${name}`);
          expect(readdirSync("scripts")).toContain(`${name}.ts`);
        }
      }
    }
  });
});

test.each([
  ["a key that there is not", "runs-on: x\n    step: []", "Unexpected value 'step'"],
  [
    "a context that there is not",
    "runs-on: x\n    steps: [{ run: '${{ gitub.sha }}' }]",
    "Unrecognized named-value",
  ],
])("the parser would find %s", async (_, job, mistake) => {
  expect((await mistakesIn(`on: push\njobs:\n  a:\n    ${job}\n`)).join()).toContain(mistake);
});

describe("which job runs", () => {
  test.each([
    ["of the repository itself", REPOSITORY, undefined, ["check", "environments", "plan"]],
    ["of a fork", "somebody/people", undefined, ["check"]],
    ["of a fork that is gone", undefined, undefined, ["check"]],
    ["before AWS is set up", REPOSITORY, {}, ["check"]],
  ])("for a pull request %s", (_, head, vars, expected) => {
    const { jobs } = readWorkflow("plan.yml");
    const contexts = pullRequestContexts({ head, ...(vars && { vars }) });
    const running = Object.entries(jobs).filter(([, job]) => isToRun(job.if, contexts));
    expect(running.map(([name]) => name)).toEqual(expected);
  });

  test.each([
    ["of the project", "somebody/cognito-roster", {}, ["everything", "unit"]],
    ["of a team's copy by another name", REPOSITORY, {}, []],
    ["of a team's private copy", "team/cognito-roster", { private: true }, []],
    ["of a fork, in the fork itself", "team/cognito-roster", { fork: true }, []],
  ])("the project's own tests, for a pull request %s", (_, repository, kind, expected) => {
    const event = { repository: { fork: false, private: false, ...kind } };
    const { jobs } = readWorkflow("ci.yml");
    const running = Object.entries(jobs).filter(([, job]) =>
      isToRun(job.if, { github: { repository, event } }),
    );
    expect(running.map(([name]) => name)).toEqual(expected);
  });

  const DEPLOYER = { AWS_DEPLOY_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy" };
  test.each([
    ["of main", "refs/heads/main", DEPLOYER, true],
    ["of another branch, by hand", "refs/heads/taro", DEPLOYER, false],
    ["before AWS is set up", "refs/heads/main", {}, false],
  ])("for a deploy %s", (_, ref, vars, expected) => {
    expect(isToRun(jobOf(readWorkflow("deploy.yml"), "deploy").if, { github: { ref }, vars })).toBe(expected);
  });
});

test.each([
  ["of main", "refs/heads/main", { AWS_DRIFT_ROLE_ARN: "arn:aws:iam::123456789012:role/plan" }, true],
  ["of another branch, by hand", "refs/heads/taro", { AWS_DRIFT_ROLE_ARN: "x" }, false],
  [
    "before it is set up, although pull requests are planned",
    "refs/heads/main",
    { AWS_PLAN_ROLE_ARN: "x" },
    false,
  ],
])("a nightly look for drift %s: %s runs", (_, ref, vars, expected) => {
  expect(isToRun(jobOf(readWorkflow("drift.yml"), "drift").if, { github: { ref }, vars })).toBe(expected);
});

test.each([
  ["where it is asked for", { AWS_DRIFT_ROLE_ARN: "x", DRIFT_PULL_REQUESTS: "true" }, true],
  ["unasked", { AWS_DRIFT_ROLE_ARN: "x" }, false],
  ["before drift is looked for", { DRIFT_PULL_REQUESTS: "true" }, false],
])("pull requests about drift are opened only where it is set up: %s", (_, vars, expected) => {
  const { if: condition } = jobOf(readWorkflow("drift.yml"), "ask");
  expect(isToRun(condition, { github: { ref: "refs/heads/main" }, vars })).toBe(expected);
  expect(isToRun(condition, { github: { ref: "refs/heads/taro" }, vars })).toBe(false);
});

test("the nightly run and the deploys keep out of each other's queue", () => {
  const { concurrency, on } = readWorkflow("drift.yml");
  expect(concurrency).toEqual({ group: "drift", "cancel-in-progress": false });
  expect(Object.keys(on)).toEqual(["schedule", "workflow_dispatch"]);
});

test("no workflow and no hook names the roster's file: config.ts does", () => {
  const hooks = [".githooks/pre-commit", ".pre-commit-config.yaml"].map((file) => readFileSync(file, "utf8"));
  for (const text of [...FILES.map(textOf), ...hooks]) expect(text).not.toContain("users.json");
});

describe("the least that each job needs", () => {
  test.each([
    ["plan.yml", "check", { contents: "read" }],
    ["plan.yml", "environments", { contents: "read" }],
    ["deploy.yml", "environments", { contents: "read" }],
    ["drift.yml", "environments", { contents: "read" }],
    ["plan.yml", "plan", { contents: "read", "id-token": "write", "pull-requests": "write" }],
    ["deploy.yml", "deploy", { contents: "read", "id-token": "write" }],
    ["drift.yml", "drift", { contents: "read", "id-token": "write", issues: "write" }],
    ["drift.yml", "ask", { contents: "write", "id-token": "write", "pull-requests": "write" }],
    ["ci.yml", "everything", { contents: "read" }],
    ["ci.yml", "unit", { contents: "read" }],
  ])("%s: %s", (file, job, permissions) => {
    expect(jobOf(readWorkflow(file), job).permissions).toEqual(permissions);
  });

  test("the job that a fork runs has no AWS, no token and no variable", () => {
    const check = JSON.stringify(jobOf(readWorkflow("plan.yml"), "check"));
    expect(check).not.toMatch(/aws|token|vars\.|github\./i);
  });
});

test("a required check is never waited for in vain: pull requests are not filtered by path", () => {
  expect(Object.keys(readWorkflow("plan.yml").on.pull_request ?? {})).toEqual(["branches"]);
});

test("deploys are protected, one at a time, never cut off, of the commit that was merged", () => {
  const { concurrency, jobs } = readWorkflow("deploy.yml");
  expect(concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
  const { environment = "", strategy, needs } = jobOf(readWorkflow("deploy.yml"), "deploy");
  expect(fillIn(environment, { matrix: { environment: "" } })).toBe("production");
  expect(fillIn(environment, { matrix: { environment: "staging" } })).toBe("staging");
  // One environment after the other, and none after one that failed.
  expect(strategy).toMatchObject({ "max-parallel": 1 });
  expect(strategy).not.toHaveProperty("fail-fast");
  expect(needs).toBe("environments");
  expect(jobs.deploy?.steps[0]?.with?.ref).toBe("${{ github.sha }}");
});

test("every workflow that meets AWS refuses a local state in the same words", () => {
  const refusals = [
    ["plan.yml", "plan"],
    ["deploy.yml", "deploy"],
    ["drift.yml", "drift"],
    ["drift.yml", "ask"],
  ].map(([file = "", job = ""]) =>
    jobOf(readWorkflow(file), job).steps.find(({ name }) => name?.startsWith("Refuse a state")),
  );
  expect(refusals[0]).toBeDefined();
  for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
});

test("the project's tests run with the Terraform, the provider and the moto that they were written for", () => {
  const { env } = jobOf(readWorkflow("ci.yml"), "everything");
  expect(env).toEqual({ TERRAFORM_VERSION, PROVIDER_VERSION: AWS_PROVIDER.version });
  const [moto] = /moto\[server\]==[\d.]+/.exec(readFileSync("__tests__/e2e/setup.ts", "utf8")) ?? ["missing"];
  expect(textOf("ci.yml")).toContain(`pipx install '${moto}'`);
});

test("every part of .ci/run is run, and every shard of the end-to-end tests", () => {
  const { strategy } = jobOf(readWorkflow("ci.yml"), "everything");
  const { part: parts } = (strategy as { readonly matrix: { readonly part: readonly string[] } }).matrix;
  const shards = parts.flatMap((part) => /^end-to-end (\d+\/\d+)$/.exec(part)?.[1] ?? []);
  expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`));
  expect(parts.filter((part) => !part.startsWith("end-to-end "))).toEqual([
    "tests",
    "copy",
    "installed",
    "nodes",
  ]);
  const run = readFileSync(".ci/run", "utf8");
  expect(run).toContain("  copy | installed | nodes)");
  expect(run).toMatch(
    /everything\)\n {4}npm run test:all\n {4}npm run check\n {4}\.ci\/copy\n {4}\.ci\/installed\n {4}\.ci\/nodes\n/,
  );
});

test("the comment is found again by the mark that reviews begin with", () => {
  const marker = MARKER.replace(" -->", "${ROSTER_ENV:+ $ROSTER_ENV} -->");
  expect(textOf("plan.yml")).toContain(`marker="${marker}"`);
});

describe("a repository with environments", () => {
  const JOBS = [
    ["plan.yml", "plan"],
    ["deploy.yml", "deploy"],
    ["drift.yml", "drift"],
  ] as const;

  test.each(JOBS)(
    "%s: the job %s is there once for each, and as before where there are none",
    (file, name) => {
      const workflow = readWorkflow(file);
      const job = jobOf(workflow, name);
      // Both or neither: a job that waits for one that was skipped would be skipped as well.
      expect(jobOf(workflow, "environments").if).toBe(job.if);
      expect(job.needs).toBe("environments");
      expect(job.strategy?.matrix).toEqual({
        include: "${{ fromJSON(needs.environments.outputs.jobs) }}",
      });
      const called = (environment: string) => fillIn(job.name ?? "", { matrix: { environment } });
      expect(["", "staging"].map(called)).toEqual([name, `${name} (staging)`]);
      expect(job.env).toEqual({ ROSTER_ENV: "${{ matrix.environment }}" });
    },
  );

  test("each may have a role of its own for plans, by a variable with its name", () => {
    const step = jobOf(readWorkflow("plan.yml"), "plan").steps.find(({ uses }) =>
      uses?.startsWith("aws-actions/"),
    );
    const role = String(step?.with?.["role-to-assume"]);
    const vars = { AWS_PLAN_ROLE_ARN: "common", AWS_PLAN_ROLE_ARN_PRE_PROD: "own" };
    expect(["", "_DEV", "_PRE_PROD"].map((suffix) => fillIn(role, { vars, matrix: { suffix } }))).toEqual([
      "common",
      "common",
      "own",
    ]);
  });

  /** What the step prints for the next job, where `npm run inputs` prints this. */
  function listed(file: string, inputs: string, env: NodeJS.ProcessEnv = {}) {
    const script = jobOf(readWorkflow(file), "environments").steps.find(({ id }) => id === "list")?.run ?? "";
    const npm = `npm() { ${inputs}; }\n`;
    const printing = script.replace('>>"$GITHUB_OUTPUT"', "");
    const run = ["--noprofile", "--norc", "-eo", "pipefail", "-c", npm + printing];
    const { status, stdout } = spawnSync("bash", run, {
      encoding: "utf8",
      env: { ...process.env, ONLY: "", NAMED: "", ...env },
    });
    return { status, jobs: stdout.startsWith("jobs=") ? JSON.parse(stdout.slice("jobs=".length)) : stdout };
  }
  const ONE = [{ environment: "", suffix: "" }];
  const SEVERAL = `echo '{"environments":["dev","pre-prod"]}'`;

  describe.skipIf(!hasRunnerTools())("the list of jobs", () => {
    test.each(JOBS.map(([file]) => file))("of %s", (file) => {
      expect(listed(file, 'echo \'{"roster":"users.json"}\'').jobs).toEqual(ONE);
      expect(listed(file, "return 2").jobs).toEqual(ONE);
      expect(listed(file, SEVERAL).jobs).toEqual([
        { environment: "dev", suffix: "_DEV" },
        { environment: "pre-prod", suffix: "_PRE_PROD" },
      ]);
    });

    test("a deploy by hand lets in whom it names in one environment only", () => {
      expect(listed("deploy.yml", SEVERAL, { ONLY: "dev", NAMED: "yuki@example.com" }).jobs).toEqual([
        { environment: "dev", suffix: "_DEV" },
      ]);
      for (const env of [{ NAMED: "yuki@example.com" }, { ONLY: "prod" }]) {
        const refused = listed("deploy.yml", SEVERAL, env);
        expect(refused.status).toBe(1);
        expect(refused.jobs).toContain("::error::Run it with one environment of config.ts");
      }
    });
  });
});
