/** @module-tag full */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type RunningEmulator, startMoto } from "../support/moto.ts";
import { emulatorEnvironment, Project } from "../support/project.ts";

// A project that `npm create cognito-roster` has written, with both packages from the tarballs of `npm pack`; everything else comes
// from npm's cache, or its registry. One Terraform apply, on moto, which is trusted for storing what it is given.

const work = mkdtempSync(join(tmpdir(), "roster-installed-"));
const project = join(work, "people");
const QUIETLY = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
let files: readonly string[];
let created: string;

beforeAll(async () => {
  const repository = new Project();
  const pack = async (cwd: string) => {
    const options = ["pack", "--json", "--foreground-scripts=false", "--pack-destination", work];
    const { stdout } = await execa("npm", options, { cwd });
    const [{ filename, files }] = JSON.parse(stdout);
    return { tarball: join(work, filename), files: files.map(({ path }: { path: string }) => path) };
  };
  const roster = await pack(repository.directory);
  const generator = await pack(join(repository.directory, "create"));
  repository.remove();
  files = generator.files;

  const tools = join(work, "tools");
  await execa("npm", ["install", ...QUIETLY, "--prefix", tools, generator.tarball]);
  const answers = ["--pool", "people", "--region", "us-east-1", "--sign-in", "email", "--state", "local"];
  const create = join(tools, "node_modules/.bin/create-cognito-roster");
  created = (await execa(create, [project, ...answers, "--package", `file:${roster.tarball}`], { cwd: work }))
    .stdout;
  await execa("npm", ["install", ...QUIETLY, "--omit=dev"], { cwd: project });
  writeFileSync(join(project, "users.json"), '{ "users": { "hanako@example.com": {} } }');
  // Two builds and two installs.
}, 600_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** An npm script of the project, or the bin. */
const run = (command: string, env: NodeJS.ProcessEnv = {}) => {
  const [file = "", ...args] = command.split(" ");
  return execa(file, args, { cwd: project, env: { ...env, NO_COLOR: "1" }, reject: false, all: true });
};

test("the generator's tarball is one program", () => {
  expect(files.toSorted()).toEqual(["dist/create.mjs", "package.json"]);
});

test("it ends with two commands", () => {
  expect(created).toMatch(/\n {2}cd people && npm install\n {2}npm run deploy\n/);
});

test("check and synth read the project's own files, and nothing is installed over it", async () => {
  const lock = readFileSync(join(project, "node_modules/.package-lock.json"), "utf8");
  expect(await run("npm run --silent check")).toMatchObject({ exitCode: 0 });
  const synth = await run("npx cognito-roster synth");
  expect(synth).toMatchObject({ exitCode: 0, stdout: "cdktf.out/stacks/cognito-roster/cdk.tf.json" });
  expect(existsSync(join(project, "node_modules/cognito-roster/cdktf.out"))).toBe(false);
  expect(readFileSync(join(project, "node_modules/.package-lock.json"), "utf8")).toBe(lock);
});

test("what the cdktf CLI runs writes the same", async () => {
  const stack = join(project, "cdktf.out/stacks/cognito-roster/cdk.tf.json");
  const before = readFileSync(stack, "utf8");
  const { app } = JSON.parse(readFileSync(join(project, "cdktf.json"), "utf8"));
  expect(await run(app)).toMatchObject({ exitCode: 0, all: "" });
  expect(readFileSync(stack, "utf8")).toBe(before);
});

test("a mistake in config.ts is told at its line", async () => {
  const text = readFileSync(join(project, "config.ts"), "utf8");
  writeFileSync(join(project, "config.ts"), text.replace("client:", "clint:"));
  const { exitCode, all } = await run("npm run --silent check");
  writeFileSync(join(project, "config.ts"), text);
  expect(exitCode).toBe(2);
  expect(all).toMatch(/^config\.ts:\d+:3 ✖ clint: unknown setting$/m);
});

describe.skipIf(!inject("moto"))("on moto", () => {
  let moto: RunningEmulator;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.stop());

  test("it deploys, and then there is nothing to do", async () => {
    const env = emulatorEnvironment(moto.endpoint);
    expect(await run("npm run --silent plan", env)).toMatchObject({
      exitCode: 0,
      all: expect.stringContaining("hanako@example.com"),
    });
    expect(await run("npm run --silent deploy -- --yes", env)).toMatchObject({ exitCode: 0 });
    expect((await run("npm run --silent plan", env)).all).toContain("Nothing to do");
  });
});
