/** @module-tag full */
/** @module-tag long */

// Two applies and six plans; the proof that both plans are the same has one apply and two plans.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { z } from "zod";
import { type TerraformContext, terraform } from "../../lib/terraform/run.ts";
import { sharingProvider } from "../../lib/terraform/shared-provider.ts";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";
import { runCommand } from "../support/run-command.ts";

const ROSTER = {
  "anna@example.com": { attributes: { name: "Anna" }, groups: ["ops"] },
  "ben@example.com": { groups: ["ops"] },
  "carla@example.com": {},
  "dora@example.com": {},
};

const SCHEMAS = z.record(z.string(), z.object({ resource_schemas: z.record(z.string(), z.unknown()) }));

/** The real Terraform and provider; moto is trusted to keep what it is given. */
describe.skipIf(!inject("moto"))("a plan of those of whom something changes", () => {
  let moto: RunningEmulator;
  let project: Project;
  const run = async (command: string) => {
    const result = await project.run(`node scripts/run.mjs ${command}`);
    return { ...result, document: () => JSON.parse(result.stdout) as Record<string, unknown> };
  };

  beforeAll(async () => {
    moto = await startMoto();
    project = new Project(emulatorEnvironment(moto.endpoint));
    // Else it would take thousands of people.
    project.replace("lib/deploy/plan-extent.ts", "PARTIAL_FROM = 2_000", "PARTIAL_FROM = 5");
    project.writeRoster(ROSTER);
    const first = await run("deploy --yes");
    expect(first.exitCode, first.all).toBe(0);
  });
  afterAll(async () => {
    project?.remove();
    await moto?.stop();
  });

  test("is the one that follows a deploy, and has nothing to do", async () => {
    const { document, all } = await run("plan --json");
    expect(document(), all).toMatchObject({
      verdict: "nothing",
      applyable: false,
      planned: { whole: false, leftOut: 6 },
    });
  });

  test("reads, of the provider's 1,500 schemas, those of the resources in it", async () => {
    const { TERRAFORM_BINARY_NAME: binary = "", ...env } = process.env;
    const directory = join(project.directory, "cdktf.out", "stacks", "cognito-roster");
    const schemas = async (context: TerraformContext) => {
      const { stdout } = await terraform(context, ["providers", "schema", "-json"]);
      const [[, provider] = []] = Object.entries(
        z.object({ provider_schemas: SCHEMAS }).parse(JSON.parse(stdout)).provider_schemas,
      );
      return Object.keys(provider?.resource_schemas ?? {}).sort();
    };
    const state = project.read("terraform.cognito-roster.tfstate");
    const managed = (JSON.parse(state).resources as { mode: string; type: string }[]).filter(
      ({ mode }) => mode === "managed",
    );
    const context = { binary, directory, env };
    expect(await sharingProvider(context, schemas, state)).toEqual(
      [...new Set(managed.map(({ type }) => type))].sort(),
    );
    expect((await sharingProvider(context, schemas)).length).toBeGreaterThan(1_000);
  });

  test("does what the whole one does, and is deployed to the end", async () => {
    const { "dora@example.com": _, ...rest } = ROSTER;
    project.writeRoster({
      ...rest,
      "anna@example.com": { attributes: { name: "Anna ${x}" }, groups: ["all"] },
      "carla@example.com": { leaving: true },
      "dora@example.com": { enabled: false },
      "emil@example.com": { groups: ["ops"] },
    });
    const part = (await run("plan --json")).document();
    const whole = (await run("plan --json --full")).document();
    expect(part.planned).toMatchObject({ whole: false });
    expect(whole.planned).toEqual({ whole: true, why: "--full was given" });
    const sorted = (entries: unknown) =>
      (entries as { address: string }[]).toSorted((a, b) => (a.address < b.address ? -1 : 1));
    expect(sorted(part.entries)).toEqual(sorted(whole.entries));
    expect(part.unchanged).toBe(whole.unchanged);

    const deployed = await run("deploy --yes");
    expect(deployed.exitCode, deployed.all).toBe(0);
    expect(deployed.words).toContain("those of whom something changes");
    expect((await run("plan --json --full")).document()).toMatchObject({
      verdict: "nothing",
      applyable: false,
    });
  });

  test("is planned whole when a guard changes, which no part would write down", async () => {
    project.configure("  client: {", "  guards: { maxRemovals: 4 },\n  client: {");
    expect((await run("plan --json")).document()).toMatchObject({
      planned: { whole: true, why: "the output guards changes" },
    });
  });

  test("is the whole one, of random rosters and edits", async () => {
    const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
    const { exitCode, stdout, stderr } = await runCommand("../bench/run", ["--only", "equality", "--quick"], {
      env,
    });
    expect(exitCode, stderr).toBe(0);
    // Which edits they were is random.
    expect(stdout).toMatch(/^tried +times\n\w.* \d+$/m);
  });
});
