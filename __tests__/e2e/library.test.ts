/** @module-tag full */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadRoster } from "../../lib/roster/load.ts";
import { synthesize } from "../../lib/stack/synth/roster-stack.ts";
import manifest from "../../package.json" with { type: "json" };
import { Project } from "../support/project.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CDKTF_INIT = join(ROOT, "node_modules/cdktf-cli/bundle/templates/typescript");
const TSC = join(ROOT, "node_modules/typescript/lib/tsc.js");
const USERS = { "hanako@example.com": { groups: ["ops"] }, "ci-bot@example.com": { invite: "none" } };

/** The program of docs/library.md. */
const [, EXAMPLE = ""] =
  /^```ts\n(.*?)^```/ms.exec(readFileSync(join(ROOT, "docs/library.md"), "utf8")) ?? [];

/** What node takes from here; nothing of AWS. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

const work = mkdtempSync(join(tmpdir(), "roster-library-"));
const app = join(work, "app");
const esm = join(app, "esm");
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };

/** Packs a team's copy of this repository, and installs it where `cdktf init` has just been. */
beforeAll(async () => {
  const project = new Project();
  for (const file of ["dist/old.js", "terraform.cognito-roster.tfstate", "staff.passwords", "backup.json"]) {
    mkdirSync(dirname(join(project.directory, file)), { recursive: true });
    writeFileSync(join(project.directory, file), "");
  }
  const pack = ["pack", "--json", "--foreground-scripts=false", "--pack-destination", work];
  const { stdout } = await execa("npm", pack, { cwd: project.directory });
  [packed] = JSON.parse(stdout);
  project.remove();

  mkdirSync(esm, { recursive: true });
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(CDKTF_INIT, file), join(app, file));
  writeFileSync(
    join(app, "package.json"),
    readFileSync(join(app, "package.json"), "utf8").replaceAll("{{ $base }}", "team"),
  );
  for (const directory of [app, esm]) {
    writeFileSync(join(directory, "main.ts"), EXAMPLE);
    writeFileSync(join(directory, "users.json"), JSON.stringify({ users: USERS }));
  }
  writeFileSync(join(esm, "package.json"), JSON.stringify({ type: "module" }));
  // As cdktf init does; `constructs` in the oldest release that the package says it takes.
  const { cdktf, constructs } = manifest.peerDependencies;
  const wanted = [join(work, packed.filename), `cdktf@${cdktf}`, `constructs@${constructs.replace("^", "")}`];
  const quietly = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await execa("npm", ["install", ...quietly, ...wanted], { cwd: app });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** @returns what TypeScript says, declarations of the package included; empty when all is well */
async function compile(cwd: string, ...options: string[]) {
  const types = [
    "--types",
    "node",
    "--typeRoots",
    join(ROOT, "node_modules/@types"),
    "--skipLibCheck",
    "false",
  ];
  const { stdout } = await execa(process.execPath, [TSC, ...options, ...types], { cwd, reject: false });
  return stdout;
}

const ESM_OPTIONS = [
  "--ignoreConfig",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--noUncheckedIndexedAccess",
];
const compileEsm = (file: string) =>
  compile(esm, ...ESM_OPTIONS, "--module", "nodenext", "--target", "es2022", file);

async function run(cwd: string, file: string) {
  rmSync(join(cwd, "cdktf.out"), { recursive: true, force: true });
  return execa(process.execPath, [file], { cwd, env, extendEnv: false, reject: false });
}

const synthesized = (directory: string, stack: string) =>
  JSON.parse(readFileSync(join(directory, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8"));

describe("the tarball", () => {
  test("holds the built library, the commands' sources, the readme and the licence: nothing old, no test, nobody's data", () => {
    const built =
      /^dist\/(?:index|lib\/(?:errors|shell|(?:review|roster|stack|text)\/(?:[\w-]+\/)?[\w-]+))(?:\.js|\.d\.ts)$/;
    const sources =
      /^(?:(?:index|main)\.ts|lib\/[\w/.-]+\.(?:ts|m?js|css)|scripts\/[\w/-]+(?:\.d)?\.(?:ts|mjs))$/;
    const others = packed.files
      .map(({ path }) => path)
      .filter((path) => !built.test(path) && !sources.test(path));
    expect(others.filter((path) => !/^README(\.\w+)?\.md$/.test(path))).toEqual(["LICENSE", "package.json"]);
    expect(others).toContain("README.md");
  });

  test("has the types of every module", () => {
    const [scripts, types] = [".js", ".d.ts"].map((end) =>
      packed.files.flatMap(({ path }) =>
        path.startsWith("dist/") && path.endsWith(end) ? [path.slice(0, -end.length)] : [],
      ),
    );
    expect(scripts).toContain("dist/index");
    expect(types).toEqual(scripts);
  });

  test("imports what a constructs library needs, and none of the commands' dependencies", () => {
    const installed = join(app, "node_modules/cognito-roster/dist");
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    const packages = files
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) => [
        ...readFileSync(join(installed, file), "utf8").matchAll(/ from "((?:@[\w-]+\/)?[\w:-]+)/g),
      ])
      .map(([, name = ""]) => name);
    expect([...new Set(packages)].filter((name) => !name.startsWith("node:")).sort()).toEqual([
      "@cdktf/provider-aws",
      "cdktf",
      "constructs",
      "fastest-levenshtein",
      "jsonc-parser",
      "zod",
    ]);
  });
});

describe("in a project that cdktf init has made", () => {
  test("cdktf, constructs and the provider's bindings are there once, in the releases of the project", async () => {
    const names = Object.keys(manifest.peerDependencies);
    const { stdout } = await execa("npm", ["ls", "--all", "--parseable", "--long", ...names], { cwd: app });
    const found = stdout.split("\n").flatMap((line) => {
      const [path = "", id = ""] = line.split(":");
      return names.some((name) => id.startsWith(`${name}@`)) ? [`${id} in ${path.replace(app, ".")}`] : [];
    });
    expect(found.sort()).toEqual([
      "@cdktf/provider-aws@20.1.0 in ./node_modules/@cdktf/provider-aws",
      "cdktf@0.21.0 in ./node_modules/cdktf",
      "constructs@10.4.2 in ./node_modules/constructs",
    ]);
  });

  test.each([
    ["CommonJS, with the tsconfig.json of cdktf init", app, () => compile(app, "--project", app)],
    ["ES modules, with TypeScript at its strictest", esm, () => compileEsm("main.ts")],
  ])("the example compiles, and synthesizes what this repository would: %s", async (_, directory, build) => {
    expect(await build()).toBe("");
    expect(await run(directory, "main.js")).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });

    const ours = synthesize({
      settings: {
        stack: "people",
        roster: "users.json",
        region: "eu-west-1",
        pool: { name: "people", mfa: "optional" },
        client: { name: "app" },
        backend: { type: "s3", bucket: "example-states" },
        guards: { required: ["hanako@example.com"] },
      },
      roster: loadRoster(join(directory, "users.json")),
      env: {},
      outdir: join(work, "ours"),
    });
    const { "//": _metadata, ...expected } = JSON.parse(readFileSync(join(ours, "cdk.tf.json"), "utf8"));
    const { "//": _theirs, output, ...people } = synthesized(directory, "people");
    const own = Object.entries(output).filter(([name]) => !name.startsWith("cross-stack-output-"));
    expect({ ...people, output: Object.fromEntries(own) }).toEqual(expected);
    expect(synthesized(directory, "api").output.user_pool_arn.value).toMatch(
      /^\$\{data\.terraform_remote_state\.\S+\.outputs\.cross-stack-output-aws_cognito_user_poolpoolarn\}$/,
    );
  });

  test("a setting that there is not is refused by TypeScript already", async () => {
    writeFileSync(join(esm, "wrong.ts"), EXAMPLE.replace("mfa:", "selfSignup: true, mfa:"));
    expect(await compileEsm("wrong.ts")).toMatch(/^wrong\.ts\(\d+,\d+\): error TS2561: .*'selfSignUp'/);
  });

  test("a roster with a mistake is told by line, as an error that can be told from a defect", async () => {
    writeFileSync(join(esm, "bad.json"), '{ "users": {\n  "hanako": {} } }');
    writeFileSync(
      join(esm, "bad.mjs"),
      `import { loadRoster, UserError } from "cognito-roster";
       try { loadRoster("bad.json"); } catch (error) { console.log(error instanceof UserError, error.problems[0].location.line); }`,
    );
    expect((await run(esm, "bad.mjs")).stdout).toBe("true 2");
  });

  test("what is not in docs/library.md can't be imported", async () => {
    writeFileSync(join(esm, "inner.mjs"), 'import "cognito-roster/dist/lib/stack/people.js";');
    expect((await run(esm, "inner.mjs")).stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

test("in this repository npm ci brings its pins, without development dependencies and where npm is told to ignore peers", async () => {
  const repository = join(work, "repository");
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    cpSync(join(ROOT, file), join(repository, file));
  }
  writeFileSync(join(work, "npmrc"), "legacy-peer-deps=true\n");
  const dry = ["--dry-run", "--loglevel=notice", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { stdout } = await execa("npm", ["ci", ...dry, "--userconfig", join(work, "npmrc")], {
    cwd: repository,
  });
  const pins = { ...manifest.peerDependencies, constructs: manifest.devDependencies.constructs };
  for (const [name, version] of Object.entries(pins)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(stdout).toContain(`add ${name} ${version}`);
  }
});
