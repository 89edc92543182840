import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import type { CommentsApi } from "./comments-api.ts";
import { emulatorEnvironment, Project } from "./project.ts";
import { githubEnvironment, pullRequestContexts, REPOSITORY } from "./pull-request.ts";
import { type JobResult, type JobRun, runJob } from "./workflow-run.ts";

export const PAGE = "https://github.example/artifacts/1";
const AUTHOR = ["-c", "user.name=Hanako", "-c", "user.email=hanako@example.com"];

export interface Endpoints {
  readonly api: Pick<CommentsApi, "url">;
  /** Where AWS is for each of the two roles. */
  readonly plan: string;
  readonly deploy: string;
}

/** A team's repository with its history, and the jobs that GitHub runs in it. */
export class GithubTeam {
  readonly project = new Project();
  /** The page that the last plan left to be uploaded. */
  page: string | undefined;
  /** The inputs with which AWS credentials were asked for. */
  readonly roles: Readonly<Record<string, string>>[] = [];
  readonly #endpoints: Endpoints;

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
    execaSync("git", ["init", "--quiet", "--initial-branch=main"], { cwd: this.project.directory });
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa("git", [...AUTHOR, ...args], { cwd: this.project.directory });
    return stdout;
  }

  /** @returns its hash */
  async commit(message: string): Promise<string> {
    await this.git("add", "config.ts");
    // A roster by another name is added by its test.
    if (existsSync(join(this.project.directory, "users.json"))) await this.git("add", "users.json");
    await this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  async branch(name: string): Promise<void> {
    await this.git("switch", "--quiet", "--create", name, "main");
  }

  async merge(name: string): Promise<void> {
    await this.git("switch", "--quiet", "main");
    await this.git("merge", "--quiet", "--ff-only", name);
  }

  /** As for a fork: nobody has told it where AWS is, or who it is. */
  check(): Promise<JobResult> {
    return this.#run({ file: "plan.yml", job: "check", contexts: { github: {}, vars: {} } });
  }

  plan(sha: string): Promise<JobResult> {
    const contexts = pullRequestContexts({ sha, head: REPOSITORY });
    return this.#run({ file: "plan.yml", job: "plan", contexts }, this.#endpoints.plan);
  }

  /**
   * @param only these steps. @default all
   * @param inputs what somebody filled in who started it by hand. @default a push started it
   */
  async deploy(only?: readonly string[], inputs: Readonly<Record<string, string>> = {}): Promise<JobResult> {
    const sha = await this.git("rev-parse", "HEAD");
    const vars = { AWS_DEPLOY_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy", AWS_REGION: "us-east-1" };
    const contexts = { github: { sha, ref: "refs/heads/main" }, vars, inputs };
    const job = { file: "deploy.yml", job: "deploy", contexts, ...(only && { only }) };
    return this.#run(job, this.#endpoints.deploy);
  }

  remove(): void {
    this.project.remove();
  }

  async #run(job: Pick<JobRun, "file" | "job" | "contexts" | "only">, aws?: string): Promise<JobResult> {
    const { directory } = this.project;
    const env = {
      ...githubEnvironment(this.#endpoints.api),
      GITHUB_SHA: await this.git("rev-parse", "HEAD"),
      ...(aws === undefined ? {} : emulatorEnvironment(aws)),
    };
    this.page = undefined;
    try {
      return await runJob({ ...job, directory, env, actions: this.#actions() });
    } finally {
      rmSync(join(directory, "newest"), { recursive: true, force: true });
    }
  }

  #actions(): JobRun["actions"] {
    const { directory } = this.project;
    return {
      "actions/checkout": ({ path, ref }) => {
        // Elsewhere than in `path` it is checked out already.
        if (path) execaSync("git", ["clone", "--quiet", `--branch=${ref}`, ".", path], { cwd: directory });
        return {};
      },
      "actions/setup-node": () => ({}),
      "aws-actions/configure-aws-credentials": (inputs) => {
        this.roles.push(inputs);
        return {};
      },
      "actions/upload-artifact": ({ path = "" }) => {
        this.page = existsSync(path) ? readFileSync(path, "utf8") : undefined;
        return { "artifact-url": this.page === undefined ? "" : PAGE };
      },
    };
  }
}
