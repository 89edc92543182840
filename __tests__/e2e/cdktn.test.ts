/** @module-tag full */

import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startMoto } from "../../lib/local/moto.ts";
import { terraform } from "../../lib/terraform/run.ts";
import { compare } from "../cdktn/compare.ts";
import { CDKTN } from "../cdktn/switch.ts";
import { synthesizeCase } from "../cdktn/synthesize.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STACK = join("cdktf.out", "stacks", "cognito-roster");
const REPOSITORY = { name: "this repository" };

/** What docs/cdktn.md promises: npm's registry gives the real cdktn, and a copy of this repository is switched to it. */
describe("cdktn in CDKTF's place", () => {
  let printed: { readonly exitCode?: number; readonly stdout: string; readonly stderr: string };
  let switched: string;

  beforeAll(async () => {
    const options = { cwd: ROOT, reject: false, env: { NO_COLOR: "1" } };
    printed = await execa("npm", ["run", "--silent", "cdktn", "--", "--keep"], options);
    switched = /^The switched copy: (.+)$/m.exec(printed.stdout)?.[1] ?? "";
    expect(switched, printed.stderr).not.toBe("");
  });
  afterAll(() => {
    if (switched) rmSync(switched, { recursive: true, force: true });
  });

  test("the repository and every example give the same cdk.tf.json", () => {
    expect(printed.exitCode, printed.stdout).toBe(0);
    const examples = readdirSync(join(ROOT, "examples")).filter((name) => /^\d/.test(name));
    expect(examples.length).toBeGreaterThan(3);
    for (const name of ["this repository", ...examples.map((example) => `examples/${example}`)])
      expect(printed.stdout).toContain(`✔ ${name}\n`);
    expect(printed.stdout).not.toContain("✖");
  });

  test("npm takes it as a whole: what is installed fits together", async () => {
    const { exitCode, all } = await execa("npm", ["ls", "--omit=dev", "cdktf", "constructs"], {
      cwd: switched,
      reject: false,
      all: true,
    });
    expect(all).toContain(`cdktf@npm:cdktn@${CDKTN}`);
    expect(exitCode, all).toBe(0);
  });

  test("the comparison sees one changed argument of one resource, and nothing else", async () => {
    const before = await synthesizeCase(switched, REPOSITORY);
    const renderer = join(switched, "node_modules", "cdktf", "lib", "app.js");
    const original = readFileSync(renderer, "utf8");
    // As if this release of cdktn rendered a resource otherwise.
    const tampered = original.replace(
      "synth() {",
      `synth() {
        for (const one of this.node.findAll())
          if (one.terraformResourceType === "aws_cognito_user_pool") one.deletionProtection = "INACTIVE";`,
    );
    expect(tampered).not.toBe(original);
    writeFileSync(renderer, tampered);
    try {
      const after = await synthesizeCase(switched, REPOSITORY);
      expect(compare(before, after, CDKTN)).toEqual([
        {
          path: "/resource/aws_cognito_user_pool/pool/deletion_protection",
          before: "ACTIVE",
          after: "INACTIVE",
        },
      ]);
    } finally {
      writeFileSync(renderer, original);
    }
  });

  test("the cdktf CLI, which stays, synthesizes with it", async () => {
    const cli = join(ROOT, "node_modules", ".bin", "cdktf");
    rmSync(join(switched, "cdktf.out"), { recursive: true });
    const { exitCode, all } = await execa(cli, ["synth"], {
      cwd: switched,
      env: { CHECKPOINT_DISABLE: "1", CI: "1" },
      reject: false,
      all: true,
    });
    expect(exitCode, all).toBe(0);
    expect(writtenBy(switched)).toBe(CDKTN);
  });

  /** On moto, trusted for storing what it is given and for a clean second plan. */
  test.skipIf(!inject("moto"))(
    "a pool that cdktf deployed has nothing to do: Terraform reads everything anew and plans no change",
    async () => {
      const moto = await startMoto();
      const env = emulatorEnvironment(moto.endpoint);
      const project = new Project(env);
      try {
        await prepare(project.directory, env);
        expect(writtenBy(project.directory)).not.toBe(CDKTN);
        const { stdout: applied } = await runIn(project.directory, env, "apply", "-auto-approve");
        expect(applied).toMatch(/[1-9]\d* added, 0 changed/);

        const state = "terraform.cognito-roster.tfstate";
        copyFileSync(join(project.directory, state), join(switched, state));
        await prepare(switched, env);
        expect(writtenBy(switched)).toBe(CDKTN);
        const { stdout: plan } = await runIn(switched, env, "plan");
        expect(plan).toContain("No changes.");
      } finally {
        project.remove();
        await moto.stop();
      }
    },
  );
});

async function prepare(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  await execa(process.execPath, ["scripts/run.mjs", "synth"], { cwd: directory, env });
  await runIn(directory, env, "init");
}

const runIn = (directory: string, own: NodeJS.ProcessEnv, ...args: string[]) => {
  const env = { ...process.env, ...own };
  const context = {
    binary: env.TERRAFORM_BINARY_NAME ?? "terraform",
    directory: join(directory, STACK),
    env,
  };
  return terraform(context, [...args, "-input=false", "-no-color"]);
};

/** The release that synthesized last in a copy of the repository. */
function writtenBy(directory: string): string {
  return JSON.parse(readFileSync(join(directory, STACK, "cdk.tf.json"), "utf8"))["//"].metadata.version;
}
