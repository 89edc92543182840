import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface GitlabJob {
  readonly extends?: string;
  readonly timeout?: string;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
}

const FILE = fileURLToPath(new URL("../../docs/gitlab-ci.yml", import.meta.url));

const { stages, variables, default: byDefault, ...rest } = parse(readFileSync(FILE, "utf8"));

/** The example pipeline's jobs by name, each with the script that a runner makes of it. */
export const GITLAB_JOBS: ReadonlyMap<string, GitlabJob> = new Map(
  Object.entries<GitlabJob>(rest)
    .filter(([name]) => !name.startsWith("."))
    .map(([name, job]) => {
      const parent: Partial<GitlabJob> = job.extends === undefined ? {} : rest[job.extends];
      return [name, { ...byDefault, ...parent, ...job }];
    }),
);

/** What a runner hands to bash for a job, but for the installation. */
export function gitlabScript(name: string): string {
  const { before_script = [], script } = GITLAB_JOBS.get(name) ?? { script: [] };
  const lines = [...before_script, ...script].filter((line) => !line.startsWith("npm ci "));
  return ["set -eo pipefail", ...lines].join("\n");
}
