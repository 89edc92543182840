import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { GITLAB_JOBS, gitlabScript } from "../support/gitlab.ts";

const scripts: Record<string, string> = packageJson.scripts;

describe("the example pipeline for GitLab", () => {
  test("checks, plans, deploys, and looks for drift", () => {
    expect([...GITLAB_JOBS.keys()]).toEqual(["check", "plan", "deploy", "drift"]);
  });

  test.each([...GITLAB_JOBS])(
    "%s has a time limit, installs, and calls commands that there are",
    (name, job) => {
      expect(job.timeout).toMatch(/^\d+ minutes$/);
      expect(job.before_script?.[0]).toMatch(/^npm ci /);
      const script = gitlabScript(name);
      expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
      const commands = [...script.matchAll(/npm run --silent ([\w:-]+)/g)].map(([, command = ""]) => command);
      expect(commands).not.toEqual([]);
      for (const command of commands) {
        expect(scripts[command]).toBe(`node scripts/run.mjs ${command}`);
        expect(readdirSync("scripts")).toContain(`${command}.ts`);
      }
    },
  );

  test("only a push to the main branch deploys, when somebody starts it, one at a time", () => {
    expect(GITLAB_JOBS.get("deploy")).toMatchObject({
      environment: "production",
      resource_group: "production",
      rules: [
        {
          if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE == "push" && $AWS_DEPLOY_ROLE_ARN',
          when: "manual",
          allow_failure: false,
        },
      ],
    });
  });

  test("it has no secret", () => {
    const text = readFileSync("docs/gitlab-ci.yml", "utf8");
    expect(text.match(/(?:PASSWORD|TOKEN|KEY|SECRET)\w*: .*/g)).toEqual(["PASSWORD: $CI_JOB_TOKEN"]);
  });
});
