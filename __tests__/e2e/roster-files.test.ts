/** @module-tag full */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const DEPLOY = "node scripts/run.mjs deploy --yes";
const IMPORT = "node scripts/run.mjs import-users --write --user-pool-id";
const PLAN = "node scripts/run.mjs plan";

/** A roster in several files, against moto. Each test goes on where the one before it stopped. */
describe.skipIf(!inject("moto"))("a roster in several files", () => {
  let moto: RunningEmulator;
  let project: Project;
  let pool: string;
  const write = (name: string, text: string) => writeFileSync(join(project.directory, name), text);

  beforeAll(async () => {
    moto = await startMoto();
    project = await Project.withProvider(emulatorEnvironment(moto.endpoint));
    project.configure('roster: "users.json"', 'roster: ["people/*.json", "people/*.jsonc"]');
    project.configure(
      'client: { name: "app" },',
      'client: { name: "app" },\n  groups: { ops: {}, admins: { grantedIn: ["people/security.jsonc"] } },',
    );
    rmSync(join(project.directory, "users.json"));
    mkdirSync(join(project.directory, "people"));
    write(
      "people/sales.json",
      '{ "users": { "sam@example.com": { "groups": ["ops"] }, "maria@example.com": {} } }',
    );
    write(
      "people/security.jsonc",
      `{ "users": {
        // The only one who may let others in.
        "hanako@example.com": { "groups": ["admins"], "owner": "security", "note": "on call" }, // trailing comma
      } }`,
    );
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("is deployed as one, and the review says who is in which file", async () => {
    const deployed = await project.run(DEPLOY);
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toMatch(
      /people\/sales\.json .*maria@example\.com.* people\/security\.jsonc .*hanako@example\.com/,
    );
    expect(deployed.words).toContain("on call");
    const status = await project.run("node scripts/run.mjs status --json");
    const { userPoolId, people } = JSON.parse(status.stdout);
    expect(people).toHaveLength(3);
    pool = userPoolId;
  });

  test("a person who moves to another file is the same one: there is nothing to do", async () => {
    write("people/sales.json", '{ "users": { "sam@example.com": { "groups": ["ops"] } } }');
    write("people/marketing.json", '{ "users": { "maria@example.com": {} } }');
    const planned = await project.run(PLAN);
    expect(planned.exitCode, planned.all).toBe(0);
    expect(planned.words).toContain("Nothing to do");
  });

  test("a group that a file may not grant, and a person in two files, are told with both places, and nothing is planned", async () => {
    write(
      "people/marketing.json",
      '{ "users": { "maria@example.com": { "groups": ["admins"] }, "sam@example.com": {} } }',
    );
    const refused = await project.run(PLAN);
    expect(refused.exitCode, refused.all).toBe(2);
    expect(refused.words).toMatch(/people\/marketing\.json:1:\d+.*admins.*people\/security\.jsonc/);
    expect(refused.words).toMatch(/people\/sales\.json:1:\d+/);
    expect(refused.all).not.toContain("Terraform:");
  });

  test("the pool comes back into one file that is named", async () => {
    for (const name of ["marketing.json", "sales.json", "security.jsonc"])
      rmSync(join(project.directory, "people", name));
    const unnamed = await project.run(`${IMPORT} ${pool}`);
    expect(unnamed.exitCode, unnamed.all).toBe(2);
    expect(unnamed.words).toContain("--into FILE");
    const imported = await project.run(`${IMPORT} ${pool} --into people/all.json`);
    expect(imported.exitCode, imported.all).toBe(0);
    expect(Object.keys(JSON.parse(project.read("people/all.json")).users).sort()).toEqual([
      "hanako@example.com",
      "maria@example.com",
      "sam@example.com",
    ]);
  });
});
