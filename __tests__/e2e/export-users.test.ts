/** @module-tag full */

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { listMemberships } from "../../lib/directory/pool/groups.ts";
import { listPeople } from "../../lib/directory/pool/people.ts";
import { readDeployment } from "../../lib/terraform/deployment.ts";
import { type HandmadePool, makePoolByHand, OLD_PASSWORD } from "../support/handmade-pool.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const EXPORT = "node scripts/run.mjs export-users";
const PEOPLE = 70;

/** On moto, which is trusted for what it stores; pages of 60, as Cognito's. It shows no invitations, only who is waiting for one. */
describe.skipIf(!inject("moto"))(`npm run export-users, and the restore drill, with ${PEOPLE} people`, () => {
  let moto: RunningEmulator;
  let pool: HandmadePool;
  let project: Project;
  const from = () => `--user-pool-id ${pool.userPoolId}`;

  beforeAll(async () => {
    moto = await startMoto();
    pool = await makePoolByHand({ endpoint: moto.endpoint, people: PEOPLE });
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("writes a roster to standard output and nothing else, the same one every time", async () => {
    const first = await project.run(`${EXPORT} ${from()}`);
    expect(first.exitCode, first.stderr).toBe(0);
    expect(Object.keys(JSON.parse(first.stdout).users)).toHaveLength(PEOPLE);
    expect(first.stderr).toContain(`✔ ${PEOPLE} people, 2 groups, ${pool.memberships} memberships`);
    const again = await project.run(`${EXPORT} ${from()}`);
    expect(again.stdout).toBe(first.stdout);
    expect(first.all).not.toContain(OLD_PASSWORD);
  });

  test("--full is a person a line, with status and dates", async () => {
    const { stdout, stderr } = await project.run(`${EXPORT} ${from()} --full`);
    const people = stdout.split("\n").map((line) => JSON.parse(line));
    expect(stderr).toContain(`✔ ${PEOPLE} people`);
    expect(people).toHaveLength(PEOPLE);
    expect(people.find(({ name }) => name === "person5@example.com")).toMatchObject({
      status: "FORCE_CHANGE_PASSWORD",
      enabled: true,
      createdAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
      groups: ["admins"],
    });
  });

  test("--out writes a whole file, and does not take the place of another one unless that is said", async () => {
    const roster = project.read("users.json");
    const refused = await project.run(`${EXPORT} ${from()} --out users.json`);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.words).toContain("already exists with other contents");
    expect(refused.words).toContain("add --replace");
    expect(project.read("users.json")).toBe(roster);

    const written = await project.run(`${EXPORT} ${from()} --out users.json --replace`);
    expect(written).toMatchObject({ exitCode: 0, stdout: "" });
    expect(written.stderr).toContain("→ users.json");
    // The same again is no trouble.
    expect((await project.run(`${EXPORT} ${from()} --out users.json`)).exitCode).toBe(0);
    expect(readdirSync(project.directory).filter((file) => file.endsWith(".part"))).toEqual([]);

    const nowhere = await project.run(`${EXPORT} ${from()} --out none/people.json`);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.words).toContain("there is no such file or directory");
    const directory = await project.run(`${EXPORT} ${from()} --out lib`);
    expect(directory).toMatchObject({ exitCode: 2 });
    expect(directory.words).toContain("is a directory");
  });

  test("a pool that is not there is said to be, and nothing is written", async () => {
    const { exitCode, stdout, words } = await project.run(`${EXPORT} --user-pool-id us-east-1_nosuchone`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(words).toContain("There is no user pool us-east-1_nosuchone");
  });

  test("the drill (docs/restore.md): the export is deployed into a new pool, and everyone is there", async () => {
    writeFileSync(join(project.directory, "users.json"), (await project.run(`${EXPORT} ${from()}`)).stdout);
    project.configure('stack: "cognito-roster"', 'stack: "restored"');
    project.configure('pool: { name: "people" }', 'pool: { name: "people", customAttributes: ["team"] }');
    const checked = await project.run("node scripts/run.mjs check");
    expect(checked.words).toContain(`users.json: ${PEOPLE} people`);
    const deployed = await project.run("node scripts/run.mjs deploy --yes");
    expect(deployed.exitCode, deployed.all).toBe(0);

    // Without an id: what was deployed last.
    const restored = await project.run(EXPORT);
    expect(restored.exitCode, restored.stderr).toBe(0);
    expect(restored.stdout).toBe(project.read("users.json"));

    const record = await project.run(`${EXPORT} --full`);
    const people = record.stdout.split("\n").map((line) => JSON.parse(line));
    expect(new Set(people.map(({ status }) => status))).toEqual(new Set(["FORCE_CHANGE_PASSWORD"]));

    const { userPoolId } = await readDeployment({
      projectDirectory: project.directory,
      settings: { stack: "restored" },
    });
    expect(userPoolId).not.toBe(pool.userPoolId);
    const groupsOf = async (id: string) => {
      const everyone = await listPeople(pool.admin, { userPoolId: id });
      const { of } = await listMemberships(pool.admin, { userPoolId: id });
      return new Map(everyone.map(({ username, attributes }) => [attributes.email, of.get(username) ?? []]));
    };
    expect(await groupsOf(userPoolId)).toEqual(await groupsOf(pool.userPoolId));
  });
});
