import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleFiles } from "../../create/examples.ts";
import generator from "../../create/package.json" with { type: "json" };
import { type Answers, DEFAULTS, projectFiles } from "../../create/project.ts";
import manifest from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const asTheyAre = { ".gitignore": "node_modules\n" };

const written = (answers: Partial<Answers> = {}, spec?: string) =>
  new Map(
    projectFiles({ ...DEFAULTS, ...answers }, { manifest, asTheyAre }, spec).map(({ path, text }) => [
      path,
      text,
    ]),
  );

describe("a new project", () => {
  test("has the five files, the schema, and what is taken over as it is", () => {
    expect([...written().keys()]).toEqual([
      "config.ts",
      "users.json",
      "users.schema.json",
      "main.ts",
      "cdktf.json",
      "package.json",
      ".gitignore",
    ]);
  });

  test("says the answers in config.ts, whose type comes from the package", () => {
    const text = written({
      pool: "staff",
      region: "eu-west-1",
      signIn: "username",
      state: "s3://states",
    }).get("config.ts");
    expect(text).toMatch(/^import type \{ Settings \} from "cognito-roster";$/m);
    for (const part of [
      'region: "eu-west-1",',
      'name: "staff",',
      'signInWith: "username",',
      'backend: { type: "s3", bucket: "states" },',
    ])
      expect(text).toContain(part);
  });

  test("has every command that the repository has, and the exact releases that it is tested with", () => {
    const { scripts, dependencies } = JSON.parse(written().get("package.json") ?? "");
    const ours = Object.entries(manifest.scripts).filter(
      ([name, line]) => line === `node scripts/run.mjs ${name}`,
    );
    expect(Object.keys(scripts)).toEqual(ours.map(([name]) => name));
    for (const [name, line] of Object.entries(scripts)) expect(line).toBe(`cognito-roster ${name}`);
    expect(dependencies).toEqual({
      "@cdktf/provider-aws": manifest.peerDependencies["@cdktf/provider-aws"],
      cdktf: manifest.peerDependencies.cdktf,
      constructs: manifest.devDependencies.constructs,
      "cognito-roster": manifest.version,
    });
  });
});

describe("the generator's package", () => {
  test("is of the same version, licence and Node, and depends on what the repository does", () => {
    for (const name of ["version", "license", "engines"] as const)
      expect(generator[name]).toEqual(manifest[name]);
    const ours: Record<string, string> = manifest.dependencies;
    for (const [name, version] of Object.entries(generator.dependencies)) expect(ours[name]).toBe(version);
  });

  describe("built", () => {
    const work = mkdtempSync(join(tmpdir(), "roster-create-"));
    const program = join(ROOT, "create/dist/create.mjs");
    const create = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        cwd: work,
        encoding: "utf8",
        input: "",
      });
      return { status, stdout, stderr };
    };
    beforeAll(() => {
      execFileSync(process.execPath, [join(ROOT, "create/build.mjs")]);
    });
    afterAll(() => rmSync(work, { recursive: true }));

    test("imports exactly the packages that it depends on", () => {
      const found = readFileSync(program, "utf8").matchAll(
        /^import .* from "([^"]+)";|await import\("([^"]+)"\)/gm,
      );
      const names = [...found].map(([, front, late]) => front ?? late ?? "");
      expect([...new Set(names)].filter((name) => !name.startsWith("node:")).sort()).toEqual(
        Object.keys(generator.dependencies),
      );
    });

    test("without a terminal it asks nothing, and writes nothing unless all is answered", () => {
      const { status, stderr } = create("asked", "--pool", "staff");
      expect(status).toBe(2);
      expect(stderr).toContain("--region, --sign-in, --state");
      expect(readdirSync(work)).not.toContain("asked");
    });

    test("with --yes it writes a project with the workflows, and what must not be committed", () => {
      expect(create("new", "--yes")).toMatchObject({ status: 0, stderr: "" });
      const names = readdirSync(join(work, "new"), { recursive: true });
      expect(names).toEqual(
        expect.arrayContaining([
          ".github/workflows/plan.yml",
          ".github/workflows/deploy.yml",
          ".github/workflows/drift.yml",
        ]),
      );
      expect(readFileSync(join(work, "new/.gitignore"), "utf8")).toBe(
        readFileSync(join(ROOT, ".gitignore"), "utf8"),
      );
    });

    test("it overwrites nothing: of the others nothing is written either", () => {
      const here = mkdtempSync(join(work, "there-"));
      writeFileSync(join(here, "users.json"), "mine");
      const { status, stderr } = create(here, "--yes");
      expect(status).toBe(2);
      expect(stderr).toContain("users.json already exists");
      expect(readdirSync(here)).toEqual(["users.json"]);
    });

    test.each([
      ["a place for the state that there is not", ["--state", "my/bucket"], "The state can't be kept there"],
      ["a pool's name that Cognito refuses", ["--pool", "a/b"], "pool.name"],
      ["an option that there is not", ["--hunter2"], "--help"],
    ])("%s is refused without being repeated", (_, args, words) => {
      const { status, stderr } = create("wrong", "--yes", ...args);
      expect(status).toBe(2);
      expect(stderr).toContain(words);
      expect(stderr).not.toContain("hunter2");
    });
  });
});

test.each(exampleFiles().map(({ path, text }) => [path, text] as const))(
  "%s is as the generator writes it (node scripts/run.mjs ../create/make-examples)",
  (path, text) => {
    expect(readFileSync(join(ROOT, path), "utf8")).toBe(text);
  },
);
