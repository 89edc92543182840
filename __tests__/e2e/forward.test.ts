/** @module-tag full */
/** @module-tag long */

import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { terraform } from "../../lib/terraform/run.ts";
import { compare } from "../forward/compare.ts";
import { CDKTN, STEPS } from "../forward/switch.ts";
import { synthesizeCase } from "../forward/synthesize.ts";
import { startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STACK = join("cdktf.out", "stacks", "cognito-roster");
const REPOSITORY = { name: "this repository" };

/** What docs/forward.md promises: npm's registry gives the real packages, and copies of this repository are switched to them. */
describe("what comes after cdktf and provider 5", () => {
  let printed: { readonly exitCode?: number; readonly stdout: string; readonly stderr: string };
  /** To cdktn in cdktf's place. */
  let switched: string;
  let copies: readonly string[] = [];

  beforeAll(async () => {
    const options = { cwd: ROOT, reject: false, env: { NO_COLOR: "1" } };
    printed = await execa("npm", ["run", "--silent", "forward", "--", "--keep"], options);
    copies = [...printed.stdout.matchAll(/^The switched copy: (.+)$/gm)].map(([, copy = ""]) => copy);
    switched = copies[0] ?? "";
    expect(copies, printed.stderr).toHaveLength(STEPS.length);
  }, 600_000);
  afterAll(() => {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  });

  test.each(STEPS)("the repository and every example give the same cdk.tf.json: $name", ({ name: step }) => {
    expect(printed.exitCode, printed.stdout).toBe(0);
    const own = printed.stdout
      .slice(printed.stdout.indexOf(`${step} (in the JSON: `))
      .split("The switched copy")[0];
    expect(own).toContain("its types fit\n");
    const examples = readdirSync(join(ROOT, "examples")).filter((name) => /^\d/.test(name));
    expect(examples.length).toBeGreaterThan(3);
    for (const name of ["this repository", ...examples.map((example) => `examples/${example}`)])
      expect(own).toContain(`✔ ${name}\n`);
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
      expect(compare(before, after, { version: CDKTN })).toEqual([
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
