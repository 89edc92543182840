/** @module-tag full */

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { gitlabScript } from "../support/gitlab.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { type StateServer, startStateServer } from "../support/state-server.ts";

const DEPLOY = "node scripts/run.mjs deploy --yes";
const PLAN = "node scripts/run.mjs plan";
const PASSWORD = "glpat-of-the-pipeline";

/**
 * The state on a server that keeps and locks it as GitLab does, one of our own on loopback; Cognito is moto. Two steps are those of
 * the example pipeline. Two copies of the
 * repository stand for two machines. Each test goes on where the one before it stopped.
 */
describe.skipIf(!inject("moto"))("a state on a server that speaks Terraform's HTTP protocol", () => {
  let moto: RunningEmulator;
  let server: StateServer;
  let one: Project;
  let other: Project;
  const copy = () => {
    const project = new Project({
      ...emulatorEnvironment(moto.endpoint),
      TF_HTTP_USERNAME: "ops",
      TF_HTTP_PASSWORD: PASSWORD,
    });
    project.configure(
      'name: "people" },',
      `name: "people" },\n  backend: { type: "http", address: "${server.address}" },`,
    );
    project.writeRoster({ "hanako@example.com": {}, "taro@example.com": {} });
    return project;
  };

  /** A job of docs/gitlab-ci.yml. */
  const job = (project: Project, name: string) =>
    project.run("bash", { input: gitlabScript(name), env: { AWS_ID_TOKEN: "of moto, which asks for none" } });

  beforeAll(async () => {
    moto = await startMoto();
    server = await startStateServer("ops", PASSWORD);
    one = copy();
    other = copy();
  });
  afterAll(async () => {
    one?.remove();
    other?.remove();
    await server?.stop();
    await moto?.stop();
  });

  test("the pipeline's deploy stores it there, and nowhere else; the password is in no file", async () => {
    const deployed = await job(one, "deploy");
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(JSON.parse(server.stored() ?? "{}").resources.length).toBeGreaterThan(0);
    const kept = await one.run(`grep -rl ${PASSWORD} . --exclude-dir=node_modules --exclude-dir=__tests__`);
    expect(kept.stdout).toBe("");
    const files = await one.run("find . -name *.tfstate -size +0 -not -path ./node_modules/*");
    for (const file of files.stdout.split("\n").filter(Boolean))
      expect(one.read(file)).not.toContain("hanako");
  });

  test("the pipeline on another machine plans from it, finds no drift, and its ids there", async () => {
    const planned = await job(other, "drift");
    expect(planned.exitCode, planned.all).toBe(0);
    expect(other.read("drift.html")).toContain("Nothing to do");
    const status = await other.run("node scripts/run.mjs status --json");
    expect(JSON.parse(status.stdout).people).toHaveLength(2);
  });

  test("while somebody holds the lock, a deploy is refused, with the command that would break it", async () => {
    server.lock({
      ID: "7d1c",
      Operation: "OperationTypeApply",
      Who: "hanako@laptop",
      Created: "2026-11-26T09:00:00Z",
    });
    other.writeRoster({ "hanako@example.com": {}, "taro@example.com": {}, "maria@example.com": {} });
    const before = server.stored();
    const refused = await other.run(DEPLOY);
    expect(refused.exitCode, refused.all).toBe(1);
    expect(refused.words).toContain("The state is locked: Another run has been working on it");
    expect(refused.words).toContain("terraform force-unlock 7d1c");
    expect(server.stored()).toBe(before);
  });

  test("once it is let go, the same deploy goes through", async () => {
    server.lock(undefined);
    const deployed = await other.run(DEPLOY);
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(server.stored()).toContain("maria@example.com");
  });

  test("without the right password nothing is planned", async () => {
    const refused = await one.run(PLAN, { env: { TF_HTTP_PASSWORD: "wrong" } });
    expect(refused.exitCode, refused.all).toBe(1);
    expect(refused.all).not.toContain("to add");
  });
});
