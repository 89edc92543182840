/** @module-tag full */

import { AdminCreateUserCommand } from "@aws-sdk/client-cognito-identity-provider";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { commandLine } from "../../lib/shell.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { emulatorClient } from "../support/live-people.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

/** To a shell, to Terraform, to an option parser or to JavaScript each of these is something else than a name. */
const NAMES = [
  "`id`",
  "$(id)",
  "a'b",
  "a;b",
  "-x",
  "--yes",
  "${path.root}%{if}",
  "constructor",
  "toString",
  "hasOwnProperty",
  "山田",
];

/** To a CI runner these are commands. No roster may have them; a pool may. */
const STRANGERS = ["##[error]strange", "::error::strange"];

describe.skipIf(!inject("moto"))("names that look like something else", () => {
  let moto: RunningEmulator;
  let project: Project;
  const roster = (more: Record<string, object> = {}) =>
    project.writeRoster({
      ...Object.fromEntries(NAMES.map((name) => [name, { invite: "none", groups: [name] }])),
      ...more,
    });
  const pool = async () => {
    const settings = { stack: "cognito-roster" };
    return (await readDeployment({ projectDirectory: project.directory, settings })).userPoolId;
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure('name: "people"', 'name: "people", signInWith: "username"');
    roster();
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("are deployed as the names they are, and a second plan has nothing to do", async () => {
    const deployed = await project.run("node scripts/run.mjs deploy --yes");
    expect(deployed.exitCode, deployed.all).toBe(0);
    const people = await listPeople(emulatorClient(moto.endpoint), { userPoolId: await pool() });
    expect(people.map(({ username }) => username).sort()).toEqual(NAMES.toSorted());
    const { stdout } = await project.run("node scripts/run.mjs plan --json");
    expect(JSON.parse(stdout)).toMatchObject({ entries: [], drift: { people: [], memberships: [] } });
  });

  test("come back out of a command that is pasted, whatever they are", async () => {
    const line = commandLine`npm run --silent issue-password -- ${NAMES} --out all.passwords`;
    const pasted = await execa("sh", ["-c", line], {
      cwd: project.directory,
      env: { ...emulatorEnvironment(moto.endpoint), NO_COLOR: "1" },
      reject: false,
      all: true,
    });
    expect(pasted.exitCode, pasted.all).toBe(0);
    expect(pasted.all).toContain(`${NAMES.length} passwords set`);
  });

  test("start no command of a CI runner, from people whom nobody declared either", async () => {
    const UserPoolId = await pool();
    for (const Username of STRANGERS) {
      await emulatorClient(moto.endpoint).send(
        new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }),
      );
    }
    for (const command of ["plan", "status", "status --csv", "export-users"]) {
      const { all } = await project.run(`node scripts/run.mjs ${command}`, {
        env: { GITHUB_ACTIONS: "true" },
      });
      expect(all, command).toContain("strange");
      expect(
        all.split("\n").filter((one) => /^\s*::|##\w*\[/.test(one)),
        command,
      ).toEqual([]);
    }
    const { stdout } = await project.run("node scripts/run.mjs status --json", { env: { CI: "true" } });
    expect(stdout).not.toContain("##[");
    const { people } = JSON.parse(stdout);
    const names = people.map(({ username }: { username: string }) => username);
    expect(names).toEqual(expect.arrayContaining(STRANGERS));
  });

  test("are refused by check where Terraform could not import them, before anything is created", async () => {
    roster({ "a/b": { invite: "none" } });
    for (const command of ["check", "plan"]) {
      const refused = await project.run(`node scripts/run.mjs ${command}`);
      expect(refused.exitCode).toBe(2);
      expect(refused.words).toContain('the username "a/b" contains a slash, so Terraform can\'t import it');
    }
  });
});
